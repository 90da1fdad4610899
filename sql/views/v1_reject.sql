-- Blocks, headers and transactions that were refused. Search by hash
-- or txid.
CREATE VIEW v1_reject AS
SELECT
  at,                         -- UNIX seconds
  kind,                       -- block, header, tx
  hash,
  reason,                     -- Bitcoin Core's reject string
  rule,                       -- the BIP, CVE or rule behind it
  detail,
  input,                      -- of the transaction, where one is at fault
  script_pos,                 -- operation at which its script failed
  source,
  txid,                       -- of the transaction at fault in a block
  script,                     -- which script failed: scriptSig, scriptPubKey,
                              -- redeemScript, witnessScript, tapscript
  stack                       -- before that operation, top first: items in hex,
                              -- 0 for an empty one
FROM reject;
