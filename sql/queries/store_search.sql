-- What people look for: hashes by how they begin, and what happened last.

-- name: search_blocks
SELECT hash FROM block WHERE hash BETWEEN ?1 AND ?2 ORDER BY hash LIMIT ?3;

-- name: search_txs
SELECT DISTINCT txid FROM tx_by_txid WHERE txid BETWEEN ?1 AND ?2
ORDER BY txid LIMIT ?3;

-- name: search_pool
SELECT txid FROM mempool_tx WHERE txid BETWEEN ?1 AND ?2 ORDER BY txid LIMIT ?3;

-- name: reorgs_below
SELECT id, at, fork_height, depth, old_tip, new_tip FROM reorg
WHERE id < ?1 ORDER BY id DESC LIMIT ?2;

-- name: rejects_below
SELECT id, at, kind, hash, reason FROM reject
WHERE id < ?1 ORDER BY id DESC LIMIT ?2;
