-- hooks.db: who is to be told of events by HTTP. It holds secrets.

CREATE TABLE hook (
  id       INTEGER PRIMARY KEY,
  url      TEXT NOT NULL CHECK (length(url) <= 500),
  filter   TEXT NOT NULL CHECK (length(filter) < 4096), -- as the query of /events
  secret   BLOB NOT NULL CHECK (length(secret) = 32),   -- of its signatures
  dead     INTEGER NOT NULL CHECK (dead IN (0, 1)),     -- given up
  cursor   INTEGER NOT NULL,    -- rows of event up to this one were taken
  skip     INTEGER NOT NULL,    -- and so many messages of the next
  created  INTEGER NOT NULL,    -- UNIX seconds
  tried    INTEGER NOT NULL,    -- UNIX seconds of the last delivery; 0: none
  next_ms  INTEGER NOT NULL,    -- UNIX milliseconds: not tried before
  failing  INTEGER NOT NULL,    -- UNIX seconds since when none succeeds; 0: they do
  fails    INTEGER NOT NULL,    -- in a row
  sent     INTEGER NOT NULL,    -- deliveries that were taken
  last     TEXT NOT NULL        -- what came of the last one
) STRICT;
