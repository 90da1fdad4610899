/* SPDX-License-Identifier: MIT */
/* Bitcoin's peer-to-peer network, as quarry-relay tells of it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fcgi/http/app.h"
#include "fcgi/rpc/rpc_args.h"
#include "node/net/p2pquery.h"
#include "node/pool/mempool.h"
#include "primitives/amount.h"

/* Bitcoin Core 28.1: what clients look at to know what they may call. */
#define CORE_VERSION 280100
#define PROTOCOL_VERSION 70016
#define REFRESH_MS 100
#define DAY_S 86400
#define BLOCK_S 600
#define BLOCK_BYTES 4000000
#define ADDRESSES_MAX 100000

static bool done(struct rpc_call *c, enum status st)
{
	return st == ST_OK || rpc_fail_status(c, st);
}

/* What the relay knows now; older rows when it is busy. */
static bool refresh(struct rpc_call *c)
{
	enum status st = node_net_refresh(c->node, REFRESH_MS);

	return st == ST_TIMEOUT || done(c, st);
}

static void put_services(struct json_writer *w, const char *key, uint64_t s)
{
	char text[24];

	snprintf(text, sizeof(text), "%016llx", (unsigned long long)s);
	json_put_str(w, key, text);
}

static void put_service_names(struct json_writer *w, const char *key, uint64_t s)
{
	static const char *const name[] = {
		[0] = "NETWORK", [2] = "BLOOM", [3] = "WITNESS",
		[6] = "COMPACT_FILTERS", [10] = "NETWORK_LIMITED",
		[11] = "P2P_V2",
	};

	json_key(w, key);
	json_arr_begin(w);
	for (unsigned i = 0; i < 64; i++) {
		char text[16];

		if (!(s >> i & 1))
			continue;
		if (i < sizeof(name) / sizeof(name[0]) && name[i]) {
			json_str(w, name[i]);
			continue;
		}
		snprintf(text, sizeof(text), "UNKNOWN[2^%u]", i);
		json_str(w, text);
	}
	json_arr_end(w);
}

static bool connections(struct rpc_call *c, struct connection **v, uint32_t *n)
{
	return refresh(c) &&
	       done(c, node_net_connections(c->node, c->arena, v, n));
}

static bool is_inbound(const struct connection *x)
{
	return strcmp(x->kind, "inbound") == 0;
}

bool rpc_getconnectioncount(struct rpc_call *c)
{
	struct connection *v;
	uint32_t n;

	if (!connections(c, &v, &n))
		return false;
	json_uint(c->w, n);
	return true;
}

static void put_networks(struct json_writer *w)
{
	static const struct { const char *name; bool reachable; } net[] = {
		{"ipv4", true}, {"ipv6", true}, {"onion", false}, {"i2p", false},
		{"cjdns", false},
	};

	json_key(w, "networks");
	json_arr_begin(w);
	for (size_t i = 0; i < sizeof(net) / sizeof(net[0]); i++) {
		json_obj_begin(w);
		json_put_str(w, "name", net[i].name);
		json_put_bool(w, "limited", !net[i].reachable);
		json_put_bool(w, "reachable", net[i].reachable);
		json_put_str(w, "proxy", "");
		json_put_bool(w, "proxy_randomize_credentials", false);
		json_obj_end(w);
	}
	json_arr_end(w);
}

