-- How old were the coins that moved, each day? Coin days are value times age.
SELECT
  date(b.time, 'unixepoch') AS day,
  count(*) AS inputs,
  printf('%.8f', sum(o.value) / 1e8) AS coins,
  printf('%.1f', sum(o.value / 1e8 * max(b.mtp - f.mtp, 0) / 86400.0))
    AS coin_days,
  sum(o.height = o.spent_height) AS spent_in_their_block
FROM v1_txout o
JOIN v1_block b ON b.height = o.spent_height AND b.active
JOIN v1_block f ON f.height = o.height AND f.active
WHERE o.spent_height IS NOT NULL
GROUP BY day
ORDER BY day;
