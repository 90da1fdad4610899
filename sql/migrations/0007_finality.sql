-- Finality by votes (src/consensus/finality.README): only own chains whose
-- document chooses it have rows here.

-- Votes with good signatures of known validators. All that is derived below
-- follows from these and from the blocks.
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

-- Justified checkpoints.
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

-- Sets of validators, each kept once, by the first point that has it.
CREATE TABLE finality_member (
  point   INTEGER NOT NULL,            -- finality_point.id
  key     BLOB NOT NULL CHECK (length(key) = 32),
  weight  INTEGER NOT NULL,
  PRIMARY KEY (point, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX finality_member_key ON finality_member (key);

-- The first two votes seen that convict a key.
CREATE TABLE finality_evidence (
  key     BLOB PRIMARY KEY CHECK (length(key) = 32),
  kind    TEXT NOT NULL CHECK (kind IN ('double', 'surround')),
  vote_a  BLOB NOT NULL CHECK (length(vote_a) = 168),
  vote_b  BLOB NOT NULL CHECK (length(vote_b) = 168),
  at      INTEGER NOT NULL             -- UNIX seconds
) STRICT, WITHOUT ROWID;

-- Of the active chain: outputs that are bonds, and keys convicted by evidence in
-- a block.
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
