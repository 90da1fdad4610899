-- Other nodes, and whoever is connected by Bitcoin's protocol (more of those:
-- v1_connection). Search by url.
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
