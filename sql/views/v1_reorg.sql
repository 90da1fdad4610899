-- Every change of branch.
CREATE VIEW v1_reorg AS
SELECT
  id,
  at,                         -- UNIX seconds
  fork_height,                -- of the last block both branches have
  depth,                      -- blocks disconnected
  old_tip,
  new_tip
FROM reorg;
