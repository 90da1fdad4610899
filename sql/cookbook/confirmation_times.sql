-- How long did transactions wait between being seen and being confirmed?
--
-- An event tells when each came to the mempool; the last that came are kept.
WITH wait AS (
  SELECT
    t.height,
    1.0 * t.fee / t.vsize AS rate,
    b.received_at - e.at / 1000 AS seconds
  FROM v1_event e
  JOIN v1_tx t ON t.txid = e.hash
  JOIN v1_block b ON b.hash = t.block_hash
  WHERE e.kind = 'tx'
)
SELECT
  CASE
    WHEN rate < 2 THEN '1 to 2'
    WHEN rate < 5 THEN '2 to 5'
    WHEN rate < 20 THEN '5 to 20'
    ELSE '20 and more'
  END AS sat_per_vbyte,
  count(*) AS transactions,
  min(seconds) AS shortest_s,
  CAST(avg(seconds) AS INTEGER) AS mean_s,
  max(seconds) AS longest_s
FROM wait
GROUP BY sat_per_vbyte
ORDER BY min(rate);
