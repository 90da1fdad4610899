-- Connections of the relay, its state, bans and added nodes.

-- name: connection_clear
DELETE FROM connection;

-- name: connection_traffic_clear
DELETE FROM connection_traffic;

-- name: connection_put
INSERT INTO connection (id, addr, bind, addr_local, kind, permissions, services,
  version, agent, start_height, time_offset, ready, relays_txs, connected_at,
  sent_at, received_at, block_at, tx_at, ping_us, ping_min_us, ping_wait_us, hb_to,
  hb_from, presynced, synced_headers, synced_blocks, in_flight, addr_relay,
  addr_processed, addr_limited, feefilter_sat_kvb, bytes_in, bytes_out, why)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
  ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33,
  ?34)
ON CONFLICT (id) DO UPDATE SET addr_local = excluded.addr_local,
  permissions = excluded.permissions, services = excluded.services,
  version = excluded.version, agent = excluded.agent,
  start_height = excluded.start_height, time_offset = excluded.time_offset,
  ready = excluded.ready, relays_txs = excluded.relays_txs,
  sent_at = excluded.sent_at, received_at = excluded.received_at,
  block_at = excluded.block_at, tx_at = excluded.tx_at,
  ping_us = excluded.ping_us, ping_min_us = excluded.ping_min_us,
  ping_wait_us = excluded.ping_wait_us, hb_to = excluded.hb_to,
  hb_from = excluded.hb_from, presynced = excluded.presynced,
  synced_headers = excluded.synced_headers,
  synced_blocks = excluded.synced_blocks, in_flight = excluded.in_flight,
  addr_relay = excluded.addr_relay, addr_processed = excluded.addr_processed,
  addr_limited = excluded.addr_limited,
  feefilter_sat_kvb = excluded.feefilter_sat_kvb, bytes_in = excluded.bytes_in,
  bytes_out = excluded.bytes_out, why = excluded.why;

-- name: connection_next
SELECT id, addr, bind, addr_local, kind, permissions, services, version, agent,
       start_height, time_offset, ready, relays_txs, connected_at, sent_at,
       received_at, block_at, tx_at, ping_us, ping_min_us, ping_wait_us, hb_to,
       hb_from, presynced, synced_headers, synced_blocks, in_flight, addr_relay,
       addr_processed, addr_limited, feefilter_sat_kvb, bytes_in, bytes_out, why
FROM connection WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: connection_count
-- scan: connections are few
SELECT count(*) FROM connection;

-- name: connection_delete
DELETE FROM connection WHERE id = ?1;

-- name: connection_traffic_delete
DELETE FROM connection_traffic WHERE connection = ?1;

-- name: connection_traffic_put
INSERT INTO connection_traffic (connection, command, messages_in, bytes_in,
  messages_out, bytes_out)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (connection, command) DO UPDATE SET
  messages_in = excluded.messages_in, bytes_in = excluded.bytes_in,
  messages_out = excluded.messages_out, bytes_out = excluded.bytes_out;

-- name: connection_traffic_next
SELECT command, messages_in, bytes_in, messages_out, bytes_out
FROM connection_traffic WHERE connection = ?1 AND command > ?2
ORDER BY command LIMIT 1;

-- name: relay_state_get
SELECT s.active, s.agent, s.services, s.local, s.told_at_ms, s.bytes_in,
       s.bytes_out, l.until, s.day_at, s.day_out
FROM relay_state s LEFT JOIN lease l ON l.name = 'relay' WHERE s.id = 1;

-- name: relay_state_self
UPDATE relay_state SET agent = ?1, services = ?2, local = ?3 WHERE id = 1;

-- name: relay_state_told
UPDATE relay_state SET told_at_ms = ?1, bytes_in = ?2, bytes_out = ?3,
  day_at = ?4, day_out = ?5 WHERE id = 1;

-- name: relay_state_active
UPDATE relay_state SET active = ?1 WHERE id = 1;

-- name: ban_put
INSERT INTO ban (subnet, by_rule, created_at, until, why)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (subnet) DO UPDATE SET by_rule = min(by_rule, excluded.by_rule),
  created_at = excluded.created_at, until = max(until, excluded.until),
  why = excluded.why;

-- name: ban_next
SELECT subnet, by_rule, created_at, until, why FROM ban
WHERE subnet > ?1 ORDER BY subnet LIMIT 1;

-- name: ban_delete
DELETE FROM ban WHERE subnet = ?1;

-- name: ban_clear
-- scan: bans are few
DELETE FROM ban WHERE by_rule <= ?1;

-- name: ban_expire
-- scan: bans are few
DELETE FROM ban WHERE until <= ?1;

-- name: ban_count
-- scan: bans are few
SELECT count(*) FROM ban;

-- name: added_node_put
INSERT INTO added_node (addr, added_at) VALUES (?1, ?2)
ON CONFLICT (addr) DO NOTHING;

-- name: added_node_delete
DELETE FROM added_node WHERE addr = ?1;

-- name: added_node_next
SELECT addr FROM added_node WHERE addr > ?1 ORDER BY addr LIMIT 1;
