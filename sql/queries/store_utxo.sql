-- The unspent outputs as a whole, and counts of the chain.

-- name: utxo_walk
-- scan: every unspent output, in no order
SELECT t.txid, o.n, o.value, t.height, t.fee IS NULL, s.spk
FROM txout o JOIN tx t ON t.id = o.tx JOIN script s ON s.id = o.script
WHERE o.spent_tx IS NULL AND t.height > 0
  AND substr(s.spk, 1, 1) <> x'6a' AND length(s.spk) <= 10000;

-- name: utxo_walk_sorted
-- scan: every unspent output, by its txid in wire order
-- Eight bytes of it: no two txids have the same by chance, and one txid's
-- outputs stay together.
SELECT t.txid, o.n, o.value, t.height, t.fee IS NULL, s.spk
FROM txout o JOIN tx t ON t.id = o.tx JOIN script s ON s.id = o.script
WHERE o.spent_tx IS NULL AND t.height > 0
  AND substr(s.spk, 1, 1) <> x'6a' AND length(s.spk) <= 10000
ORDER BY hex(substr(t.txid, 32, 1)) || hex(substr(t.txid, 31, 1)) ||
         hex(substr(t.txid, 30, 1)) || hex(substr(t.txid, 29, 1)) ||
         hex(substr(t.txid, 28, 1)) || hex(substr(t.txid, 27, 1)) ||
         hex(substr(t.txid, 26, 1)) || hex(substr(t.txid, 25, 1)),
         t.txid, o.n;

-- name: utxo_chain_txs
-- The blocks of the chain between two heights.
SELECT coalesce(sum(b.n_tx), 0) FROM chain c JOIN block b ON b.id = c.block
WHERE c.height BETWEEN ?1 AND ?2;
