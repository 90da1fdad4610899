-- How deep are reorganisations, how often, and for how long was a branch active?
--
-- The time is from when the branch's first block came to when it was left.
SELECT
  r.depth AS blocks_taken_back,
  count(*) AS reorganisations,
  datetime(min(r.at), 'unixepoch') AS first,
  datetime(max(r.at), 'unixepoch') AS latest,
  round(avg(r.at - b.received_at)) AS mean_s_until_left,
  sum(b.n_tx) AS transactions_of_old_tips
FROM v1_reorg r LEFT JOIN v1_block b ON b.hash = r.old_tip
GROUP BY r.depth
ORDER BY r.depth DESC;
