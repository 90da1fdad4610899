-- Inputs of the active chain's transactions, with the output each spends.
-- Search by txid, height, address, or prev_txid (and prev_n).
--
-- How a search finds its way: an outer join whose column a search names becomes
-- an inner one, and the search may begin there. The tables on the way from it
-- must match then, too; SQLite 3.40 notices that when it looks at the joins once
-- more, which it does after it has opened the subquery that stands last.
CREATE VIEW v1_txin AS
SELECT
  i.txid,
  x.n,
  pi.txid AS prev_txid,       -- NULL for a coinbase
  x.prev_n,
  o.value,                    -- satoshi of the output spent
  s.spk AS script,            -- of the output spent
  a.address,
  x.sequence,
  substr(t.raw, x.sig_at + 1, x.sig_len) AS script_sig,
  c.height
FROM txin x
JOIN tx t ON t.id = x.tx
JOIN chain c ON c.height = t.height
JOIN block b ON b.id = c.block
  AND likelihood(t.id >= b.first_tx, 0.0001) AND t.id < b.first_tx + b.n_tx
LEFT JOIN tx_by_txid i ON i.txid = t.txid AND i.tx = t.id
LEFT JOIN txout o ON o.tx = x.prev_tx AND o.n = x.prev_n
  AND o.spent_tx = x.tx AND o.spent_n = x.n
LEFT JOIN history h ON h.script = o.script AND h.tx = x.tx
LEFT JOIN script a ON a.id = h.script AND a.id = o.script
  AND a.segment IN (SELECT n FROM script_segment)
LEFT JOIN tx p ON p.id = o.tx
LEFT JOIN tx_by_txid pi ON pi.txid = p.txid AND pi.tx = p.id AND pi.tx = o.tx
LEFT JOIN (SELECT id, spk FROM script) s ON s.id = o.script;
