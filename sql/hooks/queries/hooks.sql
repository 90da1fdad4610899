-- The statements of src/hooks, over hooks.db.

-- name: hooks_insert
INSERT INTO hook (url, filter, secret, dead, cursor, skip, created, tried, next_ms,
                  failing, fails, sent, last)
VALUES (?1, ?2, ?3, 0, ?4, 0, ?5, 0, 0, 0, 0, 0, '');

-- name: hooks_count_all
SELECT count(*) FROM hook;

-- name: hooks_after
SELECT id, url, filter, secret, dead, cursor, skip, created, tried, next_ms, failing,
       fails, sent, last
FROM hook WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: hooks_note
UPDATE hook SET dead = ?2, cursor = ?3, skip = ?4, tried = ?5, next_ms = ?6,
                failing = ?7, fails = ?8, sent = ?9, last = ?10
WHERE id = ?1;

-- name: hooks_revive
UPDATE hook SET dead = 0, next_ms = 0, failing = 0, fails = 0 WHERE id = ?1;

-- name: hooks_delete
DELETE FROM hook WHERE id = ?1;
