-- Bitcoin's peer-to-peer network: who is connected, who is shut out, and where
-- other nodes are said to be.

-- Connections of the relay that runs; it writes them all again when it starts.
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

-- What the relay says of itself, and what it is told: one row.
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
INSERT INTO relay_state VALUES (1, 1, '', 0, '', 0, 0, 0, 0, 0);

-- Addresses that may not connect.
CREATE TABLE ban (
  subnet     TEXT PRIMARY KEY,            -- '192.0.2.7/32', '2001:db8::/32'
  by_rule    INTEGER NOT NULL,            -- 1: it broke a rule; 0: the operator's
  created_at INTEGER NOT NULL,            -- UNIX seconds
  until      INTEGER NOT NULL,
  why        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Nodes the operator wants to be connected to, beside those of quarry.conf.
CREATE TABLE added_node (
  addr     TEXT PRIMARY KEY,              -- HOST:PORT
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The address book. A group is what one owner of a network can fill cheaply (/16
-- of IPv4, /32 of IPv6): limits for each keep one from filling the book.
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

-- Blocks of the next heights that makers sign together (own chains whose document
-- names makers, several to a block): one in each round on a parent.
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
-- What makers whose keys are here have signed: written before they sign, so that
-- none signs two blocks of one round.
CREATE TABLE maker_signed (
  prev   BLOB NOT NULL CHECK (length(prev) = 32),
  round  INTEGER NOT NULL,
  maker  INTEGER NOT NULL,        -- counted from 0
  height INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  PRIMARY KEY (prev, round, maker)
) STRICT, WITHOUT ROWID;
CREATE INDEX maker_signed_height ON maker_signed (height);
