-- Other nodes, what we know of them, and leases of the background programs.

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

-- What became of each announcement.
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

-- Who does a job that only one process may do at a time, and until when.
CREATE TABLE lease (
  name   TEXT PRIMARY KEY,
  owner  TEXT NOT NULL,
  until  INTEGER NOT NULL                -- UNIX milliseconds
) STRICT, WITHOUT ROWID;
