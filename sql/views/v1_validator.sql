-- Who votes: the sets of validators by the states of final checkpoints. Search
-- by height or key; the highest height is the set in force.
CREATE VIEW v1_validator AS
SELECT
  p.height,                   -- of the checkpoint
  p.hash,
  m.key,                      -- x-only
  m.weight,
  EXISTS (SELECT 1 FROM finality_evidence e WHERE e.key = m.key) AS convicted
FROM finality_point p JOIN finality_member m ON m.point = p.members
WHERE p.final_at IS NOT NULL;
