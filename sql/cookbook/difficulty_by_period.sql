-- How did the difficulty change from one period of 2016 blocks to the next?
--
-- hashes_per_s is what the blocks' work and times say the miners did.
SELECT
  height / 2016 AS period,
  min(height) AS from_height,
  max(height) AS to_height,
  datetime(min(time), 'unixepoch') AS begins,
  printf('%.3f', min(difficulty)) AS lowest,
  printf('%.3f', max(difficulty)) AS highest,
  printf('%.1f', 1.0 * (max(time) - min(time)) / nullif(count(*) - 1, 0))
    AS seconds_a_block,
  printf('%.0f', sum(difficulty) * 4294967296 / nullif(max(time) - min(time), 0))
    AS hashes_per_s
FROM v1_block
WHERE active
GROUP BY period
ORDER BY period;
