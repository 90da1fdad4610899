/* SPDX-License-Identifier: MIT */
/* The address book of Bitcoin's network, and calls to order for tests. */
#include <string.h>

#include "fcgi/rpc/rpc_args.h"
#include "node/core/playground.h"
#include "node/net/p2pquery.h"

#define ADDRESSES_MAX 100000
#define REFRESH_MS 100

static bool done(struct rpc_call *c, enum status st)
{
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_getnodeaddresses(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	const char *name = rpc_has(c, 1) ? rpc_arg_str(c, 1) : NULL;
	struct known_address *v;
	int count, net = 0;
	uint32_t n;

	if (!rpc_arg_int32(c, 0, 1, &count))
		return false;
	if (count < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Address count out of range");
	if (name && strcmp(name, "ipv4") == 0)
		net = NET_ADDR_IPV4;
	else if (name && strcmp(name, "ipv6") == 0)
		net = NET_ADDR_IPV6;
	else if (name && (strcmp(name, "onion") == 0 || strcmp(name, "i2p") == 0 ||
			  strcmp(name, "cjdns") == 0))
		net = -1;
	else if (name)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Network not recognized: %.200s", name);
	n = 0;
	if (net >= 0 &&
	    !done(c, node_net_addresses(c->node, c->arena, net,
					count ? (uint32_t)count : ADDRESSES_MAX, &v,
					&n)))
		return false;
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++) {
		char host[NET_ADDR_TEXT_SIZE];

		json_obj_begin(w);
		json_put_int(w, "time", v[i].seen_at);
		json_put_uint(w, "services", v[i].services);
		json_put_str(w, "address", net_addr_host(host, &v[i].at));
		json_put_uint(w, "port", v[i].at.port);
		json_put_str(w, "network",
			     v[i].at.net == NET_ADDR_IPV4 ? "ipv4" : "ipv6");
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

bool rpc_addpeeraddress(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct net_addr at;
	bool added = false, tried = rpc_arg_bool(c, 2, false);
	int64_t port;

	if (!rpc_arg_int(c, 1, 0, INT64_MIN, INT64_MAX, &port))
		return false;
	if (port < 0 || port > UINT16_MAX)
		return rpc_fail(c, RPC_MISC_ERROR, "JSON integer out of range");
	if (!net_addr_parse(&at, rpc_arg_str(c, 0), (uint16_t)port)) {
		json_obj_begin(w);
		json_put_bool(w, "success", false);
		json_obj_end(w);
		return true;
	}
	at.port = (uint16_t)port;
	if (!done(c, node_net_address_add(c->node, &at, tried, &added)))
		return false;
	json_obj_begin(w);
	json_put_bool(w, "success", added);
	if (!added)
		json_put_str(w, "error", "failed-adding-to-new");
	json_obj_end(w);
	return true;
}

static void put_counts(struct json_writer *w, const char *net, int64_t fresh,
		       int64_t tried)
{
	json_key(w, net);
	json_obj_begin(w);
	json_put_int(w, "new", fresh);
	json_put_int(w, "tried", tried);
	json_put_int(w, "total", fresh + tried);
	json_obj_end(w);
}

bool rpc_getaddrmaninfo(struct rpc_call *c)
{
	struct node_net_book b;

	if (!done(c, node_net_book(c->node, &b)))
		return false;
	json_obj_begin(c->w);
	put_counts(c->w, "ipv4", b.fresh_ipv4, b.tried_ipv4);
	put_counts(c->w, "ipv6", b.fresh - b.fresh_ipv4, b.tried - b.tried_ipv4);
	put_counts(c->w, "onion", 0, 0);
	put_counts(c->w, "i2p", 0, 0);
	put_counts(c->w, "cjdns", 0, 0);
	put_counts(c->w, "all_networks", b.fresh, b.tried);
	json_obj_end(c->w);
	return true;
}

/* How many of a kind there may be; 0: that is not limited. */
static const struct { const char *name; uint32_t max; } callable[] = {
	{"outbound-full-relay", 8}, {"block-relay-only", 2}, {"addr-fetch", 0},
	{"feeler", 0},
};

bool rpc_addconnection(struct rpc_call *c)
{
	const char *at = rpc_arg_str(c, 0), *kind = rpc_arg_str(c, 1);
	struct connection *v;
	uint32_t n, count = 0, max = 0;
	size_t i = 0;
	enum status st;

	if (!node_is_playground(c->node))
		return rpc_fail(c, RPC_MISC_ERROR, "addconnection is for regression "
				"testing (-regtest mode) only.");
	while (i < sizeof(callable) / sizeof(callable[0]) &&
	       strcmp(callable[i].name, kind) != 0)
		i++;
	if (i == sizeof(callable) / sizeof(callable[0]))
		return rpc_fail(c, RPC_INVALID_PARAMETER, "%s",
				rpc_help_method(c->arena, c->method));
	max = callable[i].max;
	st = node_net_refresh(c->node, REFRESH_MS);
	if (st != ST_OK && st != ST_TIMEOUT)
		return rpc_fail_status(c, st);
	if (!done(c, node_net_connections(c->node, c->arena, &v, &n)))
		return false;
	for (uint32_t j = 0; j < n; j++)
		count += strcmp(v[j].kind, kind) == 0;
	if (max && count >= max)
		return rpc_fail(c, RPC_CLIENT_NODE_CAPACITY_REACHED,
				"Error: Already at capacity for specified "
				"connection type.");
	st = node_net_call(c->node, at, kind);
	if (st == ST_USAGE)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"A node is HOST:PORT, at most 60 characters");
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_CLIENT_P2P_DISABLED,
				"Error: Peer-to-peer functionality missing or "
				"disabled");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(c->w);
	json_put_str(c->w, "address", at);
	json_put_str(c->w, "connection_type", kind);
	json_obj_end(c->w);
	return true;
}
