-- What clients are shown, read over several tables at once. Statements that give
-- a transaction give the same columns in the same order.

-- name: join_tx
-- Of two with the same txid (BIP30) the later.
SELECT t.id, t.txid, t.height, t.fee, t.weight, t.n_in, t.n_out, b.hash, b.time,
       t.raw
FROM tx_by_txid x CROSS JOIN tx t ON t.id = x.tx
CROSS JOIN chain c ON c.height = t.height CROSS JOIN block b ON b.id = c.block
WHERE x.txid = ?1 ORDER BY x.tx DESC LIMIT 1;

-- name: join_status
SELECT t.id, t.txid, t.height, t.fee, t.weight, t.n_in, t.n_out, b.hash, b.time
FROM tx_by_txid x CROSS JOIN tx t ON t.id = x.tx
CROSS JOIN chain c ON c.height = t.height CROSS JOIN block b ON b.id = c.block
WHERE x.txid = ?1 ORDER BY x.tx DESC LIMIT 1;

-- name: join_tx_range
-- Of one block, which the caller knows.
SELECT id, txid, height, fee, weight, n_in, n_out, NULL, NULL, raw
FROM tx WHERE id BETWEEN ?1 AND ?2 ORDER BY id;

-- name: join_history
SELECT t.id, t.txid, t.height, t.fee, t.weight, t.n_in, t.n_out, b.hash, b.time,
       t.raw
FROM history h CROSS JOIN tx t ON t.id = h.tx
CROSS JOIN chain c ON c.height = t.height CROSS JOIN block b ON b.id = c.block
WHERE h.script = ?1 AND h.tx < ?2 ORDER BY h.tx DESC LIMIT ?3;

-- name: join_history_has
SELECT 1 FROM history WHERE script = ?1 AND tx = ?2;

-- name: join_coins
-- What the inputs of consecutive transactions spend, in order; no row for a
-- coinbase.
SELECT o.value, s.spk, s.address
FROM txin i CROSS JOIN txout o ON o.tx = i.prev_tx AND o.n = i.prev_n
CROSS JOIN script s ON s.id = o.script
WHERE i.tx BETWEEN ?1 AND ?2 ORDER BY i.tx, i.n;

-- name: join_txids
SELECT txid FROM tx WHERE id BETWEEN ?1 AND ?2 ORDER BY id;

-- name: join_fees
SELECT fee, weight FROM tx WHERE id BETWEEN ?1 AND ?2 AND fee IS NOT NULL;

-- name: join_spends
-- Who spends the outputs of a transaction: of the chain, or of the pool.
SELECT o.n, coalesce(o.spent_n, i.n), coalesce(t.txid, m.txid), t.height, b.hash,
       b.time
FROM txout o LEFT JOIN tx t ON t.id = o.spent_tx
LEFT JOIN chain c ON c.height = t.height LEFT JOIN block b ON b.id = c.block
LEFT JOIN mempool_in i
  ON o.spent_tx IS NULL AND i.prev_txid = ?2 AND i.prev_n = o.n
LEFT JOIN mempool_tx m ON m.id = i.tx
WHERE o.tx = ?1 AND o.n BETWEEN ?3 AND ?4 ORDER BY o.n;

-- name: join_pool_spends
SELECT o.n, i.n, m.txid, NULL, NULL, NULL
FROM mempool_out o
LEFT JOIN mempool_in i ON i.prev_txid = ?2 AND i.prev_n = o.n
LEFT JOIN mempool_tx m ON m.id = i.tx
WHERE o.tx = ?1 AND o.n BETWEEN ?3 AND ?4 ORDER BY o.n;

-- name: join_utxos
-- Newest first.
SELECT t.txid, o.n, o.value, t.height, t.fee IS NULL, b.hash, b.time,
       EXISTS (SELECT 1 FROM mempool_in i
               WHERE i.prev_txid = t.txid AND i.prev_n = o.n)
FROM txout o CROSS JOIN tx t ON t.id = o.tx
CROSS JOIN chain c ON c.height = t.height CROSS JOIN block b ON b.id = c.block
WHERE o.script = ?1 AND o.spent_tx IS NULL
ORDER BY o.tx DESC, o.n DESC;

-- name: join_pool_utxos
SELECT m.txid, o.n, o.value, NULL, 0, NULL, NULL,
       EXISTS (SELECT 1 FROM mempool_in i
               WHERE i.prev_txid = m.txid AND i.prev_n = o.n)
FROM mempool_history h CROSS JOIN mempool_out o ON o.tx = h.tx
CROSS JOIN mempool_tx m ON m.id = h.tx
WHERE h.script = ?1 AND o.script = ?1
ORDER BY h.tx DESC, o.n DESC;

-- name: join_pool_tx
SELECT id, txid, fee, weight, vsize, at, raw FROM mempool_tx WHERE txid = ?1;

-- name: join_pool_history
SELECT m.id, m.txid, m.fee, m.weight, m.vsize, m.at, m.raw
FROM mempool_history h CROSS JOIN mempool_tx m ON m.id = h.tx
WHERE h.script = ?1 AND h.tx < ?2 ORDER BY h.tx DESC LIMIT ?3;

-- name: join_pool_history_has
SELECT 1 FROM mempool_history WHERE script = ?1 AND tx = ?2;

-- name: join_pool_coins
SELECT i.value, s.spk, s.address
FROM mempool_in i CROSS JOIN script s ON s.id = i.script
WHERE i.tx = ?1 ORDER BY i.n;

-- name: join_pool_txids
-- scan: all of the pool is asked for
SELECT txid FROM mempool_tx ORDER BY id;

-- name: join_pool_recent
-- scan: backwards from the newest, a few
SELECT txid, fee, vsize, (SELECT sum(o.value) FROM mempool_out o WHERE o.tx = m.id)
FROM mempool_tx m ORDER BY id DESC LIMIT ?1;

-- name: join_pool_member
SELECT txid, fee, vsize, (SELECT sum(o.value) FROM mempool_out o WHERE o.tx = m.id)
FROM mempool_tx m WHERE id = ?1;

-- name: join_pool_rates
-- scan: all of the pool is asked for
SELECT id, fee, vsize, weight, fee_anc, vsize_anc, fee_desc, vsize_desc
FROM mempool_tx;

-- name: join_address_from
SELECT min((SELECT s.address FROM script s
            WHERE s.segment = g.n AND s.address >= ?1 AND s.address < ?2
            ORDER BY s.address LIMIT 1))
FROM script_segment g;
