-- What happened and what was refused.

-- name: event_add
INSERT INTO event (at, kind, hash, json) VALUES (?1, ?2, ?3, ?4);

-- name: event_add_at
INSERT INTO event (id, at, kind, hash, json) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: event_add_beside
-- Of what is neither chain nor pool.
INSERT INTO event (at, kind, hash, json, change)
VALUES (?1, ?2, NULL, ?3,
        coalesce((SELECT coalesce(change, id) FROM event
                  WHERE id = (SELECT max(id) FROM event)), 0));

-- name: event_last_change
SELECT coalesce(change, id) FROM event WHERE id = (SELECT max(id) FROM event);

-- name: event_next
SELECT id, at, kind, hash, json FROM event WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: event_last
SELECT max(id) FROM event;

-- name: event_trim
DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?1;

-- name: reject_last
SELECT max(id) FROM reject;

-- name: reject_same
-- The newest refusal of this hash for this reason.
SELECT kind, detail, input, script_pos FROM reject
WHERE hash = ?1 AND reason = ?2 ORDER BY id DESC LIMIT 1;

-- name: reject_add
INSERT INTO reject (at, kind, hash, reason, rule, detail, input, script_pos,
                    source, txid, script, stack)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: reject_trim
DELETE FROM reject WHERE id <= (SELECT max(id) FROM reject) - ?1;

-- name: reject_get
SELECT id, at, kind, reason, rule, detail, input, script_pos, txid, script,
       stack
FROM reject WHERE hash = ?1 ORDER BY id DESC LIMIT 1;
