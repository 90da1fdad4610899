-- Addresses that may not connect. Search by subnet.
CREATE VIEW v1_ban AS
SELECT
  subnet,                     -- 192.0.2.7/32
  by_rule,                    -- 1: it broke a rule; 0: the operator's wish
  created_at, until,          -- UNIX seconds
  why
FROM ban;
