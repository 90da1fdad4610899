-- Which transactions touch an address, in chain order. Search by address.
CREATE VIEW v1_address_tx AS
SELECT
  s.address,
  t.txid,
  t.height,
  h.tx AS seq                 -- ascends along the chain: order by it
FROM script s
JOIN history h ON h.script = s.id
JOIN tx t ON t.id = h.tx
WHERE s.address IS NOT NULL AND s.segment IN (SELECT n FROM script_segment);
