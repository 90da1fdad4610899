-- What became of each announcement to a peer. Search by hash.
CREATE VIEW v1_announcement AS
SELECT
  a.at,                       -- UNIX milliseconds
  p.url,                      -- NULL when the peer was removed
  a.kind,                     -- block, tx
  a.hash,
  a.ok,                       -- 1: taken, or known already
  a.note
FROM announcement a LEFT JOIN peer p ON p.id = a.peer;
