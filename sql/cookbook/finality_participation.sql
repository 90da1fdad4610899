-- Who of the validators voted for the last ten justified checkpoints, and who did not?
-- Nobody on chains without finality.
WITH set_in_force AS (
  SELECT key, weight, convicted FROM v1_validator
  WHERE height = (SELECT max(height) FROM v1_validator)
), last AS (
  SELECT height, hash, final_at FROM v1_checkpoint WHERE height > 0
  ORDER BY height DESC LIMIT 10
)
SELECT lower(hex(s.key)) AS validator, s.weight,
       iif(s.convicted, 'convicted', '') AS state,
       count(v.id) AS voted_for,
       (SELECT count(*) FROM last) AS checkpoints,
       max(v.target_height) AS last_height
FROM set_in_force s
LEFT JOIN last l
LEFT JOIN v1_vote v ON v.key = s.key AND v.target_height = l.height
                   AND v.target = l.hash
GROUP BY s.key
ORDER BY voted_for, validator;
