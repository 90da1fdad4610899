-- The statements of src/purse, over wallets.db.

-- name: purse_wallet_insert
INSERT INTO wallet (owner, name, keystore, flags, loaded, fee_rate, chain, created)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: purse_wallet_find
SELECT id, owner, name, keystore, flags, loaded, fee_rate, chain, created
FROM wallet WHERE owner = ?1 AND name = ?2;

-- name: purse_wallet_of
SELECT id, owner, name, keystore, flags, loaded, fee_rate, chain, created
FROM wallet WHERE owner = ?1 ORDER BY name;

-- name: purse_wallet_update
UPDATE wallet SET keystore = ?2, flags = ?3, loaded = ?4, fee_rate = ?5
WHERE id = ?1;

-- name: purse_wallet_delete
DELETE FROM wallet WHERE id = ?1;

-- name: purse_desc_insert
INSERT INTO descriptor (wallet, text, kind, internal, active, next, first, past,
                        created)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: purse_desc_find
SELECT id, next, first, past FROM descriptor WHERE wallet = ?1 AND text = ?2;

-- name: purse_desc_take
UPDATE descriptor SET next = next + 1 WHERE id = ?1 RETURNING next - 1;

-- name: purse_desc_widen
UPDATE descriptor SET next = max(next, ?2), past = max(past, ?3) WHERE id = ?1;

-- name: purse_desc_of
SELECT id, text, kind, internal, active, next, first, past, created
FROM descriptor WHERE wallet = ?1 ORDER BY id;

-- name: purse_desc_update
UPDATE descriptor SET active = ?2, internal = ?3, next = max(next, ?4),
  first = min(first, ?5), past = max(past, ?6), created = min(created, ?7)
WHERE id = ?1;

-- name: purse_desc_retire
UPDATE descriptor SET active = 0
WHERE wallet = ?1 AND kind = ?2 AND internal = ?3 AND active = 1 AND id <> ?4;

-- name: purse_desc_delete
DELETE FROM descriptor WHERE wallet = ?1;

-- name: purse_script_insert
INSERT OR IGNORE INTO script (wallet, script, descriptor, n)
VALUES (?1, ?2, ?3, ?4);

-- name: purse_script_of
SELECT script, descriptor, n FROM script WHERE wallet = ?1;

-- name: purse_script_delete
DELETE FROM script WHERE wallet = ?1;

-- name: purse_label_put
INSERT OR REPLACE INTO label (wallet, script, label, purpose)
VALUES (?1, ?2, ?3, ?4);

-- name: purse_label_of
SELECT script, label, purpose FROM label WHERE wallet = ?1;

-- name: purse_label_delete
DELETE FROM label WHERE wallet = ?1;

-- name: purse_tx_label_put
INSERT OR REPLACE INTO tx_label (wallet, txid, label) VALUES (?1, ?2, ?3);

-- name: purse_tx_label_get
SELECT label FROM tx_label WHERE wallet = ?1 AND txid = ?2;

-- name: purse_tx_label_delete
DELETE FROM tx_label WHERE wallet = ?1;

-- name: purse_lock_put
INSERT OR IGNORE INTO locked (wallet, txid, n) VALUES (?1, ?2, ?3);

-- name: purse_lock_drop
DELETE FROM locked WHERE wallet = ?1 AND txid = ?2 AND n = ?3;

-- name: purse_lock_of
SELECT txid, n FROM locked WHERE wallet = ?1;

-- name: purse_lock_delete
DELETE FROM locked WHERE wallet = ?1;

-- name: purse_sent_put
INSERT OR REPLACE INTO sent (wallet, txid, at, raw, comment, comment_to, replaces,
                             replaced_by, abandoned)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: purse_sent_of
SELECT txid, at, raw, comment, comment_to, replaces, replaced_by, abandoned
FROM sent WHERE wallet = ?1;

-- name: purse_sent_delete
DELETE FROM sent WHERE wallet = ?1;
