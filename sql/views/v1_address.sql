-- Addresses that the active chain pays, with what they have. Search by address.
CREATE VIEW v1_address AS
SELECT
  s.address,
  s.spk AS script,
  k.name AS kind,
  st.funded - st.spent AS balance,        -- satoshi
  st.funded AS received,                  -- satoshi, ever
  st.spent AS sent,                       -- satoshi, ever
  st.n_tx,                                -- transactions that touch it
  st.n_funded,                            -- outputs, ever
  st.n_funded - st.n_spent AS n_utxo      -- outputs, unspent
FROM script_total st
JOIN script s ON s.id = st.script
LEFT JOIN script_kind k ON k.kind = s.kind
WHERE s.address IS NOT NULL AND s.segment IN (SELECT n FROM script_segment);
