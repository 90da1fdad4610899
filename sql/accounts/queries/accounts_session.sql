-- Sessions of browsers.

-- name: session_add
INSERT INTO session (hash, account, created_at, last_at, idle_end, end_at, agent, address)
VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7);

-- name: session_find
SELECT s.id, s.account, s.last_at, s.end_at, a.name, a.roles
FROM session AS s JOIN account AS a ON a.id = s.account
WHERE s.hash = ?1 AND s.idle_end > ?2 AND s.end_at > ?2 AND a.state = 'active';

-- name: session_touch
UPDATE session SET last_at = ?2, idle_end = ?3 WHERE id = ?1;

-- name: session_list
SELECT id, created_at, last_at, agent, address FROM session
WHERE account = ?1 AND idle_end > ?2 AND end_at > ?2 ORDER BY last_at DESC, id DESC;

-- name: session_end
DELETE FROM session WHERE account = ?1 AND id = ?2;

-- name: session_end_others
DELETE FROM session WHERE account = ?1 AND id <> ?2;

-- name: session_purge
DELETE FROM session WHERE idle_end <= ?1;

-- name: session_trim
DELETE FROM session WHERE account = ?1 AND id NOT IN
  (SELECT id FROM session WHERE account = ?1 ORDER BY last_at DESC, id DESC LIMIT ?2);

-- name: session_drop
DELETE FROM session WHERE hash = ?1;
