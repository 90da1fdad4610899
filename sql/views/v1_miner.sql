-- The miners at work on this database, as they told of themselves last. One whose
-- seen_at is older than half a minute was killed.
CREATE VIEW v1_miner AS
SELECT pid, state, threads, duty, kernel, hash_rate, mined, started_at, seen_at
FROM miner;
