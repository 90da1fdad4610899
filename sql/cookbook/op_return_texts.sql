-- What did people write into the chain? Printable data behind OP_RETURN.
--
-- The length of what is pushed stands behind the OP_RETURN: in one byte up to 75,
-- else behind 4c in one, behind 4d in two. Newest first.
WITH said AS (
  SELECT
    height,
    txid,
    n,
    CAST(substr(script, CASE substr(script, 2, 1)
      WHEN x'4c' THEN 4
      WHEN x'4d' THEN 5
      ELSE 3 END) AS TEXT) AS text
  FROM v1_txout
  WHERE kind = 'nulldata' AND length(script) > 6
)
SELECT height, lower(hex(txid)) AS txid, n, text
FROM said
WHERE text <> '' AND text NOT GLOB '*[^ -~]*'
ORDER BY height DESC, txid, n
LIMIT 100;
