-- Transactions that wait for a block. The pool survives a restart: it is rows.

CREATE TABLE mempool_tx (
  -- order of arrival; never used twice, so that "up to here" keeps its meaning
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  txid             BLOB NOT NULL UNIQUE CHECK (length(txid) = 32),
  wtxid            BLOB NOT NULL UNIQUE CHECK (length(wtxid) = 32),
  raw              BLOB NOT NULL,
  at               INTEGER NOT NULL,     -- UNIX seconds
  height           INTEGER NOT NULL,     -- of the tip when it came
  fee              INTEGER NOT NULL,     -- satoshi
  fee_delta        INTEGER NOT NULL DEFAULT 0, -- prioritisetransaction
  weight           INTEGER NOT NULL,
  vsize            INTEGER NOT NULL,     -- adjusted for signature operations
  sigop_cost       INTEGER NOT NULL,
  spends_coinbase  INTEGER NOT NULL,
  replaceable      INTEGER NOT NULL,     -- BIP125 signal of its own
  n_anc            INTEGER NOT NULL,     -- ancestors in the pool, itself included
  vsize_anc        INTEGER NOT NULL,
  fee_anc          INTEGER NOT NULL,     -- modified fees
  n_desc           INTEGER NOT NULL,
  vsize_desc       INTEGER NOT NULL,
  fee_desc         INTEGER NOT NULL,
  source           TEXT NOT NULL,
  -- satoshi per vbyte it is kept for: its own, or with its descendants
  keep_rate        REAL NOT NULL AS (max(1.0 * (fee + fee_delta) / vsize,
                                         1.0 * fee_desc / vsize_desc))
) STRICT;
CREATE INDEX mempool_keep ON mempool_tx (keep_rate);
CREATE INDEX mempool_at ON mempool_tx (at);

-- Sums over mempool_tx, so that nobody needs to read it all.
CREATE TABLE mempool_sum (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  n      INTEGER NOT NULL,
  vsize  INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,               -- of the transactions as serialised
  fees   INTEGER NOT NULL                -- satoshi, without fee_delta
) STRICT;
INSERT INTO mempool_sum VALUES (1, 0, 0, 0, 0);
CREATE TRIGGER mempool_sum_add AFTER INSERT ON mempool_tx BEGIN
  UPDATE mempool_sum SET n = n + 1, vsize = vsize + new.vsize,
    bytes = bytes + length(new.raw), fees = fees + new.fee WHERE id = 1;
END;
CREATE TRIGGER mempool_sum_del AFTER DELETE ON mempool_tx BEGIN
  UPDATE mempool_sum SET n = n - 1, vsize = vsize - old.vsize,
    bytes = bytes - length(old.raw), fees = fees - old.fee WHERE id = 1;
END;

CREATE TABLE mempool_in (
  tx         INTEGER NOT NULL,           -- mempool_tx.id
  n          INTEGER NOT NULL,
  prev_txid  BLOB NOT NULL CHECK (length(prev_txid) = 32),
  prev_n     INTEGER NOT NULL,
  value      INTEGER NOT NULL,           -- satoshi of the output spent
  script     INTEGER NOT NULL,           -- script.id of it
  PRIMARY KEY (tx, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mempool_in_prev ON mempool_in (prev_txid, prev_n);

CREATE TABLE mempool_out (
  tx      INTEGER NOT NULL,              -- mempool_tx.id
  n       INTEGER NOT NULL,
  value   INTEGER NOT NULL,
  script  INTEGER NOT NULL,              -- script.id
  PRIMARY KEY (tx, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE mempool_history (
  script  INTEGER NOT NULL,
  tx      INTEGER NOT NULL,              -- mempool_tx.id
  PRIMARY KEY (script, tx)
) STRICT, WITHOUT ROWID;

-- Handed in here, and no other node has asked for it yet.
CREATE TABLE mempool_untold (
  txid  BLOB PRIMARY KEY CHECK (length(txid) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER mempool_untold_del AFTER DELETE ON mempool_tx BEGIN
  DELETE FROM mempool_untold WHERE txid = old.txid;
END;

-- Transactions that left the pool without a block.
CREATE TABLE mempool_gone (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,              -- UNIX seconds
  txid    BLOB NOT NULL CHECK (length(txid) = 32),
  why     TEXT NOT NULL,                 -- 'conflict', 'replaced', 'expired', ...
  by      BLOB CHECK (length(by) = 32),  -- txid or block hash that caused it
  raw     BLOB NOT NULL
) STRICT;
CREATE INDEX mempool_gone_txid ON mempool_gone (txid);
