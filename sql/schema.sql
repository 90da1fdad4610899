-- The schema of a fresh database, made by sql/make-schema: to read, not to run.
-- The text that counts is in sql/migrations and sql/views.

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

CREATE INDEX block_work ON block (chainwork DESC) WHERE status < 4;

CREATE INDEX block_beside ON block (height) WHERE status <> 2;

CREATE TABLE block_data (
  block  INTEGER PRIMARY KEY,     -- block.id
  raw    BLOB NOT NULL
) STRICT;

CREATE TABLE chain (
  height  INTEGER PRIMARY KEY,
  block   INTEGER NOT NULL        -- block.id
) STRICT;

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

CREATE INDEX script_address ON script (segment, address)
  WHERE address IS NOT NULL;

CREATE TABLE script_segment (
  n  INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE script_kind (
  kind  INTEGER PRIMARY KEY,
  name  TEXT NOT NULL             -- Bitcoin Core's name
) STRICT;

CREATE TABLE script_total (
  script      INTEGER PRIMARY KEY,  -- script.id
  n_tx        INTEGER NOT NULL,
  n_funded    INTEGER NOT NULL,
  funded      INTEGER NOT NULL,     -- satoshi ever received
  n_spent     INTEGER NOT NULL,
  spent       INTEGER NOT NULL      -- satoshi ever spent
) STRICT;

CREATE TABLE history (
  script  INTEGER NOT NULL,
  tx      INTEGER NOT NULL,
  PRIMARY KEY (script, tx)
) STRICT, WITHOUT ROWID;

CREATE TABLE reorg (
  id           INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,    -- UNIX seconds
  fork_height  INTEGER NOT NULL,    -- of the last common block
  depth        INTEGER NOT NULL,    -- blocks disconnected
  old_tip      BLOB NOT NULL CHECK (length(old_tip) = 32),
  new_tip      BLOB NOT NULL CHECK (length(new_tip) = 32)
) STRICT;

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

CREATE TABLE event (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  at    INTEGER NOT NULL,           -- UNIX milliseconds
  kind  TEXT NOT NULL,              -- 'block', 'disconnect', 'tx', 'tx-gone', 'peer',
                                    -- 'load' (another state took its place)
  hash  BLOB CHECK (length(hash) = 32), -- of the block or transaction
  json  TEXT NOT NULL
, change INTEGER) STRICT;

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

CREATE TABLE mempool_sum (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  n      INTEGER NOT NULL,
  vsize  INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,               -- of the transactions as serialised
  fees   INTEGER NOT NULL                -- satoshi, without fee_delta
) STRICT;

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
  tx      INTEGER NOT NULL, n_funded INTEGER NOT NULL DEFAULT 0, funded INTEGER NOT NULL DEFAULT 0, n_spent INTEGER NOT NULL DEFAULT 0, spent INTEGER NOT NULL DEFAULT 0,              -- mempool_tx.id
  PRIMARY KEY (script, tx)
) STRICT, WITHOUT ROWID;

