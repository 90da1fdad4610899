-- Tokens of programs.

-- name: token_add
INSERT INTO token (hash, account, label, roles, created_at, end_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: token_find
SELECT t.id, t.account, coalesce(t.last_at, 0), t.roles, a.name, a.roles
FROM token AS t JOIN account AS a ON a.id = t.account
WHERE t.hash = ?1 AND (t.end_at IS NULL OR t.end_at > ?2) AND a.state = 'active';

-- name: token_touch
UPDATE token SET last_at = ?2 WHERE id = ?1;

-- name: token_list
SELECT id, label, roles, created_at, last_at, end_at FROM token
WHERE account = ?1 ORDER BY id;

-- name: token_count
SELECT count(*) FROM token WHERE account = ?1;

-- name: token_end
DELETE FROM token WHERE account = ?1 AND id = ?2;

-- name: token_end_all
DELETE FROM token WHERE account = ?1;
