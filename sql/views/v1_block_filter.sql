-- Basic filters (BIP158), by height or block_hash. Stale blocks keep theirs.
CREATE VIEW v1_block_filter AS
SELECT
  b.height,
  b.hash AS block_hash,
  b.status = 2 AS active,
  f.hash AS filter_hash,
  f.header,                   -- BIP157: hash of filter_hash and the one before
  f.filter
FROM block b JOIN block_filter f ON f.block = b.id;
