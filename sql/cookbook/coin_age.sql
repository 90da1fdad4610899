-- How old are the coins that exist? Unspent outputs by the age of their block.
SELECT
  CASE
    WHEN days < 1 THEN 'a day'
    WHEN days < 7 THEN 'a week'
    WHEN days < 30 THEN 'a month'
    WHEN days < 365 THEN 'a year'
    WHEN days < 1826 THEN 'five years'
    ELSE 'more'
  END AS younger_than,
  count(*) AS outputs,
  printf('%.8f', sum(value) / 1e8) AS coins
FROM (
  SELECT u.value,
         ((SELECT max(mtp) FROM v1_block WHERE active) - b.mtp) / 86400 AS days
  FROM v1_utxo u JOIN v1_block b ON b.height = u.height AND b.active
)
GROUP BY younger_than
ORDER BY min(days);