static int by_offset(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t median_offset(const struct connection *v, uint32_t n,
			     struct arena *a)
{
	int64_t *offset = arena_array(a, n + 1, int64_t);

	if (!offset || n == 0)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		offset[i] = v[i].time_offset;
	qsort(offset, n, sizeof(*offset), by_offset);
	return offset[n / 2];
}

bool rpc_getnetworkinfo(struct rpc_call *c)
{
	const struct mempool_policy *p = node_mempool_policy(c->node);
	struct json_writer *w = c->w;
	struct relay_state s;
	struct connection *v;
	uint32_t n, in = 0;

	if (!connections(c, &v, &n) || !done(c, node_net_state(c->node, &s)))
		return false;
	for (uint32_t i = 0; i < n; i++)
		in += is_inbound(&v[i]);
	json_obj_begin(w);
	json_put_int(w, "version", CORE_VERSION);
	json_put_str(w, "subversion", s.agent);
	json_put_int(w, "protocolversion", PROTOCOL_VERSION);
	put_services(w, "localservices", s.services);
	put_service_names(w, "localservicesnames", s.services);
	json_put_bool(w, "localrelay",
		      !conf_bool(c->app->conf, CONF_P2P_BLOCKS_ONLY));
	json_put_int(w, "timeoffset", median_offset(v, n, c->arena));
	json_put_bool(w, "networkactive", s.active);
	json_put_uint(w, "connections", n);
	json_put_uint(w, "connections_in", in);
	json_put_uint(w, "connections_out", n - in);
	put_networks(w);
	json_put_amount(w, "relayfee", p->min_relay_sat_kvb);
	json_put_amount(w, "incrementalfee", p->incremental_sat_kvb);
	json_key(w, "localaddresses");
	json_arr_begin(w);
	json_arr_end(w);
	json_key(w, "warnings");
	json_arr_begin(w);
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_getnettotals(struct rpc_call *c)
{
	int64_t max = conf_int(c->app->conf, CONF_P2P_UPLOAD_MB) << 20, left_s;
	struct json_writer *w = c->w;
	struct relay_state s;

	if (!refresh(c) || !done(c, node_net_state(c->node, &s)))
		return false;
	left_s = s.day_at ? s.day_at + DAY_S - node_now_s(c->node) : DAY_S;
	left_s = left_s > 0 ? left_s : 0;
	json_obj_begin(w);
	json_put_int(w, "totalbytesrecv", s.bytes_in);
	json_put_int(w, "totalbytessent", s.bytes_out);
	json_put_int(w, "timemillis", clock_wall_ms());
	json_key(w, "uploadtarget");
	json_obj_begin(w);
	json_put_int(w, "timeframe", 86400);
	json_put_int(w, "target", max);
	json_put_bool(w, "target_reached", max && s.day_out >= max);
	json_put_bool(w, "serve_historical_blocks",
		      !max || s.day_out < max - left_s / BLOCK_S * BLOCK_BYTES);
	json_put_int(w, "bytes_left_in_cycle",
		     max > s.day_out ? max - s.day_out : 0);
	json_put_int(w, "time_left_in_cycle", max ? left_s : 0);
	json_obj_end(w);
	json_obj_end(w);
	return true;
}

/* --- peers --- */

static void put_seconds(struct json_writer *w, const char *key, int64_t us)
{
	if (us >= 0)
		json_put_double(w, key, (double)us / 1e6);
}

static bool put_traffic(struct rpc_call *c, const struct connection *x)
{
	struct json_writer *w = c->w;
	struct connection_traffic *t;
	uint32_t n;

	if (!done(c, node_net_traffic(c->node, x->id, c->arena, &t, &n)))
		return false;
	json_key(w, "bytessent_per_msg");
	json_obj_begin(w);
	for (uint32_t i = 0; i < n; i++)
		if (t[i].bytes_out)
			json_put_int(w, t[i].command, t[i].bytes_out);
	json_obj_end(w);
	json_key(w, "bytesrecv_per_msg");
	json_obj_begin(w);
	for (uint32_t i = 0; i < n; i++)
		if (t[i].bytes_in)
			json_put_int(w, t[i].command, t[i].bytes_in);
	json_obj_end(w);
	return true;
}

static void put_heights(struct json_writer *w, const char *key, const char *list)
{
	json_key(w, key);
	json_arr_begin(w);
	while (*list) {
		char *end;
		long long v = strtoll(list, &end, 10);

		if (end == list)
			break;
		json_int(w, v);
		list = *end ? end + 1 : end;
	}
	json_arr_end(w);
}

/* Of this machine or of a network that is nobody's in particular. */
static bool is_private(const struct net_addr *a)
{
	static const char *const ranges[] = {
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
		"169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8", "::1/128",
		"fc00::/7", "fe80::/10",
	};
	struct net_subnet s;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (net_subnet_parse(&s, ranges[i]) && net_subnet_has(&s, a))
			return true;
	return false;
}

static const char *network_of(const struct connection *x)
{
	struct net_addr a;

	if (!net_addr_parse(&a, x->addr, 1) || is_private(&a))
		return "not_publicly_routable";
	return a.net == NET_ADDR_IPV4 ? "ipv4" : "ipv6";
}

static bool put_peer(struct rpc_call *c, const struct connection *x)
{
	struct json_writer *w = c->w;

	json_obj_begin(w);
	json_put_int(w, "id", x->id);
	json_put_str(w, "addr", x->addr);
	if (x->bind[0])
		json_put_str(w, "addrbind", x->bind);
	if (x->addr_local[0])
		json_put_str(w, "addrlocal", x->addr_local);
	json_put_str(w, "network", network_of(x));
	put_services(w, "services", x->services);
	put_service_names(w, "servicesnames", x->services);
	/* these come with its version message */
	json_put_bool(w, "relaytxes", x->version && x->relays_txs);
	json_put_int(w, "lastsend", x->sent_at);
	json_put_int(w, "lastrecv", x->received_at);
	json_put_int(w, "last_transaction", x->tx_at);
	json_put_int(w, "last_block", x->block_at);
	json_put_int(w, "bytessent", x->bytes_out);
	json_put_int(w, "bytesrecv", x->bytes_in);
	json_put_int(w, "conntime", x->connected_at);
	json_put_int(w, "timeoffset", x->time_offset);
	put_seconds(w, "pingtime", x->ping_us);
	put_seconds(w, "minping", x->ping_min_us);
	if (x->ping_wait_us > 0)
		put_seconds(w, "pingwait", x->ping_wait_us);
	json_put_int(w, "version", x->version);
	json_put_str(w, "subver", x->agent);
	json_put_bool(w, "inbound", is_inbound(x));
	json_put_bool(w, "bip152_hb_to", x->hb_to);
	json_put_bool(w, "bip152_hb_from", x->hb_from);
	json_put_int(w, "startingheight", x->version ? x->start_height : -1);
	json_put_int(w, "presynced_headers", x->presynced);
	json_put_int(w, "synced_headers", x->synced_headers);
	json_put_int(w, "synced_blocks", x->synced_blocks);
	put_heights(w, "inflight", x->in_flight);
	json_put_bool(w, "addr_relay_enabled", x->addr_relay);
	json_put_int(w, "addr_processed", x->addr_processed);
	json_put_int(w, "addr_rate_limited", x->addr_limited);
	json_key(w, "permissions");
	json_arr_begin(w);
	for (const char *p = x->permissions; *p;) {
		size_t len = strcspn(p, ",");

		json_strn(w, p, len);
		p += len + (p[len] != '\0');
	}
	json_arr_end(w);
	json_put_amount(w, "minfeefilter", x->feefilter_sat_kvb);
	if (!put_traffic(c, x))
		return false;
	json_put_str(w, "connection_type", x->kind);
	json_put_str(w, "transport_protocol_type", "v1");
	json_put_str(w, "session_id", "");
	json_obj_end(w);
	return true;
}

bool rpc_getpeerinfo(struct rpc_call *c)
{
	struct connection *v;
	uint32_t n;

	if (!connections(c, &v, &n))
		return false;
	json_arr_begin(c->w);
	for (uint32_t i = 0; i < n; i++)
		if (!put_peer(c, &v[i]))
			return false;
	json_arr_end(c->w);
	return true;
}

bool rpc_ping(struct rpc_call *c)
{
	enum status st = node_net_ping(c->node);

	if (st != ST_OK && st != ST_NOT_FOUND)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

bool rpc_setnetworkactive(struct rpc_call *c)
{
	bool active = rpc_arg_bool(c, 0, true);

	if (!done(c, node_net_set_active(c->node, active)))
		return false;
	json_bool(c->w, active);
	return true;
}
