/* SPDX-License-Identifier: MIT */
/* The chain: where it ends, its blocks and headers. */
#include "fcgi/rpc_args.h"
#include "node/query.h"

static bool tip(struct rpc_call *c, struct node_tip *out)
{
	enum status st = node_tip(c->node, out);

	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_getblockcount(struct rpc_call *c)
{
	struct node_tip t;

	if (!tip(c, &t))
		return false;
	json_uint(c->w, t.height);
	return true;
}

bool rpc_getbestblockhash(struct rpc_call *c)
{
	struct node_tip t;

	if (!tip(c, &t))
		return false;
	json_hash(c->w, &t.id.h);
	return true;
}

bool rpc_getblockhash(struct rpc_call *c)
{
	struct block_info info;
	enum status st;
	int height;

	if (!rpc_arg_int32(c, 0, 0, &height))
		return false;
	st = height < 0 ? ST_NOT_FOUND
			: query_block_at(c->node, (uint32_t)height, &info);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Block height out of range");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_hash(c->w, &info.id.h);
	return true;
}
