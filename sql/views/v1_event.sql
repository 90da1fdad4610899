-- What happened, in order; follow it by WHERE id > the last one seen.
CREATE VIEW v1_event AS
SELECT
  id,
  at,                         -- UNIX milliseconds
  kind,                       -- 'block', 'disconnect'; 'tx', 'tx-gone', 'tx-fee';
                              -- 'justified', 'finalized', 'evidence'; 'peer';
                              -- 'load': another state took this one's place
  hash,                       -- of the block or transaction
  json
FROM event;
