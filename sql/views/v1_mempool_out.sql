-- Outputs of the transactions that wait, with the waiting spender of each.
-- Search by txid or address.
CREATE VIEW v1_mempool_out AS
SELECT
  t.txid,
  o.n,
  o.value,                    -- satoshi
  s.spk AS script,
  k.name AS kind,
  s.address,
  (SELECT sp.txid FROM mempool_in x JOIN mempool_tx sp ON sp.id = x.tx
   WHERE x.prev_txid = t.txid AND x.prev_n = o.n) AS spent_txid
FROM mempool_tx t
JOIN mempool_out o ON o.tx = t.id
JOIN script s ON s.id = o.script
  AND s.segment IN (SELECT n FROM script_segment)
JOIN mempool_history h ON h.script = o.script AND h.tx = o.tx
LEFT JOIN script_kind k ON k.kind = s.kind;
