-- Which transactions that wait are paid for by their children?
SELECT
  lower(hex(txid)) AS parent,
  printf('%.2f', fee_rate) AS own_sat_per_vbyte,
  printf('%.2f', 1.0 * fee_desc / vsize_desc) AS with_descendants,
  n_desc - 1 AS descendants,
  vsize_desc AS family_vbytes,
  fee_desc AS family_fees_sat,
  datetime(at, 'unixepoch') AS waits_since
FROM v1_mempool
WHERE n_desc > 1 AND 1.0 * fee_desc / vsize_desc > fee_rate
ORDER BY 1.0 * fee_desc / vsize_desc - fee_rate DESC, txid;
