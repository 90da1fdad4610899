-- What did transactions of the last 144 blocks pay? Percentiles of their vbytes.
WITH
paid AS (
  SELECT 1.0 * fee / vsize AS rate, vsize
  FROM v1_tx
  WHERE height > (SELECT max(height) FROM v1_block WHERE active) - 144 AND pos > 0
),
ranked AS (
  SELECT
    rate,
    sum(vsize) OVER (ORDER BY rate) AS up_to,
    sum(vsize) OVER () AS all_vbytes
  FROM paid
),
percentile (p) AS (VALUES (10), (25), (50), (75), (90), (99))
SELECT
  p AS percent_of_vbytes,
  printf('%.2f', (SELECT min(rate) FROM ranked WHERE up_to * 100.0 >= p * all_vbytes))
    AS paid_at_most_sat_per_vbyte
FROM percentile
WHERE EXISTS (SELECT 1 FROM paid)
ORDER BY p;
