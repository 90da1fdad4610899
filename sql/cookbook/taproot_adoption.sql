-- How many outputs of each period of 2016 blocks are taproot's, and segwit's?
SELECT
  height / 2016 * 2016 AS from_height,
  count(*) AS outputs,
  sum(kind = 'witness_v1_taproot') AS taproot,
  sum(kind IN ('witness_v0_keyhash', 'witness_v0_scripthash')) AS segwit_v0,
  printf('%.1f %%', 100.0 * sum(kind = 'witness_v1_taproot') / count(*))
    AS taproot_share,
  printf('%.8f', sum(iif(kind = 'witness_v1_taproot', value, 0)) / 1e8)
    AS taproot_coins
FROM v1_txout
GROUP BY height / 2016
ORDER BY from_height;
