-- Blocks that makers sign together, and what makers here have signed.

-- name: proposal_next
SELECT change, digest, prev, height, round, message FROM proposal
WHERE change > ?1 ORDER BY change LIMIT 1;

-- name: proposal_at
SELECT change, digest, prev, height, round, message FROM proposal
WHERE prev = ?1 AND round = ?2;

-- name: proposal_put
INSERT INTO proposal (change, digest, prev, height, round, message)
VALUES ((SELECT coalesce(max(change), 0) + 1 FROM proposal), ?1, ?2, ?3, ?4, ?5)
ON CONFLICT (prev, round) DO UPDATE
SET change = excluded.change, message = excluded.message;

-- name: proposal_trim
DELETE FROM proposal WHERE height < ?1;

-- name: maker_signed_get
SELECT digest FROM maker_signed WHERE prev = ?1 AND round = ?2 AND maker = ?3;

-- name: maker_signed_put
INSERT INTO maker_signed (prev, round, maker, height, digest)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: maker_signed_trim
DELETE FROM maker_signed WHERE height < ?1;
