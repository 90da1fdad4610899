/* SPDX-License-Identifier: MIT */
/* Tables connection, connection_traffic, relay_state, ban and added_node. */
#ifndef QUARRY_STORE_STORE_NETWORK_H
#define QUARRY_STORE_STORE_NETWORK_H

#include "db/db.h"
#include "primitives/connection.h"

NODISCARD enum status store_connection_clear(struct db *db);
NODISCARD enum status store_connection_put(struct db *db,
					   const struct connection *c);
/* With its traffic. */
NODISCARD enum status store_connection_delete(struct db *db, int64_t id);
/* By id order after `after`; ST_NOT_FOUND at the end. */
NODISCARD enum status store_connection_next(struct db *db, int64_t after,
					    struct connection *out);
NODISCARD enum status store_connection_count(struct db *db, int64_t *n);
NODISCARD enum status store_traffic_put(struct db *db, int64_t connection,
					const struct connection_traffic *t);
/* By command after `after` ("" first); ST_NOT_FOUND at the end. */
NODISCARD enum status store_traffic_next(struct db *db, int64_t connection,
					 const char *after,
					 struct connection_traffic *out);

/* running: somebody holds the lease "relay" at now_ms. */
NODISCARD enum status store_relay_state(struct db *db, int64_t now_ms,
					struct relay_state *out);
NODISCARD enum status store_relay_state_self(struct db *db, const char *agent,
					     uint64_t services, const char *local);
NODISCARD enum status store_relay_state_told(struct db *db, int64_t now_ms,
					     int64_t bytes_in, int64_t bytes_out,
				   int64_t day_at, int64_t day_out);
NODISCARD enum status store_relay_state_active(struct db *db, bool active);

/* An operator's ban stays one when a rule adds to it; the later end holds. */
NODISCARD enum status store_ban_put(struct db *db, const struct ban *b);
/* By subnet's text after `after`; ST_NOT_FOUND at the end. */
NODISCARD enum status store_ban_next(struct db *db, const char *after,
				     struct ban *out);
/* ST_NOT_FOUND: there was none. */
NODISCARD enum status store_ban_delete(struct db *db, const char *subnet);
/* The operator's, and with `rules` those of rules. */
NODISCARD enum status store_ban_clear(struct db *db, bool rules);
NODISCARD enum status store_ban_expire(struct db *db, int64_t now);
NODISCARD enum status store_ban_count(struct db *db, int64_t *n);

NODISCARD enum status store_added_node_put(struct db *db, const char *addr,
					   int64_t now, bool *added);
/* ST_NOT_FOUND: there was none. */
NODISCARD enum status store_added_node_delete(struct db *db, const char *addr);
NODISCARD enum status store_added_node_next(struct db *db, const char *after,
					    char *out, size_t size);

#endif
