-- Other nodes. Search by url.
CREATE VIEW v1_peer AS
SELECT
  url,
  state,                      -- new, active, failing, banned
  source,                     -- who told us: operator, http, peer
  added_at, seen_at, tried_at, next_try_at, -- UNIX seconds; seen: answered well
  failures,                   -- in a row
  score,
  why,                        -- of the last failure or ban
  pin,                        -- of its TLS key
  node_key,                   -- its own, as it proved by a signature
  tip,                        -- hash of its last block, as it says
  height
FROM peer;
