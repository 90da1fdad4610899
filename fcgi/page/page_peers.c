/* SPDX-License-Identifier: MIT */
/* /peers: who this node talks to, in which direction, and what it thinks of them. */
#include <stdio.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "node/net/p2pquery.h"
#include "node/net/peers.h"

#define ROWS_MAX 200
/* Of the drawing: peers on a side, and units between two. */
#define SIDE_MAX 16
#define STEP 22

struct side {
	struct page_value *list;
	int n;
};

/* A line of the drawing: from the middle to the n-th on a side. */
static void put_line(struct page *pg, struct side *s, bool in, bool good)
{
	struct page_value *v;

	if (s->n >= SIDE_MAX)
		return;
	v = page_item(pg->tree, s->list);
	page_int(pg->tree, v, "x", in ? 30 : 570);
	page_int(pg->tree, v, "y", 16 + STEP * s->n++);
	page_flag(pg->tree, v, "in", in);
	page_flag(pg->tree, v, "good", good);
}

static enum status put_connections(struct page *pg, struct side *in,
				   struct side *out)
{
	struct page_value *list = page_list(pg->tree, pg->root, "connections");
	struct page_tree *t = pg->tree;
	struct connection *c;
	uint32_t n;
	enum status st = node_net_connections(pg->app->node, pg->arena, &c, &n);

	for (uint32_t i = 0; st == ST_OK && i < n && i < ROWS_MAX; i++) {
		struct page_value *v = page_item(t, list);
		bool inbound = strcmp(c[i].kind, "inbound") == 0;

		put_line(pg, inbound ? in : out, inbound, c[i].ready);
		page_int(t, v, "id", c[i].id);
		page_text(t, v, "addr", c[i].addr);
		page_text(t, v, "kind", c[i].kind);
		page_flag(t, v, "inbound", inbound);
		page_text(t, v, "agent", c[i].agent);
		page_flag(t, v, "ready", c[i].ready);
		page_int(t, v, "since", c[i].connected_at);
		if (c[i].synced_blocks >= 0)
			page_int(t, v, "height", c[i].synced_blocks);
		else if (c[i].version)
			page_int(t, v, "height", c[i].start_height);
		if (c[i].ping_us >= 0)
			page_real(t, v, "ping", (double)c[i].ping_us / 1000,
				  c[i].ping_us < 10000 ? 1 : 0);
		page_int(t, v, "bytes_in", c[i].bytes_in);
		page_int(t, v, "bytes_out", c[i].bytes_out);
		page_text(t, v, "why", c[i].why);
	}
	return st;
}

static enum status put_nodes(struct page *pg, struct side *out)
{
	struct page_value *list = page_list(pg->tree, pg->root, "nodes");
	struct page_tree *t = pg->tree;
	struct peer_info *p;
	uint32_t n;
	enum status st = peers_list(pg->app->node, pg->arena, &p, &n);

	for (uint32_t i = 0; st == ST_OK && i < n && i < ROWS_MAX; i++) {
		struct page_value *v = page_item(t, list);

		put_line(pg, out, false, p[i].state == PEER_ACTIVE);
		page_text(t, v, "url", p[i].url);
		page_text(t, v, "state", peer_state_name(p[i].state));
		page_flag(t, v, "good", p[i].state == PEER_ACTIVE);
		page_flag(t, v, "bad", p[i].state == PEER_BANNED);
		page_int(t, v, "score", p[i].score);
		page_int(t, v, "failures", p[i].failures);
		page_text(t, v, "source", p[i].source);
		page_text(t, v, "why", p[i].why);
		if (p[i].seen_at)
			page_int(t, v, "seen", p[i].seen_at);
		if (p[i].height >= 0)
			page_int(t, v, "height", p[i].height);
	}
	return st;
}

static enum status put_bans(struct page *pg)
{
	struct page_value *list = page_list(pg->tree, pg->root, "bans");
	struct ban *b;
	uint32_t n;
	enum status st = node_net_bans(pg->app->node, pg->arena, &b, &n);

	for (uint32_t i = 0; st == ST_OK && i < n && i < ROWS_MAX; i++) {
		struct page_value *v = page_item(pg->tree, list);

		page_text(pg->tree, v, "subnet", b[i].subnet);
		page_text(pg->tree, v, "why", b[i].why);
		page_flag(pg->tree, v, "by_rule", b[i].by_rule);
		page_int(pg->tree, v, "until", b[i].until);
	}
	return st;
}

static enum status put_relay(struct page *pg)
{
	struct relay_state s;
	enum status st = node_net_state(pg->app->node, &s);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	page_flag(pg->tree, pg->root, "relay_runs", s.running);
	if (!s.running)
		return ST_OK;
	page_text(pg->tree, pg->root, "own_agent", s.agent);
	page_text(pg->tree, pg->root, "local", s.local);
	page_int(pg->tree, pg->root, "bytes_in", s.bytes_in);
	page_int(pg->tree, pg->root, "bytes_out", s.bytes_out);
	return ST_OK;
}

static enum status fill(struct page *pg)
{
	struct side in = {page_list(pg->tree, pg->root, "map_in"), 0};
	struct side out = {page_list(pg->tree, pg->root, "map_out"), 0};
	int most;
	enum status st;

	page_text(pg->tree, pg->root, "title", "Peers");
	page_text(pg->tree, pg->root, "every", "10");
	st = put_relay(pg);
	if (st == ST_OK)
		st = put_connections(pg, &in, &out);
	if (st == ST_OK)
		st = put_nodes(pg, &out);
	if (st == ST_OK)
		st = put_bans(pg);
	most = in.n > out.n ? in.n : out.n;
	page_int(pg->tree, pg->root, "n_in", in.n);
	page_int(pg->tree, pg->root, "n_out", out.n);
	page_flag(pg->tree, pg->root, "any", most > 0);
	page_int(pg->tree, pg->root, "map_height", 32 + STEP * (most > 3 ? most - 1 : 2));
	page_int(pg->tree, pg->root, "map_middle",
		 16 + STEP * (most > 3 ? most - 1 : 2) / 2);
	return st;
}

void page_peers(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "peers", "peers", fill);
}
