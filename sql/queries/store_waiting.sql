-- Programs that wait.

-- name: waiting_put
INSERT INTO waiting (pid, program, detail, since, seen_at)
VALUES (?1, ?2, ?3, ?4, ?4)
ON CONFLICT (pid) DO UPDATE SET program = excluded.program,
  detail = excluded.detail, seen_at = excluded.seen_at;

-- name: waiting_del
DELETE FROM waiting WHERE pid = ?1;

-- name: waiting_list
-- scan: a handful of rows
SELECT program, detail, since, seen_at FROM waiting ORDER BY pid;

-- Rows of the killed.
-- name: waiting_forget
-- scan: a handful of rows
DELETE FROM waiting WHERE seen_at < ?1;
