/* SPDX-License-Identifier: MIT */
/* See netreport.h. */
#include "node/netreport.h"

#include "base/clock.h"
#include "node/priv.h"
#include "store/store_network.h"

enum status net_report(struct node *n, const struct net_report *r)
{
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	if (r->fresh)
		st = store_connection_clear(n->db);
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
	return node_write_end(n, st);
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
