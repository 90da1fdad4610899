-- Which unspent outputs are worth less than spending them costs?
--
-- By Bitcoin Core's measure: an output is dust below three satoshi per vbyte of
-- itself and of the input that spends it (67 vbytes for a witness program, else
-- 148).
WITH coin AS (
  SELECT
    kind,
    value,
    3 * (8 + 1 + length(script) + iif(kind LIKE 'witness%', 67, 148)) AS worth_from
  FROM v1_utxo
)
SELECT
  kind,
  worth_from AS dust_below_sat,
  count(*) AS outputs,
  sum(value < worth_from) AS dust,
  sum(iif(value < worth_from, value, 0)) AS dust_sat
FROM coin
GROUP BY kind, worth_from
ORDER BY dust DESC, outputs DESC, kind, worth_from;
