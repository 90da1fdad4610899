-- What did the last 100 blocks earn in fees, and at which rate?
SELECT
  height,
  n_tx - 1 AS payments,
  fees AS fees_sat,
  printf('%.2f', 4.0 * fees / weight) AS sat_per_vbyte,
  printf('%.4f %%', 100.0 * fees / nullif(fees + subsidy_paid, 0))
    AS share_of_reward
FROM v1_block
WHERE active AND height > (SELECT max(height) FROM v1_block WHERE active) - 100
ORDER BY height DESC;
