-- Inputs of the transactions that wait. Search by txid, prev_txid or address.
CREATE VIEW v1_mempool_in AS
SELECT
  t.txid,
  x.n,
  x.prev_txid,
  x.prev_n,
  x.value,                    -- satoshi of the output spent
  s.spk AS script,            -- of the output spent
  s.address
FROM mempool_tx t
JOIN mempool_in x ON x.tx = t.id
JOIN script s ON s.id = x.script
  AND s.segment IN (SELECT n FROM script_segment)
JOIN mempool_history h ON h.script = x.script AND h.tx = x.tx;
