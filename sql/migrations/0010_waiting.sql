-- Programs that cannot do their work and try again, such as a validator whose
-- signer is locked; the row goes when the work goes on or the program ends. One
-- that was killed leaves a row that grows old.
CREATE TABLE waiting (
  pid      INTEGER PRIMARY KEY CHECK (pid > 0),
  program  TEXT NOT NULL,
  detail   TEXT NOT NULL,      -- a sentence: what it waits for
  since    INTEGER NOT NULL,   -- UNIX seconds
  seen_at  INTEGER NOT NULL
) STRICT;
