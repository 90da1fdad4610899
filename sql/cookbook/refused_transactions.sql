-- Which rules refused transactions, where in the script, and which was the last?
SELECT
  rule,
  reason,
  count(*) AS refusals,
  count(DISTINCT hash) AS transactions,
  count(script) AS failed_in_a_script,
  datetime(max(at), 'unixepoch') AS latest,
  -- of the row that has the latest time
  lower(hex(hash)) AS its_hash,
  input AS its_input,
  script AS its_script,
  script_pos AS its_operation
FROM v1_reject
WHERE kind = 'tx'
GROUP BY rule, reason
ORDER BY refusals DESC, rule, reason;
