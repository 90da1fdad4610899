/* SPDX-License-Identifier: MIT */
/* Whom the node is connected to, by the operator's wish: nodes added, connections
 * ended, addresses banned. */
#include "fcgi/rpc/rpc_args.h"
#include "node/net/p2pquery.h"

#define REFRESH_MS 100

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

static bool connections(struct rpc_call *c, struct connection **v, uint32_t *n)
{
	return refresh(c) &&
	       done(c, node_net_connections(c->node, c->arena, v, n));
}

static bool is_inbound(const struct connection *x)
{
	return strcmp(x->kind, "inbound") == 0;
}

bool rpc_addnode(struct rpc_call *c)
{
	const char *at = rpc_arg_str(c, 0), *command = rpc_arg_str(c, 1);
	enum status st;

	if (strcmp(command, "onetry") == 0) {
		st = node_net_try(c->node, at);
		if (st == ST_NOT_FOUND)
			return rpc_fail(c, RPC_CLIENT_P2P_DISABLED,
					"Error: Peer-to-peer functionality missing "
					"or disabled");
	} else if (strcmp(command, "add") == 0) {
		st = node_net_add(c->node, at);
		if (st == ST_DENIED)
			return rpc_fail(c, RPC_CLIENT_NODE_ALREADY_ADDED,
					"Error: Node already added");
	} else if (strcmp(command, "remove") == 0) {
		st = node_net_remove(c->node, at);
		if (st == ST_NOT_FOUND)
			return rpc_fail(c, RPC_CLIENT_NODE_NOT_ADDED,
					"Error: Node could not be removed. It has "
					"not been added previously.");
	} else {
		return rpc_fail(c, RPC_MISC_ERROR, "%s",
				rpc_help_method(c->arena, c->method));
	}
	if (st == ST_USAGE)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"A node is HOST:PORT, at most 60 characters");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

bool rpc_disconnectnode(struct rpc_call *c)
{
	const char *at = rpc_arg_str(c, 0);
	struct connection found, *v;
	int64_t id = -1;
	bool by_address = rpc_has(c, 0) && *at, by_id = rpc_has(c, 1);
	uint32_t n;
	enum status st = ST_NOT_FOUND;

	if (by_address == by_id)
		return rpc_fail(c, RPC_INVALID_PARAMS,
				"Only one of address and nodeid should be provided.");
	if (by_address) {
		st = node_net_find(c->node, at, &found);
		id = st == ST_OK ? found.id : -1;
	} else {
		if (!rpc_arg_int(c, 1, 0, INT64_MIN + 1, INT64_MAX, &id) ||
		    !connections(c, &v, &n))
			return false;
		for (uint32_t i = 0; i < n; i++)
			st = v[i].id == id ? ST_OK : st;
	}
	if (st == ST_OK)
		st = node_net_disconnect(c->node, id);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_CLIENT_NODE_NOT_CONNECTED,
				"Node not found in connected nodes");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

bool rpc_getaddednodeinfo(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	const char **v, *only = rpc_arg_str(c, 0);
	bool found = !rpc_has(c, 0);
	uint32_t n;

	if (!refresh(c) || !done(c, node_net_added(c->node, c->arena, &v, &n)))
		return false;
	for (uint32_t i = 0; i < n; i++)
		found |= strcmp(v[i], only) == 0;
	if (!found)
		return rpc_fail(c, RPC_CLIENT_NODE_NOT_ADDED,
				"Error: Node has not been added.");
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++) {
		struct connection x;
		enum status st;

		if (rpc_has(c, 0) && strcmp(v[i], only) != 0)
			continue;
		st = node_net_find(c->node, v[i], &x);
		if (st != ST_OK && st != ST_NOT_FOUND)
			return rpc_fail_status(c, st);
		json_obj_begin(w);
		json_put_str(w, "addednode", v[i]);
		json_put_bool(w, "connected", st == ST_OK);
		json_key(w, "addresses");
		json_arr_begin(w);
		if (st == ST_OK) {
			json_obj_begin(w);
			json_put_str(w, "address", x.addr);
			json_put_str(w, "connected",
				     is_inbound(&x) ? "inbound" : "outbound");
			json_obj_end(w);
		}
		json_arr_end(w);
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

/* --- bans --- */

/* Whether the operator banned a range that this address is in. */
static bool is_banned(struct rpc_call *c, const struct net_subnet *s, bool *banned)
{
	struct net_addr at = {.net = s->net};
	struct ban *v;
	uint32_t n;

	memcpy(at.host, s->host, sizeof(at.host));
	*banned = false;
	if (!done(c, node_net_bans(c->node, c->arena, &v, &n)))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct net_subnet b;

		*banned |= !v[i].by_rule && net_subnet_parse(&b, v[i].subnet) &&
			   net_subnet_has(&b, &at);
	}
	return true;
}

bool rpc_setban(struct rpc_call *c)
{
	const char *text = rpc_arg_str(c, 0), *command = rpc_arg_str(c, 1);
	bool absolute = rpc_arg_bool(c, 3, false);
	int64_t now = node_now_s(c->node), until;
	struct net_subnet s;
	bool banned = false;
	enum status st;

	if (strcmp(command, "add") != 0 && strcmp(command, "remove") != 0)
		return rpc_fail(c, RPC_MISC_ERROR, "%s",
				rpc_help_method(c->arena, c->method));
	if (!net_subnet_parse(&s, text))
		return rpc_fail(c, RPC_CLIENT_INVALID_IP_OR_SUBNET,
				"Error: Invalid IP/Subnet");
	if (strcmp(command, "remove") == 0) {
		st = node_net_unban(c->node, &s);
		if (st == ST_NOT_FOUND)
			return rpc_fail(c, RPC_CLIENT_INVALID_IP_OR_SUBNET,
					"Error: Unban failed. Requested address/"
					"subnet was not previously manually banned.");
	} else {
		if (!rpc_arg_int(c, 2, 0, INT64_MIN + 1, INT64_MAX / 2, &until))
			return false;
		if (absolute && until < now)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Error: Absolute timestamp is in the past");
		/* a range may lie in another, an address is banned once */
		if (!strchr(text, '/') && !is_banned(c, &s, &banned))
			return false;
		if (!absolute)
			until = now + (until > 0 ? until : NODE_BAN_S);
		st = banned ? ST_DENIED
			    : node_net_ban(c->node, &s, until,
					   "manually added");
		if (st == ST_DENIED)
			return rpc_fail(c, RPC_CLIENT_NODE_ALREADY_ADDED,
					"Error: IP/Subnet already banned");
	}
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

bool rpc_listbanned(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	int64_t now = node_now_s(c->node);
	struct ban *v;
	uint32_t n;

	if (!done(c, node_net_bans(c->node, c->arena, &v, &n)))
		return false;
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++) {
		if (v[i].by_rule)
			continue;
		json_obj_begin(w);
		json_put_str(w, "address", v[i].subnet);
		json_put_int(w, "ban_created", v[i].created_at);
		json_put_int(w, "banned_until", v[i].until);
		json_put_int(w, "ban_duration", v[i].until - v[i].created_at);
		json_put_int(w, "time_remaining", v[i].until - now);
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

bool rpc_clearbanned(struct rpc_call *c)
{
	if (!done(c, node_net_unban_all(c->node, false)))
		return false;
	json_nil(c->w);
	return true;
}

