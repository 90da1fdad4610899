-- Transactions of the active chain. Search by txid, height or block_hash.
CREATE VIEW v1_tx AS
SELECT
  i.txid,
  b.hash AS block_hash,
  c.height,
  t.id - b.first_tx AS pos,   -- in the block; 0 is the coinbase
  t.fee,                      -- satoshi; NULL for a coinbase
  t.weight,
  (t.weight + 3) / 4 AS vsize,
  length(t.raw) AS size,
  t.n_in,
  t.n_out,
  (SELECT sum(o.value) FROM txout o WHERE o.tx = t.id) AS out_value,
  t.raw,                      -- as in the block, witness included
  b.time                      -- of the block
FROM tx t
JOIN chain c ON c.height = t.height
-- Said both ways, so that a search may begin at the block or the transaction; of
-- all transactions a block has few.
JOIN block b ON b.id = c.block
  AND likelihood(t.id >= b.first_tx, 0.0001) AND t.id < b.first_tx + b.n_tx
-- A search by txid begins here; anything else does not need it.
LEFT JOIN tx_by_txid i ON i.txid = t.txid AND i.tx = t.id;
