/* SPDX-License-Identifier: MIT */
/* See netreport.h. */
#include "node/net/netreport.h"

#include "base/clock.h"
#include "node/core/events.h"
#include "node/core/priv.h"
#include "store/store_network.h"

static enum status tell_all_gone(struct node *n, const char *why)
{
	struct connection c = {.id = -1};
	enum status st;

	while ((st = store_connection_next(n->db, c.id, &c)) == ST_OK) {
		const struct peer_event e = {
			.address = c.addr, .change = "disconnected",
			.connection = c.id, .kind = c.kind, .why = why,
		};

		if (c.ready && (st = event_peer(n, &e)) != ST_OK)
			return st;
	}
	return st == ST_NOT_FOUND ? event_peer_untold(n) : st;
}

static enum status tell(struct node *n, const struct net_event *e)
{
	const struct peer_event row = {
		.address = e->addr,
		.change = e->came ? "connected" : "disconnected",
		.connection = e->connection,
		.kind = e->kind,
		.agent = e->came ? e->agent : NULL,
		.version = e->came ? e->version : 0,
		.why = e->came ? NULL : e->why,
	};

	return event_peer(n, &row);
}

enum status net_report(struct node *n, const struct net_report *r)
{
	enum status st = node_write_begin(n);
	uint32_t untold = n->peer_untold;

	if (st != ST_OK)
		return st;
	n->peer_untold += r->untold;
	if (r->fresh && r->gone_why)
		st = tell_all_gone(n, r->gone_why);
	if (st == ST_OK && r->fresh)
		st = store_connection_clear(n->db);
	for (uint32_t i = 0; st == ST_OK && i < r->n_events; i++)
		st = tell(n, &r->events[i]);
	if (st == ST_OK && (r->n_events || r->gone_why))
		st = events_trim(n);
	for (uint32_t i = 0; st == ST_OK && i < r->n_gone; i++)
		st = store_connection_delete(n->db, r->gone[i]);
	for (uint32_t i = 0; st == ST_OK && i < r->n_changed; i++)
		st = store_connection_put(n->db, &r->changed[i]);
	for (uint32_t i = 0; st == ST_OK && i < r->n_traffic; i++)
		st = store_traffic_put(n->db, r->traffic[i].connection,
				       &r->traffic[i].t);
	if (st == ST_OK)
		st = store_relay_state_told(n->db, clock_wall_ms(), r->bytes_in,
					    r->bytes_out, r->day_at, r->day_out);
	st = node_write_end(n, st);
	if (st != ST_OK)
		n->peer_untold = untold;
	return st;
}

enum status net_report_self(struct node *n, const char *agent, uint64_t services,
			    const char *local)
{
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_relay_state_self(n->db, agent, services, local);
	return node_write_end(n, st);
}
