-- Who made the blocks? The scripts that coinbases pay most.
--
-- Where a script has no address it stands there itself, in hexadecimal.
SELECT
  coalesce(address, lower(hex(script))) AS paid_to,
  count(DISTINCT height) AS blocks,
  printf('%.2f %%', 100.0 * count(DISTINCT height) /
    (SELECT count(*) FROM v1_block WHERE active)) AS share,
  printf('%.8f', sum(value) / 1e8) AS coins
FROM v1_txout
WHERE coinbase AND value > 0
GROUP BY script
ORDER BY blocks DESC, paid_to
LIMIT 20;
