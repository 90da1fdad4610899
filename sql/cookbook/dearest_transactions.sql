-- Which transactions paid the highest fees?
SELECT
  height,
  lower(hex(txid)) AS txid,
  fee AS fee_sat,
  printf('%.1f', 1.0 * fee / vsize) AS sat_per_vbyte,
  printf('%.8f', out_value / 1e8) AS coins_moved
FROM v1_tx
WHERE fee > 0
ORDER BY fee DESC, height
LIMIT 20;
