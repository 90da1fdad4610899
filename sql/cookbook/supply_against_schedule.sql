-- How many coins are there, against what the schedule of rewards allows?
--
-- Miners may claim less than they are allowed to (unclaimed); outputs to
-- OP_RETURN, among them an own chain's genesis output, can never be spent
-- (burnt). allowed = unspent + burnt + unclaimed + not_in_tables, where the last
-- is the output of Bitcoin's genesis block, which was never a coin.
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
    (SELECT sum(value) FROM v1_utxo WHERE kind <> 'nulldata') AS unspent,
    (SELECT sum(value) FROM v1_txout WHERE kind = 'nulldata') AS burnt
)
SELECT
  (SELECT max(height) FROM block) AS height,
  printf('%.8f', allowed / 1e8) AS allowed,
  printf('%.8f', unspent / 1e8) AS unspent,
  printf('%.8f', coalesce(burnt, 0) / 1e8) AS burnt,
  printf('%.8f', unclaimed / 1e8) AS unclaimed,
  printf('%.8f', (allowed - unspent - coalesce(burnt, 0) - unclaimed) / 1e8)
    AS not_in_tables
FROM total;
