-- Checkpoints that votes have justified; those with final_at are final. Search by
-- hash or height.
CREATE VIEW v1_checkpoint AS
SELECT
  p.id,
  p.hash,
  p.height,
  s.height AS source_height,  -- the checkpoint it was justified from
  s.hash AS source,
  p.set_height,               -- validators by the state of this final checkpoint
                              -- decide about votes from here
  p.justified_at,             -- UNIX seconds
  p.final_at                  -- NULL: not final
FROM finality_point p JOIN finality_point s ON s.id = p.source;
