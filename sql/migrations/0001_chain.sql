-- The chain: headers, blocks, transactions, outputs with their spender, scripts
-- with their running totals, and the history of each script.
--
-- Hashes are in the order people read them: lower(hex(txid)) is the txid.
-- Amounts are satoshi. Ids of transactions ascend along the active chain and are
-- never used twice; a block's transactions have consecutive ids.

CREATE TABLE setting (
  name   TEXT PRIMARY KEY,  -- 'network', 'chain_document', 'next_tx_id', ...
  value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
  id         INTEGER PRIMARY KEY,
  hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  prev_id    INTEGER,             -- block.id of the parent, NULL for genesis
  height     INTEGER NOT NULL,
  header     BLOB NOT NULL CHECK (length(header) = 80),
  time       INTEGER NOT NULL,    -- from the header: UNIX seconds
  bits       INTEGER NOT NULL,    -- from the header: compact target
  version    INTEGER NOT NULL,    -- from the header: signed
  nonce      INTEGER NOT NULL,    -- from the header
  mtp        INTEGER NOT NULL,    -- median time of this block and the ten before
  chainwork  BLOB NOT NULL CHECK (length(chainwork) = 32), -- big-endian: sorts
  status     INTEGER NOT NULL CHECK (status BETWEEN 0 AND 6),
                                  -- 0 header only, 1 data stored, 2 connected
                                  -- now, 3 was connected, 4 invalid, 5 child of
                                  -- an invalid block
  n_tx       INTEGER,             -- NULL while the data is not here
  size       INTEGER,             -- bytes
  weight     INTEGER,             -- BIP141 weight units
  fees       INTEGER,             -- satoshi; once it was connected
  first_tx   INTEGER,             -- tx.id of the coinbase while connected
  received_at INTEGER NOT NULL,   -- UNIX seconds
  source     TEXT NOT NULL        -- 'import', 'miner', 'http', a peer's URL
) STRICT;
CREATE INDEX block_height ON block (height);
CREATE INDEX block_prev ON block (prev_id);
-- The header with most work, and branches that may become the active chain; of
-- equal work the first received.
CREATE INDEX block_work ON block (chainwork DESC) WHERE status < 4;
-- Blocks beside the active chain: few once it is synchronised.
CREATE INDEX block_beside ON block (height) WHERE status <> 2;

-- Bytes of blocks that are not on the active chain (whose transactions hold the
-- bytes themselves).
CREATE TABLE block_data (
  block  INTEGER PRIMARY KEY,     -- block.id
  raw    BLOB NOT NULL
) STRICT;

-- The active chain, and nothing else.
CREATE TABLE chain (
  height  INTEGER PRIMARY KEY,
  block   INTEGER NOT NULL        -- block.id
) STRICT;

-- Transactions of the active chain. Two of mainnet's have the txid of an earlier
-- one (BIP30), so txid is not unique.
CREATE TABLE tx (
  id       INTEGER PRIMARY KEY,
  txid     BLOB NOT NULL CHECK (length(txid) = 32),
  height   INTEGER NOT NULL,
  fee      INTEGER,               -- satoshi; NULL for a coinbase
  weight   INTEGER NOT NULL,
  n_in     INTEGER NOT NULL,
  n_out    INTEGER NOT NULL,
  raw      BLOB NOT NULL          -- as in the block, witness included
) STRICT;
-- The index of tx by txid; a table, so that an import can add its rows in sorted
-- groups.
CREATE TABLE tx_by_txid (
  txid  BLOB NOT NULL,
  tx    INTEGER NOT NULL,         -- tx.id
  PRIMARY KEY (txid, tx)
) STRICT, WITHOUT ROWID;

