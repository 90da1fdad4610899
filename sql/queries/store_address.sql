-- The address book.

-- name: address_get
SELECT id, net, host, port, services, seen_at, tried, tried_at, success_at,
       failures, anchor
FROM address WHERE net = ?1 AND host = ?2 AND port = ?3;

-- name: address_add
INSERT INTO address (net, host, port, grp, source_grp, services, seen_at, pick)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: address_update
UPDATE address SET services = ?2, seen_at = ?3, tried = ?4, tried_at = ?5,
  success_at = ?6, failures = ?7, anchor = ?8
WHERE id = ?1;

-- name: address_delete
DELETE FROM address WHERE id = ?1;

-- name: address_count
-- scan: no index counts without reading
SELECT count(*) FILTER (WHERE tried = 0), count(*) FILTER (WHERE tried = 1),
       count(*) FILTER (WHERE net = 1 AND tried = 0),
       count(*) FILTER (WHERE net = 1 AND tried = 1)
FROM address;

-- name: address_count_group
SELECT count(*) FROM address WHERE tried = ?1 AND grp = ?2;

-- name: address_count_source
SELECT count(*) FROM address WHERE tried = 0 AND source_grp = ?1;

-- name: address_count_source_group
SELECT count(*) FROM address WHERE tried = 0 AND source_grp = ?1 AND grp = ?2;

-- name: address_draw
SELECT id, net, host, port, services, seen_at, tried, tried_at, success_at,
       failures, anchor
FROM address WHERE tried = ?1 AND pick >= ?2 ORDER BY pick LIMIT 1;

-- name: address_draw_group
SELECT id, net, host, port, services, seen_at, tried, tried_at, success_at,
       failures, anchor
FROM address WHERE tried = ?1 AND grp = ?2 AND pick >= ?3 ORDER BY pick LIMIT 1;

-- name: address_draw_source
SELECT id, net, host, port, services, seen_at, tried, tried_at, success_at,
       failures, anchor
FROM address WHERE tried = 0 AND source_grp = ?1 AND grp = ?2 AND pick >= ?3
ORDER BY pick LIMIT 1;

-- name: address_sample
-- scan: a random sample, asked for once a day
SELECT id, net, host, port, services, seen_at, tried, tried_at, success_at,
       failures, anchor
FROM address ORDER BY random() LIMIT ?1;

-- name: address_anchors
SELECT id, net, host, port, services, seen_at, tried, tried_at, success_at,
       failures, anchor
FROM address WHERE anchor = 1 AND id > ?1 ORDER BY id LIMIT 1;

-- name: address_anchors_clear
UPDATE address SET anchor = 0 WHERE anchor = 1;
