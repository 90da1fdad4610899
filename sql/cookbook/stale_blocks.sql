-- Which blocks are known that are not on the active chain, and why not?
SELECT
  b.height,
  lower(hex(b.hash)) AS hash,
  b.status,
  datetime(b.time, 'unixepoch') AS time,
  (SELECT r.reason FROM v1_reject r WHERE r.hash = b.hash
   ORDER BY r.at DESC LIMIT 1) AS refused_for,
  b.source
FROM v1_block b
WHERE NOT b.active
ORDER BY b.height DESC, b.hash
LIMIT 100;
