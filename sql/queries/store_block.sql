-- Blocks, the active chain, and changes of branch. Statements that give a block
-- give the same columns in the same order.

-- name: block_by_hash
SELECT id, prev_id, hash, header, height, mtp, chainwork, status, n_tx, size,
       weight, fees, first_tx, received_at
FROM block WHERE hash = ?1;

-- name: block_by_id
SELECT id, prev_id, hash, header, height, mtp, chainwork, status, n_tx, size,
       weight, fees, first_tx, received_at
FROM block WHERE id = ?1;

-- name: block_by_height
SELECT b.id, b.prev_id, b.hash, b.header, b.height, b.mtp, b.chainwork,
       b.status, b.n_tx, b.size, b.weight, b.fees, b.first_tx, b.received_at
FROM chain c JOIN block b ON b.id = c.block
WHERE c.height = ?1;

-- name: block_below
SELECT b.id, b.prev_id, b.hash, b.header, b.height, b.mtp, b.chainwork,
       b.status, b.n_tx, b.size, b.weight, b.fees, b.first_tx, b.received_at
FROM chain c CROSS JOIN block b ON b.id = c.block
WHERE c.height <= ?1 ORDER BY c.height DESC LIMIT ?2;

-- name: block_tip
SELECT b.id, b.prev_id, b.hash, b.header, b.height, b.mtp, b.chainwork,
       b.status, b.n_tx, b.size, b.weight, b.fees, b.first_tx, b.received_at
FROM chain c JOIN block b ON b.id = c.block
WHERE c.height = (SELECT max(height) FROM chain);

-- name: block_insert
INSERT INTO block (prev_id, hash, height, header, time, bits, version, nonce,
                   mtp, chainwork, status, n_tx, size, weight, fees, first_tx,
                   received_at, source)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
        ?17, ?18);

-- name: block_set_status
UPDATE block SET status = ?2 WHERE id = ?1;

-- name: block_unmark
-- As it was before it was marked invalid: what is known of its fees was found
-- when it was connected. Without its data it is a header again.
UPDATE block
SET status = CASE WHEN EXISTS (SELECT 1 FROM block_data d WHERE d.block = id)
                  THEN iif(fees IS NULL, 1, 3) ELSE 0 END,
    fees = iif(EXISTS (SELECT 1 FROM block_data d WHERE d.block = id),
               fees, NULL)
WHERE id = ?1;

-- name: block_set_data
UPDATE block SET n_tx = ?2, size = ?3, weight = ?4, status = ?5 WHERE id = ?1;

-- name: block_set_chain
UPDATE block SET status = ?2, fees = ?3, first_tx = ?4 WHERE id = ?1;

-- name: block_candidates
-- The first condition is the index's own.
SELECT id
FROM block
WHERE status < 4 AND status IN (1, 3) AND chainwork > ?1
ORDER BY chainwork DESC, id
LIMIT ?3 OFFSET ?2;

-- name: block_headers
SELECT id
FROM block
WHERE status < 4 AND chainwork > ?1
ORDER BY chainwork DESC, id
LIMIT ?3 OFFSET ?2;

-- name: block_beside
-- The first condition is the index's own.
SELECT id
FROM block
WHERE status <> 2 AND status < 4 AND height > ?1 AND height <= ?2
ORDER BY height
LIMIT ?3;

-- name: block_best_header
SELECT id, prev_id, hash, header, height, mtp, chainwork, status, n_tx, size,
       weight, fees, first_tx, received_at
FROM block
WHERE status < 4 AND chainwork > x''
ORDER BY chainwork DESC, id
LIMIT 1;

-- name: block_children
SELECT id FROM block WHERE prev_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3;

-- name: block_tips
-- scan: blocks beside the chain, by their own partial index
-- A connected block is a tip only when it is the chain's last.
SELECT id, prev_id, hash, header, height, mtp, chainwork, status, n_tx, size,
       weight, fees, first_tx, received_at
FROM block b
WHERE id IN (SELECT id FROM block WHERE status <> 2
             UNION ALL
             SELECT block FROM chain
             WHERE height = (SELECT max(height) FROM chain))
  AND NOT EXISTS (SELECT 1 FROM block child WHERE child.prev_id = b.id)
ORDER BY height DESC, id
LIMIT ?1;

-- name: chain_push
INSERT INTO chain (height, block) VALUES (?1, ?2);

-- name: chain_pop
DELETE FROM chain WHERE height = ?1;

-- name: block_data_put
INSERT INTO block_data (block, raw) VALUES (?1, ?2)
ON CONFLICT (block) DO NOTHING;

-- name: block_data_get
SELECT raw FROM block_data WHERE block = ?1;

-- name: block_data_del
DELETE FROM block_data WHERE block = ?1;

-- name: reorg_last
SELECT max(id) FROM reorg;

-- name: reorg_add
INSERT INTO reorg (at, fork_height, depth, old_tip, new_tip)
VALUES (?1, ?2, ?3, ?4, ?5);
