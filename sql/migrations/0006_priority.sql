-- What the operator adds to the fee of a transaction, whether it waits or not;
-- mempool_tx.fee_delta is a copy. It goes when a block has the transaction.
CREATE TABLE mempool_delta (
  txid   BLOB PRIMARY KEY CHECK (length(txid) = 32),
  delta  INTEGER NOT NULL CHECK (delta <> 0)     -- satoshi, a sum
) STRICT, WITHOUT ROWID;
INSERT INTO mempool_delta SELECT txid, fee_delta FROM mempool_tx
WHERE fee_delta <> 0;
