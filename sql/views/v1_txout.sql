-- Outputs of the active chain's transactions, with the spender of each.
-- Search by txid, height, address, or spent_txid. (v1_txin says how that works.)
CREATE VIEW v1_txout AS
SELECT
  i.txid,
  o.n,
  o.value,                    -- satoshi
  s.spk AS script,
  k.name AS kind,             -- Bitcoin Core's name of the script's form
  a.address,                  -- NULL where the form has none
  c.height,
  t.id = b.first_tx AS coinbase,
  si.txid AS spent_txid,      -- NULL: unspent
  o.spent_n,                  -- which input of it
  sp.height AS spent_height
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
LEFT JOIN txin x ON x.tx = o.spent_tx AND x.n = o.spent_n
  AND x.prev_tx = o.tx AND x.prev_n = o.n
LEFT JOIN tx sp ON sp.id = x.tx
LEFT JOIN tx_by_txid si ON si.txid = sp.txid AND si.tx = sp.id AND si.tx = x.tx
LEFT JOIN (SELECT kind, name FROM script_kind) k ON k.kind = s.kind;
