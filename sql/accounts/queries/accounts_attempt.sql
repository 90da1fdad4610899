-- Tries in vain, and what was done.

-- name: attempt_get
SELECT count, since, not_till FROM attempt WHERE kind = ?1 AND key = ?2 AND end_at > ?3;

-- name: attempt_put
INSERT INTO attempt (kind, key, count, since, not_till, end_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (kind, key) DO UPDATE SET count = excluded.count, since = excluded.since,
  not_till = excluded.not_till, end_at = excluded.end_at;

-- name: attempt_remove
DELETE FROM attempt WHERE kind = ?1 AND key = ?2;

-- name: attempt_purge
DELETE FROM attempt WHERE end_at <= ?1;

-- name: audit_add
INSERT INTO audit (at, account, actor, event, detail, address)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: audit_of
SELECT u.id, u.at, coalesce(a.name, ''), u.actor, u.event, u.detail, u.address
FROM audit AS u LEFT JOIN account AS a ON a.id = u.account
WHERE u.account = ?1 AND u.id < ?2 ORDER BY u.id DESC LIMIT ?3;

-- name: audit_all
SELECT u.id, u.at, coalesce(a.name, ''), u.actor, u.event, u.detail, u.address
FROM audit AS u LEFT JOIN account AS a ON a.id = u.account
WHERE u.id < ?1 ORDER BY u.id DESC LIMIT ?2;
