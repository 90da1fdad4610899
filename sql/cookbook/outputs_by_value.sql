-- Of what size are the coins? Unspent outputs by powers of ten.
SELECT
  CASE WHEN value = 0 THEN 'nothing'
    ELSE printf('%.8f', pow(10, floor(log10(value))) / 1e8) || ' or more'
  END AS coins,
  count(*) AS outputs,
  printf('%.8f', sum(value) / 1e8) AS together
FROM v1_utxo
GROUP BY coins
ORDER BY min(value);
