-- Transactions that wait for a block. The pool survives a restart: it is rows.

CREATE TABLE mempool_tx (
  id               INTEGER PRIMARY KEY,  -- order of arrival
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
  source           TEXT NOT NULL
) STRICT;

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

-- Transactions that left the pool without a block.
CREATE TABLE mempool_gone (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,              -- UNIX seconds
  txid    BLOB NOT NULL CHECK (length(txid) = 32),
  why     TEXT NOT NULL,                 -- 'conflict', 'replaced', 'expired', ...
  by      BLOB,                          -- txid or block hash that caused it
  raw     BLOB NOT NULL
) STRICT;
CREATE INDEX mempool_gone_txid ON mempool_gone (txid);
