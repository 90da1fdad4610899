-- Coins: outputs of the active chain that are not spent and can be. As in Bitcoin
-- Core's set, those are left out that nobody can spend: the genesis block's, and
-- scripts that begin with OP_RETURN or are longer than 10,000 bytes.
-- Search by txid, height or address.
CREATE VIEW v1_utxo AS
SELECT
  i.txid,
  o.n,
  o.value,                    -- satoshi
  s.spk AS script,
  k.name AS kind,
  a.address,
  c.height,
  t.id = b.first_tx AS coinbase
FROM txout o
JOIN tx t ON t.id = o.tx
JOIN chain c ON c.height = t.height
JOIN block b ON b.id = c.block
  AND likelihood(t.id >= b.first_tx, 0.0001) AND t.id < b.first_tx + b.n_tx
JOIN script s ON s.id = o.script
LEFT JOIN tx_by_txid i ON i.txid = t.txid AND i.tx = t.id
LEFT JOIN history h ON h.script = o.script AND h.tx = o.tx
LEFT JOIN script a ON a.id = h.script AND a.id = o.script
  AND a.segment IN (SELECT n FROM script_segment)
LEFT JOIN (SELECT kind, name FROM script_kind) k ON k.kind = s.kind
WHERE o.spent_tx IS NULL
  AND +c.height > 0
  AND substr(s.spk, 1, 1) IS NOT x'6a' AND length(s.spk) <= 10000;
