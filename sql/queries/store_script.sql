-- Distinct output scripts, their totals, and which transactions touch them.

-- name: script_find
SELECT id FROM script WHERE k = ?1 AND spk = ?2;

-- name: script_get
SELECT id, k, spk, kind, address FROM script WHERE id = ?1;

-- name: script_by_key
SELECT id, k, spk, kind, address FROM script
WHERE k = ?1 ORDER BY id LIMIT 1 OFFSET ?2;

-- name: script_insert
INSERT INTO script (id, k, spk, kind, address) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: script_segment_add
INSERT OR IGNORE INTO script_segment (n) VALUES (?1);

-- name: script_max_id
SELECT max(id) FROM script;

-- name: script_total_get
SELECT n_tx, n_funded, funded, n_spent, spent
FROM script_total WHERE script = ?1;

-- name: script_total_add
INSERT INTO script_total (script, n_tx, n_funded, funded, n_spent, spent)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (script) DO UPDATE SET
  n_tx = n_tx + excluded.n_tx,
  n_funded = n_funded + excluded.n_funded,
  funded = funded + excluded.funded,
  n_spent = n_spent + excluded.n_spent,
  spent = spent + excluded.spent;

-- name: script_total_drop
-- A script that no transaction of the chain touches any more.
DELETE FROM script_total
WHERE script = ?1 AND n_tx = 0 AND n_funded = 0 AND n_spent = 0;

-- name: history_insert
INSERT INTO history (script, tx) VALUES (?1, ?2);

-- name: history_delete
DELETE FROM history WHERE script = ?1 AND tx = ?2;
