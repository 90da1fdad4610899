-- How many blocks and transactions are there on each day?
SELECT
  date(time, 'unixepoch') AS day,
  count(*) AS blocks,
  sum(n_tx) AS transactions,
  sum(n_tx) - count(*) AS payments,
  max(n_tx) AS most_in_a_block,
  printf('%.1f %%', avg(weight) / 40000) AS filled
FROM v1_block
WHERE active
GROUP BY day
ORDER BY day;
