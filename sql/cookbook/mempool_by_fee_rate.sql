-- What waits in the mempool at which fee rate, and how many blocks is it?
SELECT
  CAST(floor(fee_rate) AS INTEGER) AS sat_per_vbyte_from,
  count(*) AS transactions,
  sum(vsize) AS vbytes,
  sum(fee) AS fees_sat,
  printf('%.3f', sum(sum(vsize)) OVER (ORDER BY floor(fee_rate) DESC) / 1e6)
    AS blocks_down_to_here
FROM v1_mempool
GROUP BY floor(fee_rate)
ORDER BY sat_per_vbyte_from DESC;
