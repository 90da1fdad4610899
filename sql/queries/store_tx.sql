-- Transactions of the active chain, their inputs and outputs.

-- name: tx_id
-- Of two with the same txid (BIP30) the later.
SELECT tx FROM tx_by_txid WHERE txid = ?1 ORDER BY tx DESC LIMIT 1;

-- name: tx_id_before
-- Of those with the same txid the latest before ?2.
SELECT tx FROM tx_by_txid WHERE txid = ?1 AND tx < ?2 ORDER BY tx DESC LIMIT 1;

-- name: tx_get
SELECT id, txid, height, fee, weight, n_in, n_out, raw FROM tx WHERE id = ?1;

-- name: tx_head
SELECT id, txid, height, fee, weight, n_in, n_out FROM tx WHERE id = ?1;

-- name: tx_insert
INSERT INTO tx (id, txid, height, fee, weight, n_in, n_out, raw)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: tx_index
INSERT INTO tx_by_txid (txid, tx) VALUES (?1, ?2);

-- name: tx_unindex
DELETE FROM tx_by_txid WHERE txid = ?1 AND tx = ?2;

-- name: tx_delete_range
DELETE FROM tx WHERE id BETWEEN ?1 AND ?2;

-- name: txin_delete_range
DELETE FROM txin WHERE tx BETWEEN ?1 AND ?2;

-- name: txout_delete_range
DELETE FROM txout WHERE tx BETWEEN ?1 AND ?2;

-- name: tx_each_raw
SELECT id, txid, raw FROM tx WHERE id BETWEEN ?1 AND ?2 ORDER BY id;

-- name: txin_insert
INSERT INTO txin (tx, n, prev_tx, prev_n, sequence, sig_at, sig_len)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: txin_get
SELECT prev_tx, prev_n, sequence, sig_at, sig_len
FROM txin WHERE tx = ?1 AND n = ?2;

-- name: txout_insert
INSERT INTO txout (tx, n, value, script, spent_tx, spent_n)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: txout_get
SELECT value, script, spent_tx, spent_n FROM txout WHERE tx = ?1 AND n = ?2;

-- name: txout_spend
UPDATE txout SET spent_tx = ?3, spent_n = ?4
WHERE tx = ?1 AND n = ?2 AND spent_tx IS NULL;

-- name: txout_unspend
UPDATE txout SET spent_tx = NULL, spent_n = NULL
WHERE tx = ?1 AND n = ?2 AND spent_tx IS NOT NULL;

-- name: txout_any_unspent
SELECT 1 FROM txout WHERE tx = ?1 AND spent_tx IS NULL LIMIT 1;

-- name: txout_overwrite
-- BIP30's exceptions: spent, but by no input.
UPDATE txout SET spent_tx = ?3, spent_n = NULL
WHERE tx = ?1 AND n = ?2 AND spent_tx IS NULL;

-- name: utxo_next
SELECT tx, n, value FROM txout
WHERE script = ?1 AND spent_tx IS NULL AND (tx, n) > (?2, ?3)
ORDER BY tx, n LIMIT 1;
