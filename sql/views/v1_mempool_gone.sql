-- Transactions that left the mempool without a block. Search by txid.
CREATE VIEW v1_mempool_gone AS
SELECT
  txid,
  at,                         -- UNIX seconds
  why,
  by,                         -- hash of the transaction or block that caused it
  raw
FROM mempool_gone;
