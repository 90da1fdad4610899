-- Processes of quarry-miner as they told of themselves last; one that ends
-- removes its row, one that was killed leaves a row that grows old.
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
