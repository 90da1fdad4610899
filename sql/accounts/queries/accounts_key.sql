-- Keys that log in, their challenges, and second factors.

-- name: login_key_add
INSERT INTO login_key (account, key, label, created_at) VALUES (?1, ?2, ?3, ?4);

-- name: login_key_find
SELECT k.id, k.account FROM login_key AS k JOIN account AS a ON a.id = k.account
WHERE k.key = ?1 AND a.state = 'active';

-- name: login_key_used
UPDATE login_key SET used_at = ?2 WHERE id = ?1;

-- name: login_key_list
SELECT id, key, label, created_at, used_at FROM login_key WHERE account = ?1 ORDER BY id;

-- name: login_key_count
SELECT count(*) FROM login_key WHERE account = ?1;

-- name: login_key_remove
DELETE FROM login_key WHERE account = ?1 AND id = ?2;

-- name: challenge_use
INSERT INTO challenge_used (hash, end_at) VALUES (?1, ?2);

-- name: challenge_purge
DELETE FROM challenge_used WHERE end_at <= ?1;

-- name: totp_get
SELECT totp, totp_wanted, totp_step FROM account WHERE id = ?1;

-- name: totp_want
UPDATE account SET totp_wanted = ?2 WHERE id = ?1;

-- name: totp_confirm
UPDATE account SET totp = totp_wanted, totp_wanted = NULL, totp_step = ?2 WHERE id = ?1;

-- name: totp_off
UPDATE account SET totp = NULL, totp_wanted = NULL, totp_step = 0 WHERE id = ?1;

-- name: totp_used
UPDATE account SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2;
