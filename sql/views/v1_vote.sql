-- Votes for finality. Search by key or target_height.
CREATE VIEW v1_vote AS
SELECT
  id,
  key,                        -- the validator's, x-only
  source_height,
  source,
  target_height,
  target,
  sig,
  at,                         -- UNIX seconds
  whence                      -- who handed it in
FROM finality_vote;
