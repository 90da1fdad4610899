-- The address book: where nodes of Bitcoin's protocol are said to be.
CREATE VIEW v1_known_address AS
SELECT
  iif(net = 1, 'ipv4', 'ipv6') AS network,
  hex(host) AS host,          -- the address in hexadecimal
  port, services, seen_at,    -- UNIX seconds, as told
  tried,                      -- 1: a connection was made once
  tried_at, success_at,       -- UNIX seconds; 0: never
  failures                    -- since the last success
FROM address;
