-- Other nodes, what became of announcements, and leases.

-- name: peer_add
INSERT INTO peer (url, state, source, added_at) VALUES (?1, 'new', ?2, ?3)
ON CONFLICT (url) DO NOTHING;

-- name: peer_by_url
SELECT id, url, state, source, added_at, seen_at, tried_at, next_try_at,
       failures, score, why, pin, tip, height, node_key
FROM peer WHERE url = ?1;

-- name: peer_next
SELECT id, url, state, source, added_at, seen_at, tried_at, next_try_at,
       failures, score, why, pin, tip, height, node_key
FROM peer WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: peer_update
UPDATE peer SET state = ?2, seen_at = ?3, tried_at = ?4, next_try_at = ?5,
  failures = ?6, score = ?7, why = ?8, pin = ?9, tip = ?10, height = ?11,
  node_key = ?12
WHERE id = ?1;

-- name: peer_delete
DELETE FROM peer WHERE id = ?1;

-- name: peer_count
-- scan: peers are few
SELECT count(*), count(*) FILTER (WHERE state = 'new') FROM peer;

-- name: announcement_add
INSERT INTO announcement (at, peer, kind, hash, ok, note)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: announcement_trim
DELETE FROM announcement WHERE id <= (SELECT max(id) FROM announcement) - ?1;

-- name: lease_take
-- One that ends long after a new one would was taken before the clock was set
-- back: its owner is not waited for.
INSERT INTO lease (name, owner, until) VALUES (?1, ?2, ?4)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE lease.until <= ?3 OR lease.owner = excluded.owner
   OR lease.until > ?4 + 60000;

-- name: lease_held
SELECT until > ?2 FROM lease WHERE name = ?1;

-- name: lease_release
DELETE FROM lease WHERE name = ?1 AND owner = ?2;
