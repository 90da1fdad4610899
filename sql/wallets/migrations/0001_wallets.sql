-- wallets.db: what is to be known of wallets beside the chain and beside keys.
-- No secret is in here; descriptors are public ones.

CREATE TABLE wallet (
  id        INTEGER PRIMARY KEY,
  owner     TEXT NOT NULL,        -- an account's id; '': the operator
  name      TEXT NOT NULL CHECK (length(name) <= 100),
  keystore  TEXT NOT NULL,        -- what the signer calls its keys; '': none
  flags     INTEGER NOT NULL,     -- purse.h: PURSE_WATCH_ONLY, ...
  loaded    INTEGER NOT NULL CHECK (loaded IN (0, 1)),
  fee_rate  INTEGER NOT NULL,     -- satoshi per 1,000 vbytes; 0: by estimate
  chain     BLOB NOT NULL CHECK (length(chain) = 32), -- the genesis block's hash
  created   INTEGER NOT NULL,     -- UNIX seconds
  UNIQUE (owner, name)
) STRICT;

CREATE TABLE descriptor (
  id        INTEGER PRIMARY KEY,
  wallet    INTEGER NOT NULL,     -- wallet.id
  text      TEXT NOT NULL,        -- with its checksum
  kind      TEXT NOT NULL,        -- 'legacy', 'p2sh-segwit', 'bech32', 'bech32m'
                                  -- or 'other'
  internal  INTEGER NOT NULL CHECK (internal IN (0, 1)), -- for change
  active    INTEGER NOT NULL CHECK (active IN (0, 1)),   -- gives new addresses
  next      INTEGER NOT NULL,     -- the index that is handed out next
  first     INTEGER NOT NULL,     -- scripts are derived from this index
  past      INTEGER NOT NULL,     -- to before this one
  created   INTEGER NOT NULL,     -- UNIX seconds: no coin is older
  UNIQUE (wallet, text)
) STRICT;

CREATE TABLE script (
  wallet      INTEGER NOT NULL,   -- wallet.id
  script      BLOB NOT NULL,      -- an output script that is this wallet's
  descriptor  INTEGER NOT NULL,   -- descriptor.id
  n           INTEGER NOT NULL,   -- derived at this index
  PRIMARY KEY (wallet, script)
) STRICT, WITHOUT ROWID;

CREATE INDEX script_descriptor ON script (descriptor, n);

CREATE TABLE label (
  wallet   INTEGER NOT NULL,      -- wallet.id
  script   BLOB NOT NULL,         -- whose address is meant
  label    TEXT NOT NULL,
  purpose  TEXT NOT NULL CHECK (purpose IN ('receive', 'send')),
  PRIMARY KEY (wallet, script)
) STRICT, WITHOUT ROWID;

CREATE TABLE tx_label (
  wallet  INTEGER NOT NULL,       -- wallet.id
  txid    BLOB NOT NULL CHECK (length(txid) = 32),
  label   TEXT NOT NULL,
  PRIMARY KEY (wallet, txid)
) STRICT, WITHOUT ROWID;

CREATE TABLE locked (
  wallet      INTEGER NOT NULL,   -- wallet.id
  txid        BLOB NOT NULL CHECK (length(txid) = 32),
  n           INTEGER NOT NULL,   -- output that is not to be spent
  PRIMARY KEY (wallet, txid, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE sent (
  wallet       INTEGER NOT NULL,  -- wallet.id
  txid         BLOB NOT NULL CHECK (length(txid) = 32),
  at           INTEGER NOT NULL,  -- UNIX seconds
  raw          BLOB NOT NULL,     -- what was sent, whatever became of it
  comment      TEXT NOT NULL,
  comment_to   TEXT NOT NULL,
  replaces     BLOB CHECK (length(replaces) = 32),
  replaced_by  BLOB CHECK (length(replaced_by) = 32),
  abandoned    INTEGER NOT NULL CHECK (abandoned IN (0, 1)),
  PRIMARY KEY (wallet, txid)
) STRICT, WITHOUT ROWID;
