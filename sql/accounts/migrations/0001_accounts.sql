-- People and programs that may do something here. Whoever has a token of a
-- session, of a program or of an invitation is known by it: of tokens only their
-- SHA-256 is kept. Times are UNIX seconds.

CREATE TABLE account (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
  folded       TEXT NOT NULL UNIQUE CHECK (folded = lower(name)),
  password     TEXT,                      -- $scrypt$ln=..,r=..,p=..$salt$hash, or NULL
  roles        TEXT NOT NULL,             -- 'read,broadcast,wallet'
  state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'locked')),
  created_at   INTEGER NOT NULL,
  totp         BLOB,                      -- the secret, sealed; NULL: no second factor
  totp_wanted  BLOB,                      -- one that was not confirmed yet
  totp_step    INTEGER NOT NULL DEFAULT 0 -- the last step whose code was used
) STRICT;

-- Keys that may log in: a public key's digits, or an address.
CREATE TABLE login_key (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  account    INTEGER NOT NULL REFERENCES account (id),
  key        TEXT NOT NULL UNIQUE,
  label      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER                      -- the last login by it
) STRICT;
CREATE INDEX login_key_account ON login_key (account);

CREATE TABLE session (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  account    INTEGER NOT NULL REFERENCES account (id),
  created_at INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,            -- of a request, to the minute
  idle_end   INTEGER NOT NULL,            -- it ends then unless it is used,
  end_at     INTEGER NOT NULL,            -- and then in any case
  agent      TEXT NOT NULL,
  address    TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account);
CREATE INDEX session_idle ON session (idle_end);

-- Of programs, in Authorization: Bearer.
CREATE TABLE token (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  account    INTEGER NOT NULL REFERENCES account (id),
  label      TEXT NOT NULL,
  roles      TEXT NOT NULL,               -- of the account's, these at most
  created_at INTEGER NOT NULL,
  last_at    INTEGER,                     -- of a request, to the minute
  end_at     INTEGER                      -- NULL: never
) STRICT;
CREATE INDEX token_account ON token (account);

CREATE TABLE invite (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  roles      TEXT,                        -- NULL: what a new account has
  made_by    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  end_at     INTEGER NOT NULL,
  used_by    INTEGER REFERENCES account (id),
  used_at    INTEGER
) STRICT;

-- Challenges are not kept; those that were answered are, until they would end.
CREATE TABLE challenge_used (
  hash   BLOB PRIMARY KEY CHECK (length(hash) = 32),
  end_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX challenge_used_end ON challenge_used (end_at);

-- Who tried what how often in vain. Keys are MACs: the names and networks of those
-- who fail stand here for nobody to read.
CREATE TABLE attempt (
  kind     INTEGER NOT NULL,              -- see accounts/attempt.h
  key      BLOB NOT NULL CHECK (length(key) = 16),
  count    INTEGER NOT NULL,
  since    INTEGER NOT NULL,              -- when the count began
  not_till INTEGER NOT NULL,              -- refused until then
  end_at   INTEGER NOT NULL,              -- forgotten then
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_end ON attempt (end_at);

-- What was done, by whom and to whom: rows come, and never change or go.
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  account INTEGER,                        -- whom it is about; NULL: nobody we know
  actor   TEXT NOT NULL,                  -- an account's name, or 'operator'
  event   TEXT NOT NULL,
  detail  TEXT NOT NULL,
  address TEXT NOT NULL                   -- the client's; '' at a terminal
) STRICT;
CREATE INDEX audit_account ON audit (account, id);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'rows of audit never change'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'rows of audit never go'); END;
-- INSERT OR REPLACE would put another row in one's place without either of them.
CREATE TRIGGER audit_once BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of audit never change'); END;
