-- How many coins are there, against what the schedule of rewards allows?
--
-- The genesis block's reward is allowed but nobody can spend it; miners may claim
-- less than they are allowed to (unclaimed); outputs to OP_RETURN are burnt. What
-- is left over are coins of coinbases whose txid came a second time (BIP30).
WITH
rule AS (
  SELECT
    CAST(round(1e8 * coalesce(
      (SELECT CAST(value AS REAL) FROM v1_param WHERE name = 'subsidy'), 50))
      AS INTEGER) AS subsidy,
    coalesce(
      (SELECT CAST(value AS INTEGER) FROM v1_param WHERE name = 'halving_interval'),
      (SELECT 150 FROM v1_param WHERE name = 'network' AND value = 'regtest'),
      210000) AS interval
),
block AS (
  SELECT
    height,
    subsidy_paid,
    CASE WHEN height / interval < 64 THEN subsidy >> (height / interval) ELSE 0
    END AS subsidy
  FROM v1_block, rule
  WHERE active
),
total AS (
  SELECT
    (SELECT sum(subsidy) FROM block) AS allowed,
    (SELECT sum(subsidy - subsidy_paid) FROM block) AS unclaimed,
    (SELECT sum(value) FROM v1_utxo) AS unspent,
    (SELECT sum(value) FROM v1_txout WHERE height = 0) AS genesis,
    (SELECT coalesce(sum(value), 0) FROM v1_txout WHERE height > 0
     AND (substr(script, 1, 1) = x'6a' OR length(script) > 10000)) AS burnt
)
SELECT
  (SELECT max(height) FROM block) AS height,
  printf('%.8f', allowed / 1e8) AS allowed,
  printf('%.8f', unspent / 1e8) AS unspent,
  printf('%.8f', genesis / 1e8) AS genesis,
  printf('%.8f', burnt / 1e8) AS burnt,
  printf('%.8f', unclaimed / 1e8) AS unclaimed,
  printf('%.8f', (allowed - coalesce(unspent, 0) - genesis - burnt - unclaimed) / 1e8)
    AS overwritten
FROM total;
