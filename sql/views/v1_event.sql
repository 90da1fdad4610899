-- What happened, in order; follow it by WHERE id > the last one seen.
CREATE VIEW v1_event AS
SELECT
  id,
  at,                         -- UNIX milliseconds
  kind,
  hash,                       -- of the block or transaction
  json
FROM event;
