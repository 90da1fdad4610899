-- Whole tables, for verification and digests.

-- name: check_counts
-- scan: counts everything
SELECT (SELECT count(*) FROM txout),
       (SELECT count(*) FROM txout WHERE spent_tx IS NOT NULL),
       (SELECT count(*) FROM history),
       (SELECT count(*) FROM script_total WHERE n_tx > 0),
       (SELECT count(*) FROM script WHERE address IS NOT NULL
        AND segment NOT IN (SELECT n FROM script_segment));

-- name: check_utxo
-- scan: every unspent output; the genesis block's is none
SELECT lower(hex(t.txid)) || ':' || o.n || ' ' || o.value || ' ' || t.height ||
       ' ' || (t.fee IS NULL) || ' ' || lower(hex(s.spk))
FROM txout o JOIN tx t ON t.id = o.tx JOIN script s ON s.id = o.script
WHERE o.spent_tx IS NULL AND t.height > 0
ORDER BY t.txid, o.n;

-- name: check_total
-- scan: every script that has a transaction
SELECT lower(hex(s.spk)) || ' ' || t.n_tx || ' ' || t.n_funded || ' ' ||
       t.funded || ' ' || t.n_spent || ' ' || t.spent
FROM script_total t JOIN script s ON s.id = t.script
WHERE t.n_tx > 0 ORDER BY s.spk;

-- name: check_history
-- scan: every history row
SELECT lower(hex(s.spk)) || ' ' || lower(hex(t.txid))
FROM history h JOIN script s ON s.id = h.script JOIN tx t ON t.id = h.tx
ORDER BY s.spk, t.txid;

-- name: check_pool
-- scan: every transaction that waits
SELECT lower(hex(txid)) || ' ' || lower(hex(wtxid)) || ' ' || fee || ' ' ||
       vsize || ' ' || n_anc || ' ' || n_desc
FROM mempool_tx ORDER BY txid;

-- name: check_history_has
SELECT 1 FROM history WHERE script = ?1 AND tx = ?2;

-- name: check_block_columns
SELECT time, bits, version, nonce FROM block WHERE id = ?1;
