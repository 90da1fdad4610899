/* SPDX-License-Identifier: MIT */
/* See store_network.h. */
#include "store/store_network.h"

#include "store/store_internal.h"

enum status store_connection_clear(struct db *db)
{
	enum status st = db_run(db_use(db, SQL_CONNECTION_CLEAR));

	return st ? st : db_run(db_use(db, SQL_CONNECTION_TRAFFIC_CLEAR));
}

enum status store_connection_put(struct db *db, const struct connection *c)
{
	struct db_stmt *s = db_use(db, SQL_CONNECTION_PUT);

	db_bind_int(s, 1, c->id);
	db_bind_text(s, 2, c->addr);
	db_bind_text(s, 3, c->bind);
	db_bind_text(s, 4, c->addr_local);
	db_bind_text(s, 5, c->kind);
	db_bind_text(s, 6, c->permissions);
	db_bind_int(s, 7, (int64_t)c->services);
	db_bind_int(s, 8, c->version);
	db_bind_text(s, 9, c->agent);
	db_bind_int(s, 10, c->start_height);
	db_bind_int(s, 11, c->time_offset);
	db_bind_int(s, 12, c->ready);
	db_bind_int(s, 13, c->relays_txs);
	db_bind_int(s, 14, c->connected_at);
	db_bind_int(s, 15, c->sent_at);
	db_bind_int(s, 16, c->received_at);
	db_bind_int(s, 17, c->block_at);
	db_bind_int(s, 18, c->tx_at);
	db_bind_int(s, 19, c->ping_us);
	db_bind_int(s, 20, c->ping_min_us);
	db_bind_int(s, 21, c->ping_wait_us);
	db_bind_int(s, 22, c->hb_to);
	db_bind_int(s, 23, c->hb_from);
	db_bind_int(s, 24, c->presynced);
	db_bind_int(s, 25, c->synced_headers);
	db_bind_int(s, 26, c->synced_blocks);
	db_bind_text(s, 27, c->in_flight);
	db_bind_int(s, 28, c->addr_relay);
	db_bind_int(s, 29, c->addr_processed);
	db_bind_int(s, 30, c->addr_limited);
	db_bind_int(s, 31, c->feefilter_sat_kvb);
	db_bind_int(s, 32, c->bytes_in);
	db_bind_int(s, 33, c->bytes_out);
	db_bind_text(s, 34, c->why);
	return db_run(s);
}

enum status store_connection_delete(struct db *db, int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_CONNECTION_DELETE);
	enum status st;

	db_bind_int(s, 1, id);
	st = db_run(s);
	if (st)
		return st;
	s = db_use(db, SQL_CONNECTION_TRAFFIC_DELETE);
	db_bind_int(s, 1, id);
	return db_run(s);
}

enum status store_connection_next(struct db *db, int64_t after,
				  struct connection *out)
{
	struct db_stmt *s = db_use(db, SQL_CONNECTION_NEXT);
	enum status st;

	db_bind_int(s, 1, after);
	st = db_one(s);
	if (st)
		return st;
	out->id = db_col_int(s, 0);
	store_col_text(&st, s, 1, out->addr, sizeof(out->addr));
	store_col_text(&st, s, 2, out->bind, sizeof(out->bind));
	store_col_text(&st, s, 3, out->addr_local, sizeof(out->addr_local));
	store_col_text(&st, s, 4, out->kind, sizeof(out->kind));
	store_col_text(&st, s, 5, out->permissions, sizeof(out->permissions));
	out->services = (uint64_t)db_col_int(s, 6);
	out->version = (int32_t)db_col_int(s, 7);
	store_col_text(&st, s, 8, out->agent, sizeof(out->agent));
	out->start_height = (int32_t)db_col_int(s, 9);
	out->time_offset = db_col_int(s, 10);
	out->ready = db_col_int(s, 11);
	out->relays_txs = db_col_int(s, 12);
	out->connected_at = db_col_int(s, 13);
	out->sent_at = db_col_int(s, 14);
	out->received_at = db_col_int(s, 15);
	out->block_at = db_col_int(s, 16);
	out->tx_at = db_col_int(s, 17);
	out->ping_us = db_col_int(s, 18);
	out->ping_min_us = db_col_int(s, 19);
	out->ping_wait_us = db_col_int(s, 20);
	out->hb_to = db_col_int(s, 21);
	out->hb_from = db_col_int(s, 22);
	out->presynced = db_col_int(s, 23);
	out->synced_headers = db_col_int(s, 24);
	out->synced_blocks = db_col_int(s, 25);
	store_col_text(&st, s, 26, out->in_flight, sizeof(out->in_flight));
	out->addr_relay = db_col_int(s, 27);
	out->addr_processed = db_col_int(s, 28);
	out->addr_limited = db_col_int(s, 29);
	out->feefilter_sat_kvb = db_col_int(s, 30);
	out->bytes_in = db_col_int(s, 31);
	out->bytes_out = db_col_int(s, 32);
	store_col_text(&st, s, 33, out->why, sizeof(out->why));
	db_reset(s);
	return st;
}

enum status store_connection_count(struct db *db, int64_t *n)
{
	return store_one_int(db_use(db, SQL_CONNECTION_COUNT), n);
}

enum status store_traffic_put(struct db *db, int64_t connection,
			      const struct connection_traffic *t)
{
	struct db_stmt *s = db_use(db, SQL_CONNECTION_TRAFFIC_PUT);

	db_bind_int(s, 1, connection);
	db_bind_text(s, 2, t->command);
	db_bind_int(s, 3, t->messages_in);
	db_bind_int(s, 4, t->bytes_in);
	db_bind_int(s, 5, t->messages_out);
	db_bind_int(s, 6, t->bytes_out);
	return db_run(s);
}

