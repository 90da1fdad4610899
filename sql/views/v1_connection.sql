-- Connections by Bitcoin's protocol, as the relay last wrote them: at most ten
-- seconds ago, or when getpeerinfo was asked. Search by id or url.
CREATE VIEW v1_connection AS
SELECT
  c.id,
  c.url,                      -- bitcoin://HOST:PORT
  c.bind, c.addr_local,       -- our end of it; where it says to see us
  c.kind,                     -- inbound, manual, outbound-full-relay, ...
  c.permissions, c.services, c.version, c.agent, c.start_height, c.time_offset,
  c.ready, c.relays_txs,
  c.connected_at, c.sent_at, c.received_at, c.block_at, c.tx_at, -- UNIX seconds
  c.ping_us, c.ping_min_us, c.ping_wait_us,                      -- -1: not known
  c.hb_to, c.hb_from, c.presynced, c.synced_headers, c.synced_blocks, c.in_flight,
  c.addr_relay, c.addr_processed, c.addr_limited, c.feefilter_sat_kvb,
  c.bytes_in, c.bytes_out,
  c.why                       -- the rule it broke last
FROM connection c;
