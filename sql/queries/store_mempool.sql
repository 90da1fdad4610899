-- The mempool. Statements that give a transaction give the same columns in the
-- same order.

-- name: mempool_by_txid
SELECT id, txid, wtxid, raw, at, height, fee, fee_delta, weight, vsize,
       sigop_cost, spends_coinbase, replaceable, n_anc, vsize_anc, fee_anc,
       n_desc, vsize_desc, fee_desc, source = 'reorg'
FROM mempool_tx WHERE txid = ?1;

-- name: mempool_by_wtxid
SELECT id, txid, wtxid, raw, at, height, fee, fee_delta, weight, vsize,
       sigop_cost, spends_coinbase, replaceable, n_anc, vsize_anc, fee_anc,
       n_desc, vsize_desc, fee_desc, source = 'reorg'
FROM mempool_tx WHERE wtxid = ?1;

-- name: mempool_has
SELECT 1 FROM mempool_tx WHERE wtxid = ?1;

-- name: mempool_wtxids
-- scan: all are compared with a block's short ids; the index alone is read
SELECT wtxid FROM mempool_tx ORDER BY wtxid;

-- name: mempool_by_id
SELECT id, txid, wtxid, raw, at, height, fee, fee_delta, weight, vsize,
       sigop_cost, spends_coinbase, replaceable, n_anc, vsize_anc, fee_anc,
       n_desc, vsize_desc, fee_desc, source = 'reorg'
FROM mempool_tx WHERE id = ?1;

-- name: mempool_next
SELECT id, txid, wtxid, raw, at, height, fee, fee_delta, weight, vsize,
       sigop_cost, spends_coinbase, replaceable, n_anc, vsize_anc, fee_anc,
       n_desc, vsize_desc, fee_desc, source = 'reorg'
FROM mempool_tx WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: mempool_oldest
-- scan: the first row alone is read
SELECT id, txid, wtxid, raw, at, height, fee, fee_delta, weight, vsize,
       sigop_cost, spends_coinbase, replaceable, n_anc, vsize_anc, fee_anc,
       n_desc, vsize_desc, fee_desc, source = 'reorg'
FROM mempool_tx ORDER BY at, id LIMIT 1;

-- name: mempool_newest
SELECT coalesce(max(id), 0) FROM mempool_tx;

-- name: mempool_untold_put
INSERT OR IGNORE INTO mempool_untold (txid) VALUES (?1);

-- name: mempool_untold_delete
DELETE FROM mempool_untold WHERE txid = ?1;

-- name: mempool_untold_has
SELECT 1 FROM mempool_untold WHERE txid = ?1;

-- name: mempool_untold_next
SELECT txid FROM mempool_untold WHERE txid > ?1 ORDER BY txid LIMIT 1;

-- name: mempool_untold_count
-- scan: all are counted; they are few
SELECT count(*) FROM mempool_untold;

-- name: mempool_worst
-- Of equal rates the newest.
SELECT id, txid, wtxid, raw, at, height, fee, fee_delta, weight, vsize,
       sigop_cost, spends_coinbase, replaceable, n_anc, vsize_anc, fee_anc,
       n_desc, vsize_desc, fee_desc, source = 'reorg'
FROM mempool_tx
WHERE id = (SELECT max(id) FROM mempool_tx
            WHERE keep_rate = (SELECT min(keep_rate) FROM mempool_tx));

-- name: mempool_insert
INSERT INTO mempool_tx (txid, wtxid, raw, at, height, fee, fee_delta, weight,
                        vsize, sigop_cost, spends_coinbase, replaceable, n_anc,
                        vsize_anc, fee_anc, n_desc, vsize_desc, fee_desc,
                        source)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
        ?17, ?18, ?19);

-- name: mempool_update
UPDATE mempool_tx SET fee_delta = ?2, n_anc = ?3, vsize_anc = ?4, fee_anc = ?5,
  n_desc = ?6, vsize_desc = ?7, fee_desc = ?8
WHERE id = ?1;

-- name: mempool_delete
DELETE FROM mempool_tx WHERE id = ?1;

