-- Which forms of scripts hold the coins?
SELECT
  kind,
  count(*) AS outputs,
  sum(spent_txid IS NULL) AS unspent,
  printf('%.8f', sum(CASE WHEN spent_txid IS NULL THEN value ELSE 0 END) / 1e8)
    AS coins
FROM v1_txout
GROUP BY kind
ORDER BY outputs DESC, kind;
