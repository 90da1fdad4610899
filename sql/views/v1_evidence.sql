-- Validators that signed two votes of which an honest one signs only one. Search
-- by key.
CREATE VIEW v1_evidence AS
SELECT
  key,                        -- x-only
  kind,                       -- double, surround
  vote_a,                     -- two votes of 168 bytes
  vote_b,
  at,                         -- UNIX seconds
  (SELECT min(c.height) FROM finality_conviction c WHERE c.key = e.key)
    AS height                 -- of the block that holds it; NULL: none does
FROM finality_evidence e;
