-- Which changes of branch took back most blocks?
SELECT
  datetime(r.at, 'unixepoch') AS at,
  r.fork_height,
  r.depth AS blocks_taken_back,
  n.height - r.fork_height AS blocks_adopted,
  lower(hex(r.old_tip)) AS from_tip,
  lower(hex(r.new_tip)) AS to_tip
FROM v1_reorg r LEFT JOIN v1_block n ON n.hash = r.new_tip
ORDER BY r.depth DESC, r.id DESC
LIMIT 20;