CREATE TABLE txin (
  tx        INTEGER NOT NULL,     -- tx.id
  n         INTEGER NOT NULL,
  prev_tx   INTEGER,              -- tx.id of the output spent; NULL: coinbase
  prev_n    INTEGER,
  sequence  INTEGER NOT NULL,
  sig_at    INTEGER NOT NULL,     -- where the scriptSig starts in tx.raw
  sig_len   INTEGER NOT NULL,
  PRIMARY KEY (tx, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE txout (
  tx        INTEGER NOT NULL,     -- tx.id
  n         INTEGER NOT NULL,
  value     INTEGER NOT NULL,     -- satoshi
  script    INTEGER NOT NULL,     -- script.id
  spent_tx  INTEGER,              -- tx.id of the spender, NULL: unspent
  spent_n   INTEGER,              -- which input of it
  PRIMARY KEY (tx, n)
) STRICT, WITHOUT ROWID;

-- Every distinct output script once.
CREATE TABLE script (
  id       INTEGER PRIMARY KEY,
  k        INTEGER NOT NULL,      -- first 8 bytes of SHA-256(spk), big-endian,
                                  -- as a signed number; not unique
  spk      BLOB NOT NULL,         -- the script
  kind     INTEGER NOT NULL,      -- see the table script_kind
  address  TEXT,                  -- NULL where the form has none
  segment  INTEGER NOT NULL AS (id >> 18) -- of the index by address
) STRICT;
CREATE INDEX script_k ON script (k);
-- Addresses come in no order. An index over all of them would have a page to
-- write for nearly every new one once it is large; this one is in segments of
-- 2^18 scripts, by id, of which only the last grows. A search says:
--   address = ? AND segment IN (SELECT n FROM script_segment)
CREATE INDEX script_address ON script (segment, address)
  WHERE address IS NOT NULL;
-- The segments there are.
CREATE TABLE script_segment (
  n  INTEGER PRIMARY KEY
) STRICT;
INSERT INTO script_segment VALUES (0);

CREATE TABLE script_kind (
  kind  INTEGER PRIMARY KEY,
  name  TEXT NOT NULL             -- Bitcoin Core's name
) STRICT;
INSERT INTO script_kind VALUES
  (0, 'nonstandard'), (1, 'empty'), (2, 'pubkey'), (3, 'pubkeyhash'),
  (4, 'scripthash'), (5, 'multisig'), (6, 'nulldata'),
  (7, 'witness_v0_keyhash'), (8, 'witness_v0_scripthash'),
  (9, 'witness_v1_taproot'), (10, 'anchor'), (11, 'witness_unknown');

-- Running totals of a script over the active chain.
CREATE TABLE script_total (
  script      INTEGER PRIMARY KEY,  -- script.id
  n_tx        INTEGER NOT NULL,
  n_funded    INTEGER NOT NULL,
  funded      INTEGER NOT NULL,     -- satoshi ever received
  n_spent     INTEGER NOT NULL,
  spent       INTEGER NOT NULL      -- satoshi ever spent
) STRICT;

-- Which transactions fund or spend a script, in chain order.
CREATE TABLE history (
  script  INTEGER NOT NULL,
  tx      INTEGER NOT NULL,
  PRIMARY KEY (script, tx)
) STRICT, WITHOUT ROWID;

-- Every change of branch.
CREATE TABLE reorg (
  id           INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,    -- UNIX seconds
  fork_height  INTEGER NOT NULL,    -- of the last common block
  depth        INTEGER NOT NULL,    -- blocks disconnected
  old_tip      BLOB NOT NULL CHECK (length(old_tip) = 32),
  new_tip      BLOB NOT NULL CHECK (length(new_tip) = 32)
) STRICT;

-- Every refusal: what, by which rule, from whom.
CREATE TABLE reject (
  id          INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,     -- UNIX seconds
  kind        TEXT NOT NULL CHECK (kind IN ('block', 'header', 'tx', 'vote')),
  hash        BLOB NOT NULL CHECK (length(hash) = 32),
  reason      TEXT NOT NULL,        -- Bitcoin Core's reject string
  rule        TEXT NOT NULL,        -- BIP, CVE or rule
  detail      TEXT NOT NULL,
  input       INTEGER,              -- index of the input at fault
  txid        BLOB CHECK (length(txid) = 32), -- of the one at fault in a block
  script      TEXT,                 -- which script failed: scriptSig ...
  script_pos  INTEGER,              -- operation at which it failed
  stack       TEXT,                 -- what that found, top first, in hex; 0: empty
  source      TEXT NOT NULL
) STRICT;
CREATE INDEX reject_hash ON reject (hash);
CREATE INDEX reject_txid ON reject (txid) WHERE txid IS NOT NULL;

-- What happened, for whoever follows: append-only, read with a cursor.
CREATE TABLE event (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  at    INTEGER NOT NULL,           -- UNIX milliseconds
  kind  TEXT NOT NULL,              -- 'block', 'disconnect', 'tx', 'tx-gone', 'peer',
                                    -- 'load' (another state took its place)
  hash  BLOB CHECK (length(hash) = 32), -- of the block or transaction
  json  TEXT NOT NULL
) STRICT;
