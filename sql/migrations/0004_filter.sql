-- Basic filters (BIP158) of blocks: what they pay and spend, for light clients.
--
-- A block has one when its parent has one, and each block that is connected gets
-- it in the same transaction; a filter stays when its block leaves the chain. No
-- row at all: the index is off.
CREATE TABLE block_filter (
  block   INTEGER PRIMARY KEY,    -- block.id
  hash    BLOB NOT NULL CHECK (length(hash) = 32),   -- of the filter
  header  BLOB NOT NULL CHECK (length(header) = 32), -- BIP157: chains the hashes
  filter  BLOB NOT NULL           -- number of elements, then the coded set
) STRICT;
