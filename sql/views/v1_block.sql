-- Every block whose header is known, on the active chain (active = 1) or not.
CREATE VIEW v1_block AS
SELECT
  b.height,
  b.hash,
  p.hash AS prev_hash,        -- NULL for genesis
  b.time,                     -- UNIX seconds, from the header
  b.mtp,                      -- median time of this block and the ten before
  b.version,
  b.bits,                     -- compact target
  b.nonce,
  -- difficulty 1 is the target 0xffff * 256^26
  65535.0 / nullif(b.bits & 0x7fffff, 0) * pow(256, 29 - (b.bits >> 24))
    AS difficulty,
  b.chainwork,                -- 32 bytes, big-endian: sorts as a number
  b.n_tx,                     -- NULL while only the header is known
  b.size,                     -- bytes
  b.weight,
  b.fees,                     -- satoshi; NULL unless it was ever connected
  -- satoshi that its coinbase takes beyond the fees; NULL unless active
  (SELECT sum(o.value) FROM txout o WHERE o.tx = b.first_tx) - b.fees
    AS subsidy_paid,
  CASE b.status
    WHEN 0 THEN 'header'      -- its transactions are not here
    WHEN 1 THEN 'stored'      -- not judged against the coins
    WHEN 2 THEN 'active'
    WHEN 3 THEN 'stale'       -- was active
    WHEN 4 THEN 'invalid'
    ELSE 'invalid-parent'
  END AS status,
  b.status = 2 AS active,
  b.received_at,              -- UNIX seconds
  b.source,
  b.header                    -- 80 bytes
FROM block b LEFT JOIN block p ON p.id = b.prev_id;
