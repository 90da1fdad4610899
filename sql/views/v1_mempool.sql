-- Transactions that wait for a block. Search by txid or wtxid.
CREATE VIEW v1_mempool AS
SELECT
  txid,
  wtxid,
  at,                         -- UNIX seconds of its arrival
  height,                     -- of the tip then
  fee,                        -- satoshi
  fee_delta,                  -- satoshi it counts more for the miner
  1.0 * fee / vsize AS fee_rate, -- satoshi per vbyte
  weight,
  vsize,                      -- adjusted for signature operations
  length(raw) AS size,
  replaceable,                -- 1: signals BIP125
  n_anc, vsize_anc, fee_anc,  -- with its ancestors in the pool
  n_desc, vsize_desc, fee_desc, -- with its descendants
  source,
  raw
FROM mempool_tx;
