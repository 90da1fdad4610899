-- How long does a block take? Blocks by the minutes since the one before.
--
-- Times are the miners': a block may say that it is older than its parent.
WITH step AS (
  SELECT time - lag(time) OVER (ORDER BY height) AS seconds
  FROM v1_block
  WHERE active
)
SELECT
  CASE
    WHEN seconds < 0 THEN 'before its parent'
    WHEN seconds < 3600 THEN printf('%2d to %2d minutes', seconds / 300 * 5, seconds / 300 * 5 + 5)
    ELSE 'an hour or more'
  END AS after,
  count(*) AS blocks,
  printf('%.1f %%', 100.0 * count(*) / sum(count(*)) OVER ()) AS share
FROM step
WHERE seconds IS NOT NULL
GROUP BY after
ORDER BY min(seconds);