CREATE TABLE mempool_untold (
  txid  BLOB PRIMARY KEY CHECK (length(txid) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER mempool_untold_del AFTER DELETE ON mempool_tx BEGIN
  DELETE FROM mempool_untold WHERE txid = old.txid;
END;

CREATE TABLE mempool_gone (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,              -- UNIX seconds
  txid    BLOB NOT NULL CHECK (length(txid) = 32),
  why     TEXT NOT NULL,                 -- 'conflict', 'replaced', 'expired', ...
  by      BLOB CHECK (length(by) = 32),  -- txid or block hash that caused it
  raw     BLOB NOT NULL
) STRICT;

CREATE INDEX mempool_gone_txid ON mempool_gone (txid);

CREATE TABLE peer (
  id          INTEGER PRIMARY KEY,
  url         TEXT NOT NULL UNIQUE,      -- normalised: https://host:port
  state       TEXT NOT NULL CHECK (state IN ('new', 'active', 'failing', 'banned')),
  source      TEXT NOT NULL,             -- 'operator', 'http', 'peer'
  added_at    INTEGER NOT NULL,          -- UNIX seconds
  seen_at     INTEGER,                   -- last good answer
  tried_at    INTEGER,
  next_try_at INTEGER NOT NULL DEFAULT 0,
  failures    INTEGER NOT NULL DEFAULT 0,-- in a row
  score       INTEGER NOT NULL DEFAULT 0,-- good answers raise it, lies lower it
  why         TEXT NOT NULL DEFAULT '',  -- of the last failure or ban
  pin         TEXT,                      -- sha256//BASE64 of its TLS key
  node_key    BLOB CHECK (length(node_key) = 32), -- its own, as it proved
  tip         BLOB CHECK (length(tip) = 32), -- as it last said
  height      INTEGER
) STRICT;

CREATE TABLE announcement (
  id    INTEGER PRIMARY KEY,
  at    INTEGER NOT NULL,                -- UNIX milliseconds
  peer  INTEGER NOT NULL,                -- peer.id
  kind  TEXT NOT NULL CHECK (kind IN ('block', 'tx')),
  hash  BLOB NOT NULL CHECK (length(hash) = 32),
  ok    INTEGER NOT NULL,                -- 1: the peer took it or had it
  note  TEXT NOT NULL                    -- the peer's answer or our error
) STRICT;

CREATE INDEX announcement_hash ON announcement (hash);

CREATE TABLE lease (
  name   TEXT PRIMARY KEY,
  owner  TEXT NOT NULL,
  until  INTEGER NOT NULL                -- UNIX milliseconds
) STRICT, WITHOUT ROWID;

CREATE TABLE block_filter (
  block   INTEGER PRIMARY KEY,    -- block.id
  hash    BLOB NOT NULL CHECK (length(hash) = 32),   -- of the filter
  header  BLOB NOT NULL CHECK (length(header) = 32), -- BIP157: chains the hashes
  filter  BLOB NOT NULL           -- number of elements, then the coded set
) STRICT;

CREATE TABLE connection (
  id              INTEGER PRIMARY KEY,
  addr            TEXT NOT NULL,          -- HOST:PORT
  bind            TEXT NOT NULL,          -- our end of it
  addr_local      TEXT NOT NULL,          -- where the peer says to see us, or ''
  kind            TEXT NOT NULL,          -- inbound, manual, outbound-full-relay,
                                          -- block-relay-only, feeler, addr-fetch
  permissions     TEXT NOT NULL,          -- 'noban,relay', ''
  services        INTEGER NOT NULL,       -- bits of its version message
  version         INTEGER NOT NULL,       -- 0: none came yet
  agent           TEXT NOT NULL,          -- printable ASCII
  start_height    INTEGER NOT NULL,
  time_offset     INTEGER NOT NULL,       -- seconds
  ready           INTEGER NOT NULL,       -- 1: the handshake is done
  relays_txs      INTEGER NOT NULL,       -- 1: it wants transactions
  connected_at    INTEGER NOT NULL,       -- UNIX seconds
  sent_at         INTEGER NOT NULL,       -- 0: never
  received_at     INTEGER NOT NULL,
  block_at        INTEGER NOT NULL,       -- last new block, transaction from it
  tx_at           INTEGER NOT NULL,
  ping_us         INTEGER NOT NULL,       -- -1: not known
  ping_min_us     INTEGER NOT NULL,
  ping_wait_us    INTEGER NOT NULL,       -- so long no pong comes; -1: none is out
  hb_to           INTEGER NOT NULL,       -- BIP152: asked of it, by it
  hb_from         INTEGER NOT NULL,
  presynced       INTEGER NOT NULL,       -- heights; -1: not known
  synced_headers  INTEGER NOT NULL,
  synced_blocks   INTEGER NOT NULL,
  in_flight       TEXT NOT NULL,          -- heights asked of it: '7,8,9'
  addr_relay      INTEGER NOT NULL,
  addr_processed  INTEGER NOT NULL,
  addr_limited    INTEGER NOT NULL,
  feefilter_sat_kvb INTEGER NOT NULL,
  bytes_in        INTEGER NOT NULL,
  bytes_out       INTEGER NOT NULL,
  why             TEXT NOT NULL,          -- the rule it broke last, or ''
  url             TEXT NOT NULL AS ('bitcoin://' || addr)
) STRICT;

CREATE INDEX connection_url ON connection (url);

CREATE TABLE connection_traffic (
  connection   INTEGER NOT NULL,
  command      TEXT NOT NULL,             -- '*other*': unknown ones
  messages_in  INTEGER NOT NULL,
  bytes_in     INTEGER NOT NULL,          -- envelopes included
  messages_out INTEGER NOT NULL,
  bytes_out    INTEGER NOT NULL,
  PRIMARY KEY (connection, command)
) STRICT, WITHOUT ROWID;

CREATE TABLE relay_state (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  active     INTEGER NOT NULL,            -- 0: the operator switched P2P off
  agent      TEXT NOT NULL,
  services   INTEGER NOT NULL,
  local      TEXT NOT NULL,               -- addresses it listens on, by blanks
  told_at_ms INTEGER NOT NULL,            -- when the connections were written
  bytes_in   INTEGER NOT NULL,            -- since it started
  bytes_out  INTEGER NOT NULL,
  day_at     INTEGER NOT NULL,            -- UNIX seconds: since when it counts
  day_out    INTEGER NOT NULL             -- bytes of p2p_upload_mb
) STRICT;

CREATE TABLE ban (
  subnet     TEXT PRIMARY KEY,            -- '192.0.2.7/32', '2001:db8::/32'
  by_rule    INTEGER NOT NULL,            -- 1: it broke a rule; 0: the operator's
  created_at INTEGER NOT NULL,            -- UNIX seconds
  until      INTEGER NOT NULL,
  why        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE added_node (
  addr     TEXT PRIMARY KEY,              -- HOST:PORT
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE address (
  id         INTEGER PRIMARY KEY,
  net        INTEGER NOT NULL,            -- BIP155: 1 IPv4, 2 IPv6
  host       BLOB NOT NULL CHECK (length(host) IN (4, 16)),
  port       INTEGER NOT NULL,
  grp        BLOB NOT NULL,               -- of the address
  source_grp BLOB NOT NULL,               -- of who told first
  services   INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,            -- as told, UNIX seconds
  tried      INTEGER NOT NULL DEFAULT 0,  -- 1: a connection was made once
  pick       INTEGER NOT NULL,            -- random: its place in draws
  tried_at   INTEGER NOT NULL DEFAULT 0,
  success_at INTEGER NOT NULL DEFAULT 0,
  failures   INTEGER NOT NULL DEFAULT 0,  -- since the last success
  anchor     INTEGER NOT NULL DEFAULT 0,  -- 1: to be called first after a restart
  UNIQUE (net, host, port)
) STRICT;

CREATE INDEX address_pick ON address (tried, pick);

CREATE INDEX address_group ON address (tried, grp, pick);

CREATE INDEX address_source ON address (tried, source_grp, grp, pick);

CREATE INDEX address_anchor ON address (anchor) WHERE anchor = 1;

CREATE TABLE proposal (
  change  INTEGER PRIMARY KEY,    -- grows when anything here changes
  digest  BLOB NOT NULL CHECK (length(digest) = 32),  -- what is signed
  prev    BLOB NOT NULL CHECK (length(prev) = 32),    -- the parent, as in a header
  height  INTEGER NOT NULL,
  round   INTEGER NOT NULL,       -- turns since the parent, on beyond the last maker
  message BLOB NOT NULL,          -- signatures and block, as it travels
  UNIQUE (prev, round)
) STRICT;

CREATE INDEX proposal_height ON proposal (height);

CREATE TABLE maker_signed (
  prev   BLOB NOT NULL CHECK (length(prev) = 32),
  round  INTEGER NOT NULL,
  maker  INTEGER NOT NULL,        -- counted from 0
  height INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  PRIMARY KEY (prev, round, maker)
) STRICT, WITHOUT ROWID;

CREATE INDEX maker_signed_height ON maker_signed (height);

CREATE TABLE mempool_delta (
  txid   BLOB PRIMARY KEY CHECK (length(txid) = 32),
  delta  INTEGER NOT NULL CHECK (delta <> 0)     -- satoshi, a sum
) STRICT, WITHOUT ROWID;

CREATE TABLE finality_vote (
  id             INTEGER PRIMARY KEY,
  key            BLOB NOT NULL CHECK (length(key) = 32),   -- x-only
  source_height  INTEGER NOT NULL,
  source         BLOB NOT NULL CHECK (length(source) = 32),
  target_height  INTEGER NOT NULL,
  target         BLOB NOT NULL CHECK (length(target) = 32),
  sig            BLOB NOT NULL CHECK (length(sig) = 64),
  at             INTEGER NOT NULL,     -- UNIX seconds
  whence         TEXT NOT NULL         -- who handed it in
) STRICT;

CREATE UNIQUE INDEX finality_vote_link ON finality_vote
  (key, target_height, target, source_height, source);

CREATE INDEX finality_vote_height ON finality_vote (target_height);

CREATE TABLE finality_point (
  id            INTEGER PRIMARY KEY,
  hash          BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  height        INTEGER NOT NULL,
  source        INTEGER NOT NULL,      -- finality_point.id; its own: genesis
  set_height    INTEGER NOT NULL,      -- final checkpoints whose states name
  set_hash      BLOB NOT NULL CHECK (length(set_hash) = 32), -- who decides about
  prev_height   INTEGER NOT NULL,      -- links from here: both must
  prev_hash     BLOB NOT NULL CHECK (length(prev_hash) = 32),
  members       INTEGER,               -- finality_member.point with the set by
                                       -- its own state, once it is known
  justified_at  INTEGER NOT NULL,      -- UNIX seconds
  final_at      INTEGER                -- NULL: not final
) STRICT;

CREATE INDEX finality_point_height ON finality_point (height);

CREATE INDEX finality_point_final ON finality_point (height)
  WHERE final_at IS NOT NULL;

CREATE TABLE finality_member (
  point   INTEGER NOT NULL,            -- finality_point.id
  key     BLOB NOT NULL CHECK (length(key) = 32),
  weight  INTEGER NOT NULL,
  PRIMARY KEY (point, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX finality_member_key ON finality_member (key);

CREATE TABLE finality_evidence (
  key     BLOB PRIMARY KEY CHECK (length(key) = 32),
  kind    TEXT NOT NULL CHECK (kind IN ('double', 'surround')),
  vote_a  BLOB NOT NULL CHECK (length(vote_a) = 168),
  vote_b  BLOB NOT NULL CHECK (length(vote_b) = 168),
  at      INTEGER NOT NULL             -- UNIX seconds
) STRICT, WITHOUT ROWID;

CREATE TABLE finality_bond (
  tx      INTEGER NOT NULL,            -- tx.id
  n       INTEGER NOT NULL,
  key     BLOB NOT NULL CHECK (length(key) = 32),   -- the validator's
  height  INTEGER NOT NULL,
  PRIMARY KEY (tx, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX finality_bond_height ON finality_bond (height);

CREATE INDEX finality_bond_key ON finality_bond (key);

CREATE TABLE finality_conviction (
  height  INTEGER NOT NULL,
  key     BLOB NOT NULL CHECK (length(key) = 32),
  PRIMARY KEY (height, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX finality_conviction_key ON finality_conviction (key);

CREATE TABLE miner (
  pid          INTEGER PRIMARY KEY CHECK (pid > 0),
  started_at   INTEGER NOT NULL,                 -- UNIX seconds
  seen_at      INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('searching', 'resting', 'waiting')),
  threads      INTEGER NOT NULL CHECK (threads > 0),
  duty         INTEGER NOT NULL CHECK (duty BETWEEN 1 AND 100),  -- percent of a core
  kernel       TEXT NOT NULL,
  hash_rate    INTEGER NOT NULL CHECK (hash_rate >= 0),          -- a second
  mined        INTEGER NOT NULL CHECK (mined >= 0)               -- blocks since its start
) STRICT;

CREATE TABLE waiting (
  pid      INTEGER PRIMARY KEY CHECK (pid > 0),
  program  TEXT NOT NULL,
  detail   TEXT NOT NULL,      -- a sentence: what it waits for
  since    INTEGER NOT NULL,   -- UNIX seconds
  seen_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX txout_unspent ON txout (script) WHERE spent_tx IS NULL;

CREATE VIEW v1_address AS
SELECT
  s.address,
  s.spk AS script,
  k.name AS kind,
  st.funded - st.spent AS balance,        -- satoshi
  st.funded AS received,                  -- satoshi, ever
  st.spent AS sent,                       -- satoshi, ever
  st.n_tx,                                -- transactions that touch it
  st.n_funded,                            -- outputs, ever
  st.n_funded - st.n_spent AS n_utxo      -- outputs, unspent
FROM script_total st
JOIN script s ON s.id = st.script
LEFT JOIN script_kind k ON k.kind = s.kind
WHERE s.address IS NOT NULL AND s.segment IN (SELECT n FROM script_segment);

CREATE VIEW v1_address_tx AS
SELECT
  s.address,
  t.txid,
  t.height,
  h.tx AS seq                 -- ascends along the chain: order by it
FROM script s
JOIN history h ON h.script = s.id
JOIN tx t ON t.id = h.tx
WHERE s.address IS NOT NULL AND s.segment IN (SELECT n FROM script_segment);

CREATE VIEW v1_announcement AS
SELECT
  a.at,                       -- UNIX milliseconds
  p.url,                      -- NULL when the peer was removed
  a.kind,                     -- block, tx
  a.hash,
  a.ok,                       -- 1: taken, or known already
  a.note
FROM announcement a LEFT JOIN peer p ON p.id = a.peer;

CREATE VIEW v1_ban AS
SELECT
  subnet,                     -- 192.0.2.7/32
  by_rule,                    -- 1: it broke a rule; 0: the operator's wish
  created_at, until,          -- UNIX seconds
  why
FROM ban;

CREATE VIEW v1_block AS
SELECT
  b.height,
  b.hash,
  p.hash AS prev_hash,        -- NULL for genesis
  b.time,                     -- UNIX seconds, from the header
  b.mtp,                      -- median time of this block and the ten before
  b.version,
  b.bits,                     -- compact target
  b.nonce,
  -- difficulty 1 is the target 0xffff * 256^26
  65535.0 / nullif(b.bits & 0x7fffff, 0) * pow(256, 29 - (b.bits >> 24))
    AS difficulty,
  b.chainwork,                -- 32 bytes, big-endian: sorts as a number
  b.n_tx,                     -- NULL while only the header is known
  b.size,                     -- bytes
  b.weight,
  b.fees,                     -- satoshi; NULL unless it was ever connected
  -- satoshi that its coinbase takes beyond the fees; NULL unless active
  (SELECT sum(o.value) FROM txout o WHERE o.tx = b.first_tx) - b.fees
    AS subsidy_paid,
  CASE b.status
    WHEN 0 THEN 'header'      -- its transactions are not here
    WHEN 1 THEN 'stored'      -- not judged against the coins
    WHEN 2 THEN 'active'
    WHEN 3 THEN 'stale'       -- was active
    WHEN 4 THEN 'invalid'
    ELSE 'invalid-parent'
  END AS status,
  b.status = 2 AS active,
  b.received_at,              -- UNIX seconds
  b.source,
  b.header                    -- 80 bytes
FROM block b LEFT JOIN block p ON p.id = b.prev_id;

CREATE VIEW v1_block_filter AS
SELECT
  b.height,
  b.hash AS block_hash,
  b.status = 2 AS active,
  f.hash AS filter_hash,
  f.header,                   -- BIP157: hash of filter_hash and the one before
  f.filter
FROM block b JOIN block_filter f ON f.block = b.id;

CREATE VIEW v1_checkpoint AS
SELECT
  p.id,
  p.hash,
  p.height,
  s.height AS source_height,  -- the checkpoint it was justified from
  s.hash AS source,
  p.set_height,               -- validators by the state of this final checkpoint
                              -- decide about votes from here
  p.justified_at,             -- UNIX seconds
  p.final_at                  -- NULL: not final
FROM finality_point p JOIN finality_point s ON s.id = p.source;

CREATE VIEW v1_connection AS
SELECT
  c.id,
  c.url,                      -- bitcoin://HOST:PORT
  c.bind, c.addr_local,       -- our end of it; where it says to see us
  c.kind,                     -- inbound, manual, outbound-full-relay, ...
  c.permissions, c.services, c.version, c.agent, c.start_height, c.time_offset,
  c.ready, c.relays_txs,
  c.connected_at, c.sent_at, c.received_at, c.block_at, c.tx_at, -- UNIX seconds
  c.ping_us, c.ping_min_us, c.ping_wait_us,                      -- -1: not known
  c.hb_to, c.hb_from, c.presynced, c.synced_headers, c.synced_blocks, c.in_flight,
  c.addr_relay, c.addr_processed, c.addr_limited, c.feefilter_sat_kvb,
  c.bytes_in, c.bytes_out,
  c.why                       -- the rule it broke last
FROM connection c;

CREATE VIEW v1_connection_traffic AS
SELECT
  t.connection,               -- v1_connection.id
  t.command,                  -- '*other*': messages that we do not know
  t.messages_in, t.bytes_in, t.messages_out, t.bytes_out
FROM connection_traffic t;

CREATE VIEW v1_event AS
SELECT
  id,
  at,                         -- UNIX milliseconds
  kind,                       -- 'block', 'disconnect'; 'tx', 'tx-gone', 'tx-fee';
                              -- 'justified', 'finalized', 'evidence'; 'peer';
                              -- 'load': another state took this one's place
  hash,                       -- of the block or transaction
  json
FROM event;

CREATE VIEW v1_evidence AS
SELECT
  key,                        -- x-only
  kind,                       -- double, surround
  vote_a,                     -- two votes of 168 bytes
  vote_b,
  at,                         -- UNIX seconds
  (SELECT min(c.height) FROM finality_conviction c WHERE c.key = e.key)
    AS height                 -- of the block that holds it; NULL: none does
FROM finality_evidence e;

CREATE VIEW v1_known_address AS
SELECT
  iif(net = 1, 'ipv4', 'ipv6') AS network,
  hex(host) AS host,          -- the address in hexadecimal
  port, services, seen_at,    -- UNIX seconds, as told
  tried,                      -- 1: a connection was made once
  tried_at, success_at,       -- UNIX seconds; 0: never
  failures                    -- since the last success
FROM address;

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

CREATE VIEW v1_mempool_gone AS
SELECT
  txid,
  at,                         -- UNIX seconds
  why,
  by,                         -- hash of the transaction or block that caused it
  raw
FROM mempool_gone;

CREATE VIEW v1_mempool_in AS
SELECT
  t.txid,
  x.n,
  x.prev_txid,
  x.prev_n,
  x.value,                    -- satoshi of the output spent
  s.spk AS script,            -- of the output spent
  s.address
FROM mempool_tx t
JOIN mempool_in x ON x.tx = t.id
JOIN script s ON s.id = x.script
  AND s.segment IN (SELECT n FROM script_segment)
JOIN mempool_history h ON h.script = x.script AND h.tx = x.tx;

CREATE VIEW v1_mempool_out AS
SELECT
  t.txid,
  o.n,
  o.value,                    -- satoshi
  s.spk AS script,
  k.name AS kind,
  s.address,
  (SELECT sp.txid FROM mempool_in x JOIN mempool_tx sp ON sp.id = x.tx
   WHERE x.prev_txid = t.txid AND x.prev_n = o.n) AS spent_txid
FROM mempool_tx t
JOIN mempool_out o ON o.tx = t.id
JOIN script s ON s.id = o.script
  AND s.segment IN (SELECT n FROM script_segment)
JOIN mempool_history h ON h.script = o.script AND h.tx = o.tx
LEFT JOIN script_kind k ON k.kind = s.kind;

CREATE VIEW v1_miner AS
SELECT pid, state, threads, duty, kernel, hash_rate, mined, started_at, seen_at
FROM miner;

CREATE VIEW v1_param AS
WITH RECURSIVE line (text, rest) AS (
  SELECT '', value || char(10) FROM setting WHERE name = 'chain_document'
  UNION ALL
  SELECT substr(rest, 1, instr(rest, char(10)) - 1),
         substr(rest, instr(rest, char(10)) + 1)
  FROM line WHERE rest <> ''
)
SELECT trim(substr(text, 1, instr(text, '=') - 1), ' ' || char(9)) AS name,
       trim(substr(text, instr(text, '=') + 1), ' ' || char(9, 13)) AS value
FROM line
WHERE instr(text, '=') > 1 AND substr(text, 1, 1) <> '#'
UNION ALL
SELECT 'network', value FROM setting WHERE name = 'network';

CREATE VIEW v1_peer AS
SELECT
  p.url,                      -- https://HOST:PORT or bitcoin://HOST:PORT
  p.state,                    -- new, active, failing, banned
  p.source,                   -- who told us: operator, http, peer, bitcoin
  p.added_at, p.seen_at, p.tried_at, p.next_try_at, -- UNIX seconds; seen: answered well
  p.failures,                 -- in a row
  p.score,
  p.why,                      -- of the last failure or ban
  p.pin,                      -- of its TLS key
  p.node_key,                 -- its own, as it proved by a signature
  p.tip,                      -- hash of its last block, as it says
  p.height,
  -- v1_connection.id while it is connected, and so much of it
  (SELECT c.id FROM connection c WHERE c.url = p.url) AS connection,
  (SELECT c.bytes_in FROM connection c WHERE c.url = p.url) AS bytes_in,
  (SELECT c.bytes_out FROM connection c WHERE c.url = p.url) AS bytes_out
FROM peer p
UNION ALL
SELECT
  c.url, iif(c.ready, 'active', 'new'), 'bitcoin',
  c.connected_at, nullif(c.received_at, 0), c.connected_at, 0,
  0, 0, c.why, NULL, NULL, NULL, nullif(c.synced_blocks, -1),
  c.id, c.bytes_in, c.bytes_out
FROM connection c
WHERE NOT EXISTS (SELECT 1 FROM peer p WHERE p.url = c.url);

CREATE VIEW v1_reject AS
SELECT
  at,                         -- UNIX seconds
  kind,                       -- block, header, tx
  hash,
  reason,                     -- Bitcoin Core's reject string
  rule,                       -- the BIP, CVE or rule behind it
  detail,
  input,                      -- of the transaction, where one is at fault
  script_pos,                 -- operation at which its script failed
  source,
  txid,                       -- of the transaction at fault in a block
  script,                     -- which script failed: scriptSig, scriptPubKey,
                              -- redeemScript, witnessScript, tapscript
  stack                       -- before that operation, top first: items in hex,
                              -- 0 for an empty one
FROM reject;

CREATE VIEW v1_reorg AS
SELECT
  id,
  at,                         -- UNIX seconds
  fork_height,                -- of the last block both branches have
  depth,                      -- blocks disconnected
  old_tip,
  new_tip
FROM reorg;

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

CREATE VIEW v1_txout AS
SELECT
  i.txid,
  o.n,
  o.value,                    -- satoshi
  s.spk AS script,
  k.name AS kind,             -- Bitcoin Core's name of the script's form
  a.address,                  -- NULL where the form has none
  c.height,
  t.id = b.first_tx AS coinbase,
  si.txid AS spent_txid,      -- NULL: unspent
  o.spent_n,                  -- which input of it
  sp.height AS spent_height
FROM txout o
JOIN tx t ON t.id = o.tx
JOIN chain c ON c.height = t.height
JOIN block b ON b.id = c.block
  AND likelihood(t.id >= b.first_tx, 0.0001) AND t.id < b.first_tx + b.n_tx
JOIN script s ON s.id = o.script
LEFT JOIN tx_by_txid i ON i.txid = t.txid AND i.tx = t.id
LEFT JOIN history h ON h.script = o.script AND h.tx = o.tx
LEFT JOIN script a ON a.id = h.script AND a.id = o.script
  AND a.segment IN (SELECT n FROM script_segment)
LEFT JOIN txin x ON x.tx = o.spent_tx AND x.n = o.spent_n
  AND x.prev_tx = o.tx AND x.prev_n = o.n
LEFT JOIN tx sp ON sp.id = x.tx
LEFT JOIN tx_by_txid si ON si.txid = sp.txid AND si.tx = sp.id AND si.tx = x.tx
LEFT JOIN (SELECT kind, name FROM script_kind) k ON k.kind = s.kind;

CREATE VIEW v1_utxo AS
SELECT
  i.txid,
  o.n,
  o.value,                    -- satoshi
  s.spk AS script,
  k.name AS kind,
  a.address,
  c.height,
  t.id = b.first_tx AS coinbase
FROM txout o
JOIN tx t ON t.id = o.tx
JOIN chain c ON c.height = t.height
JOIN block b ON b.id = c.block
  AND likelihood(t.id >= b.first_tx, 0.0001) AND t.id < b.first_tx + b.n_tx
JOIN script s ON s.id = o.script
LEFT JOIN tx_by_txid i ON i.txid = t.txid AND i.tx = t.id
LEFT JOIN history h ON h.script = o.script AND h.tx = o.tx
LEFT JOIN script a ON a.id = h.script AND a.id = o.script
  AND a.segment IN (SELECT n FROM script_segment)
LEFT JOIN (SELECT kind, name FROM script_kind) k ON k.kind = s.kind
WHERE o.spent_tx IS NULL
  AND +c.height > 0
  AND substr(s.spk, 1, 1) IS NOT x'6a' AND length(s.spk) <= 10000;

CREATE VIEW v1_validator AS
SELECT
  p.height,                   -- of the checkpoint
  p.hash,
  m.key,                      -- x-only
  m.weight,
  EXISTS (SELECT 1 FROM finality_evidence e WHERE e.key = m.key) AS convicted
FROM finality_point p JOIN finality_member m ON m.point = p.members
WHERE p.final_at IS NOT NULL;

CREATE VIEW v1_vote AS
SELECT
  id,
  key,                        -- the validator's, x-only
  source_height,
  source,
  target_height,
  target,
  sig,
  at,                         -- UNIX seconds
  whence                      -- who handed it in
FROM finality_vote;

CREATE VIEW v1_waiting AS
SELECT pid, program, detail, since, seen_at FROM waiting;
