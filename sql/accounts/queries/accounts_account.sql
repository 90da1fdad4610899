-- Accounts.

-- name: account_by_name
SELECT id, name, roles, state = 'active', created_at, totp IS NOT NULL, password
FROM account WHERE folded = ?1;

-- name: account_by_id
SELECT id, name, roles, state = 'active', created_at, totp IS NOT NULL, password
FROM account WHERE id = ?1;

-- name: account_list
-- scan: all of them are wanted
SELECT id, name, roles, state = 'active', created_at, totp IS NOT NULL, password
FROM account ORDER BY folded;

-- name: account_add
INSERT INTO account (name, folded, password, roles, created_at)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: account_set_roles
UPDATE account SET roles = ?2 WHERE id = ?1;

-- name: account_set_state
UPDATE account SET state = ?2 WHERE id = ?1;

-- name: account_set_password
UPDATE account SET password = ?2 WHERE id = ?1;

-- name: account_admins
-- scan: roles are a list in a text, and accounts are few
SELECT count(*) FROM account
WHERE state = 'active' AND ',' || roles || ',' LIKE '%,admin,%' AND id <> ?1;

-- name: invite_add
INSERT INTO invite (hash, roles, made_by, created_at, end_at)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: invite_find
SELECT id, roles FROM invite WHERE hash = ?1 AND used_at IS NULL AND end_at > ?2;

-- name: invite_use
UPDATE invite SET used_by = ?2, used_at = ?3 WHERE id = ?1 AND used_at IS NULL;
