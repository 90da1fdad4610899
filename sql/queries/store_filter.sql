-- Basic block filters (BIP158).

-- name: filter_put
INSERT INTO block_filter (block, hash, header, filter) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (block) DO NOTHING;

-- name: filter_get
SELECT hash, header, filter FROM block_filter WHERE block = ?1;

-- name: filter_head
SELECT hash, header FROM block_filter WHERE block = ?1;

-- name: filter_del
-- scan: backwards, as many rows as go
DELETE FROM block_filter WHERE block IN
  (SELECT block FROM block_filter ORDER BY block DESC LIMIT ?1);
