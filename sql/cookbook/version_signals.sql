-- Which block versions do miners use, by period of 2016 blocks?
--
-- Versions that begin with the bits 001 signal with their other bits (BIP9).
SELECT
  height / 2016 AS period,
  printf('%08x', version & 0xffffffff) AS version,
  count(*) AS blocks,
  printf('%.1f %%', 100.0 * count(*) /
    sum(count(*)) OVER (PARTITION BY height / 2016)) AS share
FROM v1_block
WHERE active
GROUP BY period, version
ORDER BY period, blocks DESC, version;
