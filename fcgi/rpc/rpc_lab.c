/* SPDX-License-Identifier: MIT */
/* What only test chains allow, and stop. Messages are Bitcoin Core's. */
#include "fcgi/rpc/rpc_args.h"
#include "lab/lab.h"
#include "node/chain/choose.h"
#include "node/core/announce.h"
#include "node/core/playground.h"
#include "node/finality/finality.h"
#include "node/net/p2pquery.h"

/* One of the three that mark a block. Core says nothing about the genesis block
 * and leaves it as it is. */
static bool mark(struct rpc_call *c,
		 enum status (*f)(struct node *n, const struct blkid *id))
{
	struct blkid id;
	enum status st;

	if (!rpc_arg_hash(c, 0, "blockhash", &id.h))
		return false;
	st = f(c->node, &id);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "Block not found");
	if (st != ST_OK && st != ST_DENIED)
		return rpc_fail_status(c, st);
	if (st == ST_DENIED && node_has_finality(c->node))
		return rpc_fail(c, RPC_MISC_ERROR, "%s", verdict_sentence(
				f == node_invalidate_block ? V_FINAL_STAYS :
							     V_PRIOR_TO_FINAL));
	announce_nudge(c->node);
	json_nil(c->w);
	return true;
}

bool rpc_invalidateblock(struct rpc_call *c)
{
	return mark(c, node_invalidate_block);
}

bool rpc_reconsiderblock(struct rpc_call *c)
{
	return mark(c, node_reconsider_block);
}

bool rpc_preciousblock(struct rpc_call *c)
{
	return mark(c, node_precious_block);
}

bool rpc_setmocktime(struct rpc_call *c)
{
	int64_t time;
	enum status st;

	if (!rpc_arg_int(c, 0, 0, INT64_MIN, INT64_MAX, &time))
		return false;
	st = node_set_mocktime(c->node, time);
	if (st == ST_USAGE)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Mocktime must be in the range [0, %lld], not "
				"%lld.", (long long)MOCKTIME_MAX,
				(long long)time);
	if (st == ST_DENIED)
		return rpc_fail(c, RPC_MISC_ERROR,
				"setmocktime is for regression testing (-regtest "
				"mode) only");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

bool rpc_mockscheduler(struct rpc_call *c)
{
	int64_t by;
	enum status st;

	if (!node_is_playground(c->node))
		return rpc_fail(c, RPC_MISC_ERROR, "mockscheduler is for regression "
				"testing (-regtest mode) only");
	if (!rpc_arg_int(c, 0, 0, INT64_MIN, INT64_MAX, &by))
		return false;
	if (by <= 0 || by > 3600)
		return rpc_fail(c, RPC_MISC_ERROR,
				"delta_time must be between 1 and 3600 seconds (1 hr)");
	st = node_net_hurry(c->node, by);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

/* bitcoin-cli passes what it does not know as text: that is read as JSON. */
static bool lab_args(struct rpc_call *c, struct json_doc *doc,
		     const struct json_value **args)
{
	char error[JSON_ERROR_SIZE];
	const char *text;
	size_t len;

	*args = c->arg[1];
	if (!json_as_str(*args, &text, &len))
		return true;
	if (json_doc_parse(doc, text, len, len, error) != ST_OK)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"The arguments are no JSON: %s", error);
	*args = doc->root;
	return true;
}

bool rpc_lab(struct rpc_call *c)
{
	const struct json_value *args;
	struct json_doc doc = {0};
	struct lab_fault fault;
	int code = RPC_MISC_ERROR;
	bool ok;

	if (!lab_args(c, &doc, &args))
		return false;
	ok = lab_call(c->node, rpc_arg_str(c, 0), args, c->w, &fault);
	json_doc_free(&doc);
	if (ok)
		return true;
	switch (fault.kind) {
	case LAB_USAGE:
		code = RPC_INVALID_PARAMETER;
		break;
	case LAB_UNKNOWN:
		code = RPC_INVALID_ADDRESS_OR_KEY;
		break;
	case LAB_REFUSED:
	case LAB_FAILED:
		break;
	}
	return rpc_fail(c, code, "%s", fault.message);
}

bool rpc_stop(struct rpc_call *c)
{
	c->app->stop_asked = true;
	json_str(c->w, "Quarry stopping");
	return true;
}
