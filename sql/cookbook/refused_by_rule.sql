-- What was refused, by which rule, and who sent most of it?
SELECT
  kind,
  reason,
  rule,
  count(*) AS refusals,
  count(DISTINCT hash) AS different,
  datetime(max(at), 'unixepoch') AS latest,
  (SELECT source FROM v1_reject s
   WHERE s.kind = r.kind AND s.reason = r.reason
   GROUP BY source ORDER BY count(*) DESC, source LIMIT 1) AS mostly_from
FROM v1_reject r
GROUP BY kind, reason, rule
ORDER BY refusals DESC, reason;
