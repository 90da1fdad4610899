-- Miners.

-- name: miner_put
INSERT INTO miner (pid, started_at, seen_at, state, threads, duty, kernel, hash_rate, mined)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (pid) DO UPDATE SET started_at = excluded.started_at,
  seen_at = excluded.seen_at, state = excluded.state, threads = excluded.threads,
  duty = excluded.duty, kernel = excluded.kernel, hash_rate = excluded.hash_rate,
  mined = excluded.mined;

-- name: miner_del
DELETE FROM miner WHERE pid = ?1;

-- name: miner_list
-- scan: a handful of rows
SELECT pid, started_at, seen_at, state, threads, duty, kernel, hash_rate, mined
FROM miner ORDER BY pid;

-- name: miner_seen
SELECT max(seen_at) FROM miner;

-- Rows of the killed.
-- name: miner_forget
-- scan: a handful of rows
DELETE FROM miner WHERE seen_at < ?1;
