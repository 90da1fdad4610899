-- The programs that wait for something before they can do their work, and for what.
-- One whose seen_at is older than half a minute was killed.
CREATE VIEW v1_waiting AS
SELECT pid, program, detail, since, seen_at FROM waiting;
