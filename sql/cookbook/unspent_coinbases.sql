-- Which of the first thousand blocks' rewards were never spent?
SELECT
  height,
  printf('%.8f', value / 1e8) AS coins,
  coalesce(address, kind) AS to_whom,
  lower(hex(txid)) AS txid
FROM v1_utxo
WHERE coinbase AND value > 0 AND height < 1000
ORDER BY height;
