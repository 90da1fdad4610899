-- Finality by votes. Statements that give a vote or a point give the same columns
-- in the same order.

-- name: vote_add
INSERT INTO finality_vote (key, source_height, source, target_height, target,
                           sig, at, whence)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO NOTHING;

-- name: vote_known
SELECT id FROM finality_vote
WHERE key = ?1 AND target_height = ?4 AND target = ?5 AND source_height = ?2
  AND source = ?3;

-- name: vote_above
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote WHERE target_height > ?1
ORDER BY target_height, id;

-- name: vote_after
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote WHERE id > ?1 ORDER BY id LIMIT ?2;

-- name: vote_from
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote WHERE (target_height, id) > (?1, ?2)
ORDER BY target_height, id LIMIT ?3;

-- name: vote_last
SELECT max(id) FROM finality_vote;

-- name: vote_cursor
SELECT coalesce((SELECT min(id) - 1 FROM finality_vote WHERE target_height > ?1),
                (SELECT max(id) FROM finality_vote), 0);

-- name: vote_of_link
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote
WHERE target_height = ?3 AND target = ?4 AND source_height = ?1 AND source = ?2
ORDER BY key;

-- name: vote_at_height
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote WHERE key = ?1 AND target_height = ?2 LIMIT ?3;

-- name: vote_around
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote
WHERE key = ?1 AND target_height > ?3 AND source_height < ?2
LIMIT 1;

-- name: vote_within
SELECT id, source_height, source, target_height, target, key, sig
FROM finality_vote
WHERE key = ?1 AND target_height < ?3 AND target_height > ?2
  AND source_height > ?2
LIMIT 1;

-- name: vote_since
SELECT target_height, target, at FROM finality_vote
WHERE key = ?1 AND target_height >= ?2 ORDER BY target_height;

-- name: vote_prune
-- Votes with a target above ?1, up to ?2, but for those of one link to ?2.
DELETE FROM finality_vote
WHERE target_height > ?1 AND target_height <= ?2
  AND NOT (target_height = ?2 AND target = ?3 AND source = ?4);

-- name: vote_drop
DELETE FROM finality_vote WHERE id = ?1;

-- name: point_add
INSERT INTO finality_point (hash, height, source, set_height, set_hash,
                            prev_height, prev_hash, justified_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: point_set_final
UPDATE finality_point SET final_at = ?2 WHERE id = ?1;

-- name: point_set_members
UPDATE finality_point SET members = ?2 WHERE id = ?1;

-- name: point_set_source
UPDATE finality_point SET source = ?2 WHERE id = ?1;

-- name: point_by_hash
SELECT id, hash, height, source, set_height, set_hash, prev_height, prev_hash,
       members, final_at
FROM finality_point WHERE hash = ?1;

-- name: point_by_id
SELECT id, hash, height, source, set_height, set_hash, prev_height, prev_hash,
       members, final_at
FROM finality_point WHERE id = ?1;

-- name: point_last_final
SELECT id, hash, height, source, set_height, set_hash, prev_height, prev_hash,
       members, final_at
FROM finality_point WHERE final_at IS NOT NULL AND height >= 0
ORDER BY height DESC LIMIT 1;

-- name: point_above
SELECT id, hash, height, source, set_height, set_hash, prev_height, prev_hash,
       members, final_at
FROM finality_point WHERE height > ?1 ORDER BY height, id;

-- name: member_add
INSERT INTO finality_member (point, key, weight) VALUES (?1, ?2, ?3);

-- name: member_each
SELECT key, weight FROM finality_member WHERE point = ?1 ORDER BY key;

-- name: member_ever
SELECT 1 WHERE EXISTS (SELECT 1 FROM finality_member WHERE key = ?1)
            OR EXISTS (SELECT 1 FROM finality_bond WHERE key = ?1);

-- name: evidence_add
INSERT INTO finality_evidence (key, kind, vote_a, vote_b, at)
VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING;

-- name: evidence_next
SELECT key, kind, vote_a, vote_b, at FROM finality_evidence
WHERE key > ?1 ORDER BY key LIMIT 1;

-- name: evidence_pending
-- scan: a row for each key that was ever convicted
SELECT key, kind, vote_a, vote_b, at FROM finality_evidence e
WHERE NOT EXISTS (SELECT 1 FROM finality_conviction c WHERE c.key = e.key)
ORDER BY key LIMIT 1;

-- name: bond_add
INSERT INTO finality_bond (tx, n, key, height) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO NOTHING;

-- name: bond_drop
DELETE FROM finality_bond WHERE height >= ?1;

-- name: bond_each
-- Unspent by the state of the block at this height.
SELECT b.key, o.value
FROM finality_bond b CROSS JOIN txout o ON o.tx = b.tx AND o.n = b.n
LEFT JOIN tx s ON s.id = o.spent_tx
WHERE b.height <= ?1 AND (s.id IS NULL OR s.height > ?1)
ORDER BY b.height;

-- name: conviction_add
INSERT INTO finality_conviction (height, key) VALUES (?1, ?2)
ON CONFLICT DO NOTHING;

-- name: conviction_drop
DELETE FROM finality_conviction WHERE height >= ?1;

-- name: conviction_each
SELECT key FROM finality_conviction WHERE height <= ?1 ORDER BY height, key;