-- name: mempool_in_delete
DELETE FROM mempool_in WHERE tx = ?1;

-- name: mempool_history_delete
-- Before mempool_in_delete and mempool_out_delete, which hold the scripts.
DELETE FROM mempool_history
WHERE tx = ?1 AND script IN (SELECT script FROM mempool_in WHERE tx = ?1
                             UNION ALL
                             SELECT script FROM mempool_out WHERE tx = ?1);

-- name: mempool_out_delete
DELETE FROM mempool_out WHERE tx = ?1;

-- name: mempool_sums
SELECT n, vsize, bytes, fees FROM mempool_sum WHERE id = 1;

-- name: mempool_in_insert
INSERT INTO mempool_in (tx, n, prev_txid, prev_n, value, script)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: mempool_spender
SELECT tx, n FROM mempool_in WHERE prev_txid = ?1 AND prev_n = ?2;

-- name: mempool_in_get
SELECT prev_txid, prev_n, value, script FROM mempool_in
WHERE tx = ?1 AND n = ?2;

-- name: mempool_children
SELECT DISTINCT tx FROM mempool_in WHERE prev_txid = ?1 ORDER BY tx LIMIT ?2;

-- name: mempool_out_insert
INSERT INTO mempool_out (tx, n, value, script) VALUES (?1, ?2, ?3, ?4);

-- name: mempool_out_get
SELECT value, script FROM mempool_out WHERE tx = ?1 AND n = ?2;

-- name: mempool_history_fund
INSERT INTO mempool_history (script, tx, n_funded, funded) VALUES (?1, ?2, 1, ?3)
ON CONFLICT (script, tx) DO UPDATE SET n_funded = n_funded + 1,
  funded = funded + excluded.funded;

-- name: mempool_history_spend
INSERT INTO mempool_history (script, tx, n_spent, spent) VALUES (?1, ?2, 1, ?3)
ON CONFLICT (script, tx) DO UPDATE SET n_spent = n_spent + 1,
  spent = spent + excluded.spent;

-- name: mempool_gone_add
INSERT INTO mempool_gone (at, txid, why, by, raw) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: mempool_gone_get
SELECT raw FROM mempool_gone WHERE txid = ?1 ORDER BY id DESC LIMIT 1;

-- name: mempool_gone_why
SELECT at, why, by FROM mempool_gone WHERE txid = ?1 ORDER BY id DESC LIMIT 1;

-- name: mempool_gone_replaced
SELECT id, at, txid, by, raw FROM mempool_gone
WHERE id > (SELECT max(id) FROM mempool_gone) - 2000 AND id < ?1
  AND why = 'replaced' AND by IS NOT NULL
ORDER BY id DESC LIMIT 1;

-- name: mempool_gone_trim
DELETE FROM mempool_gone WHERE id <= (SELECT max(id) FROM mempool_gone) - ?1;

-- name: mempool_out_next
SELECT o.tx, o.n, o.value
FROM mempool_history h CROSS JOIN mempool_out o ON o.tx = h.tx
WHERE h.script = ?1 AND h.tx >= ?2 AND (o.tx > ?2 OR o.n > ?3)
  AND o.script = ?1
ORDER BY h.tx, o.n LIMIT 1;

-- name: mempool_script_total
SELECT count(*), coalesce(sum(n_funded), 0), coalesce(sum(funded), 0),
       coalesce(sum(n_spent), 0), coalesce(sum(spent), 0)
FROM mempool_history WHERE script = ?1;

-- name: mempool_delta_get
SELECT delta FROM mempool_delta WHERE txid = ?1;

-- name: mempool_delta_next
SELECT txid, delta FROM mempool_delta WHERE txid > ?1 ORDER BY txid LIMIT 1;

-- name: mempool_delta_put
INSERT INTO mempool_delta (txid, delta) VALUES (?1, ?2)
ON CONFLICT (txid) DO UPDATE SET delta = excluded.delta;

-- name: mempool_delta_delete
DELETE FROM mempool_delta WHERE txid = ?1;
