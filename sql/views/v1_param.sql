-- The network's parameters: the lines `name = value` of the chain's document, and
-- the network's name. Search by name, or read them all.
CREATE VIEW v1_param AS
WITH RECURSIVE line (text, rest) AS (
  SELECT '', value || char(10) FROM setting WHERE name = 'chain_document'
  UNION ALL
  SELECT substr(rest, 1, instr(rest, char(10)) - 1),
         substr(rest, instr(rest, char(10)) + 1)
  FROM line WHERE rest <> ''
)
SELECT trim(substr(text, 1, instr(text, '=') - 1), ' ' || char(9)) AS name,
       trim(substr(text, instr(text, '=') + 1), ' ' || char(9, 13)) AS value
FROM line
WHERE instr(text, '=') > 1 AND substr(text, 1, 1) <> '#'
UNION ALL
SELECT 'network', value FROM setting WHERE name = 'network';