enum status store_traffic_next(struct db *db, int64_t connection,
			       const char *after, struct connection_traffic *out)
{
	struct db_stmt *s = db_use(db, SQL_CONNECTION_TRAFFIC_NEXT);
	enum status st;

	db_bind_int(s, 1, connection);
	db_bind_text(s, 2, after);
	st = db_one(s);
	if (st)
		return st;
	store_col_text(&st, s, 0, out->command, sizeof(out->command));
	out->messages_in = db_col_int(s, 1);
	out->bytes_in = db_col_int(s, 2);
	out->messages_out = db_col_int(s, 3);
	out->bytes_out = db_col_int(s, 4);
	db_reset(s);
	return st;
}

enum status store_relay_state(struct db *db, int64_t now_ms,
			      struct relay_state *out)
{
	struct db_stmt *s = db_use(db, SQL_RELAY_STATE_GET);
	enum status st = db_one(s);

	if (st)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	out->active = db_col_int(s, 0);
	store_col_text(&st, s, 1, out->agent, sizeof(out->agent));
	out->services = (uint64_t)db_col_int(s, 2);
	store_col_text(&st, s, 3, out->local, sizeof(out->local));
	out->told_at_ms = db_col_int(s, 4);
	out->bytes_in = db_col_int(s, 5);
	out->bytes_out = db_col_int(s, 6);
	out->running = store_col_int_or(s, 7, 0) > now_ms;
	out->day_at = db_col_int(s, 8);
	out->day_out = db_col_int(s, 9);
	db_reset(s);
	return st;
}

enum status store_relay_state_self(struct db *db, const char *agent,
				   uint64_t services, const char *local)
{
	struct db_stmt *s = db_use(db, SQL_RELAY_STATE_SELF);

	db_bind_text(s, 1, agent);
	db_bind_int(s, 2, (int64_t)services);
	db_bind_text(s, 3, local);
	return store_run_one(db, s);
}

enum status store_relay_state_told(struct db *db, int64_t now_ms,
				   int64_t bytes_in, int64_t bytes_out,
				   int64_t day_at, int64_t day_out)
{
	struct db_stmt *s = db_use(db, SQL_RELAY_STATE_TOLD);

	db_bind_int(s, 1, now_ms);
	db_bind_int(s, 2, bytes_in);
	db_bind_int(s, 3, bytes_out);
	db_bind_int(s, 4, day_at);
	db_bind_int(s, 5, day_out);
	return store_run_one(db, s);
}

enum status store_relay_state_active(struct db *db, bool active)
{
	struct db_stmt *s = db_use(db, SQL_RELAY_STATE_ACTIVE);

	db_bind_int(s, 1, active);
	return store_run_one(db, s);
}

enum status store_ban_put(struct db *db, const struct ban *b)
{
	struct db_stmt *s = db_use(db, SQL_BAN_PUT);

	db_bind_text(s, 1, b->subnet);
	db_bind_int(s, 2, b->by_rule);
	db_bind_int(s, 3, b->created_at);
	db_bind_int(s, 4, b->until);
	db_bind_text(s, 5, b->why);
	return db_run(s);
}

enum status store_ban_next(struct db *db, const char *after, struct ban *out)
{
	struct db_stmt *s = db_use(db, SQL_BAN_NEXT);
	enum status st;

	db_bind_text(s, 1, after);
	st = db_one(s);
	if (st)
		return st;
	store_col_text(&st, s, 0, out->subnet, sizeof(out->subnet));
	out->by_rule = db_col_int(s, 1);
	out->created_at = db_col_int(s, 2);
	out->until = db_col_int(s, 3);
	store_col_text(&st, s, 4, out->why, sizeof(out->why));
	db_reset(s);
	return st;
}

/* The statement's one parameter is the key of what goes. */
static enum status delete_by_text(struct db *db, struct db_stmt *s, const char *key)
{
	enum status st;

	db_bind_text(s, 1, key);
	st = db_run(s);
	if (st)
		return st;
	return db_changes(db) ? ST_OK : ST_NOT_FOUND;
}

enum status store_ban_delete(struct db *db, const char *subnet)
{
	return delete_by_text(db, db_use(db, SQL_BAN_DELETE), subnet);
}

enum status store_ban_clear(struct db *db, bool rules)
{
	struct db_stmt *s = db_use(db, SQL_BAN_CLEAR);

	db_bind_int(s, 1, rules);
	return db_run(s);
}

enum status store_ban_expire(struct db *db, int64_t now)
{
	struct db_stmt *s = db_use(db, SQL_BAN_EXPIRE);

	db_bind_int(s, 1, now);
	return db_run(s);
}

enum status store_ban_count(struct db *db, int64_t *n)
{
	return store_one_int(db_use(db, SQL_BAN_COUNT), n);
}

enum status store_added_node_put(struct db *db, const char *addr, int64_t now,
				 bool *added)
{
	struct db_stmt *s = db_use(db, SQL_ADDED_NODE_PUT);
	enum status st;

	db_bind_text(s, 1, addr);
	db_bind_int(s, 2, now);
	st = db_run(s);
	*added = !st && db_changes(db) == 1;
	return st;
}

enum status store_added_node_delete(struct db *db, const char *addr)
{
	return delete_by_text(db, db_use(db, SQL_ADDED_NODE_DELETE), addr);
}

enum status store_added_node_next(struct db *db, const char *after, char *out,
				  size_t size)
{
	struct db_stmt *s = db_use(db, SQL_ADDED_NODE_NEXT);
	enum status st;

	db_bind_text(s, 1, after);
	st = db_one(s);
	if (st)
		return st;
	store_col_text(&st, s, 0, out, size);
	db_reset(s);
	return st;
}
