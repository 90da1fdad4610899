/* SPDX-License-Identifier: MIT */
/* A message to the WebSocket: what is read of it stays within its bounds, and a
 * client takes it over and gives everything back. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/ws/ws_client.h"

static void check(const struct ws_order *o)
{
	BUG_ON(o->n_addresses > WS_NAMES_MAX || o->n_scripts > WS_NAMES_MAX);
	BUG_ON(o->pool_block < -1);
	BUG_ON(o->address_error && (o->has & WS_ADDRESS));
	BUG_ON(o->addresses_error && (o->has & WS_ADDRESSES));
	for (unsigned i = 0; i < o->n_addresses; i++)
		BUG_ON(!o->addresses[i].script.len ||
		       o->addresses[i].script.len > WATCH_BYTES_MAX);
	for (unsigned i = 0; i < o->n_scripts; i++)
		BUG_ON(strlen(o->scripts[i].name) !=
		       2 * o->scripts[i].script.len);
}

static struct params params;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t network[16];
	struct ws_client *c = ws_client_new(NULL, network, 0);
	struct watches w;
	struct ws_order o;
	struct arena a;

	BUG_ON(!params.name[0] && !params_builtin(&params, "regtest"));
	arena_init(&a, 8u << 20);
	if (watches_init(&w) == ST_OK && c &&
	    ws_order_read(&o, &params, bytes_of(data, len),
			  &a) == ST_OK) {
		enum status st;

		check(&o);
		st = ws_names_set(&c->addresses, &w, o.addresses, o.n_addresses);
		if (st == ST_OK)
			st = ws_names_set(&c->scripts, &w, o.scripts,
					  o.n_scripts);
		if (st == ST_OK && (o.has & WS_TX))
			st = ws_client_follow(c, &w,
					      o.stop_tx ? NULL : &o.txid);
		BUG_ON(st == ST_OK && c->addresses.n > o.n_addresses);
	}
	if (c)
		ws_client_free(c, &w);
	for (unsigned k = 0; k < WATCH_KINDS; k++)
		BUG_ON(w.n[k] != 0);
	watches_free(&w);
	arena_free(&a);
	return 0;
}
