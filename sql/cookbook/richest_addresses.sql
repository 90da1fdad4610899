-- Which addresses hold most?
SELECT
  address,
  printf('%.8f', balance / 1e8) AS coins,
  n_utxo,
  n_tx,
  kind
FROM v1_address
WHERE balance > 0
ORDER BY balance DESC, address
LIMIT 20;
