-- Which transactions have the txid of another (BIP30)?
--
-- On mainnet there are two pairs: coinbases of blocks 91722 and 91880, and of
-- 91812 and 91842. The later one took the place of the first.
SELECT
  lower(hex(txid)) AS txid,
  count(*) AS times,
  group_concat(height, ', ') AS heights
FROM v1_tx
GROUP BY txid
HAVING count(*) > 1;
