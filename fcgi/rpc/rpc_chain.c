/* SPDX-License-Identifier: MIT */
/* The chain: where it ends, its blocks and headers, unspent outputs. */
#include <stdio.h>
#include <sys/stat.h>

#include "fcgi/rpc/rpc_txjson.h"
#include "node/core/catchup.h"
#include "node/query/query_chain.h"
#include "node/query/query_mempool.h"
#include "primitives/script.h"
#include "primitives/target.h"

bool rpc_getblockcount(struct rpc_call *c)
{
	struct node_tip t;

	if (!rpc_tip(c, &t))
		return false;
	json_uint(c->w, t.height);
	return true;
}

bool rpc_getbestblockhash(struct rpc_call *c)
{
	struct node_tip t;

	if (!rpc_tip(c, &t))
		return false;
	json_hash(c->w, &t.id.h);
	return true;
}

bool rpc_getdifficulty(struct rpc_call *c)
{
	struct node_tip t;

	if (!rpc_tip(c, &t))
		return false;
	json_double(c->w, target_difficulty(t.bits));
	return true;
}

static bool block_at(struct rpc_call *c, int64_t height, struct block_info *out)
{
	enum status st = height < 0 || height > UINT32_MAX
		? ST_NOT_FOUND : query_block_at(c->node, (uint32_t)height, out);

	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Block height out of range");
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_getblockhash(struct rpc_call *c)
{
	struct block_info info;
	int height;

	if (!rpc_arg_int32(c, 0, 0, &height) || !block_at(c, height, &info))
		return false;
	json_hash(c->w, &info.id.h);
	return true;
}

/* How far the chain is, and how far its headers. */
static bool progress(struct rpc_call *c, struct node_tip *t, uint32_t *headers,
		     double *part, bool *behind)
{
	struct block_info best;
	enum status st;

	if (!rpc_tip(c, t))
		return false;
	st = query_best_header(c->node, &best);
	if (st == ST_OK)
		st = node_catching_up(c->node, behind);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	/* An invalidated chain may leave the best header below the tip. */
	*headers = best.height < t->height ? t->height : best.height;
	*part = *behind ? (t->height + 1.0) / (*headers + 1.0) : 1;
	return true;
}

bool rpc_getchainstates(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct node_tip t;
	uint32_t headers;
	double part;
	bool behind;

	if (!progress(c, &t, &headers, &part, &behind))
		return false;
	json_obj_begin(w);
	json_put_uint(w, "headers", headers);
	json_key(w, "chainstates");
	json_arr_begin(w);
	json_obj_begin(w);
	json_put_uint(w, "blocks", t.height);
	json_put_hash(w, "bestblockhash", &t.id.h);
	json_put_double(w, "difficulty", target_difficulty(t.bits));
	json_put_double(w, "verificationprogress", part);
	/* coins are rows of the database, read through SQLite's cache */
	json_put_int(w, "coins_db_cache_bytes", 0);
	json_put_int(w, "coins_tip_cache_bytes", 0);
	json_put_bool(w, "validated", true);
	json_obj_end(w);
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_getblockchaininfo(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct node_tip t;
	struct stat s;
	uint8_t work[32];
	uint32_t headers;
	double part;
	bool behind;

	if (!progress(c, &t, &headers, &part, &behind))
		return false;
	json_obj_begin(w);
	json_put_str(w, "chain", node_params(c->node)->chain);
	json_put_uint(w, "blocks", t.height);
	json_put_uint(w, "headers", headers);
	json_put_hash(w, "bestblockhash", &t.id.h);
	json_put_double(w, "difficulty", target_difficulty(t.bits));
	json_put_uint(w, "time", t.time);
	json_put_int(w, "mediantime", t.mtp);
	json_put_double(w, "verificationprogress", part);
	json_put_bool(w, "initialblockdownload", behind);
	u256_to_be(work, &t.chainwork);
	json_put_hex(w, "chainwork", work, sizeof(work));
	json_put_int(w, "size_on_disk",
		     stat(node_db_path(c->node), &s) == 0 ? (int64_t)s.st_size : 0);
	json_put_bool(w, "pruned", false);
	json_key(w, "warnings");
	json_arr_begin(w);
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_getblockheader(struct rpc_call *c)
{
	struct block_info info;
	uint8_t raw[HEADER_SIZE];

	if (!rpc_arg_hash(c, 0, "hash", &info.id.h))
		return false;
	if (!rpc_arg_block(c, 0, &info))
		return false;
	if (!rpc_arg_bool(c, 1, true)) {
		header_write(raw, &info.header);
		json_hex(c->w, raw, sizeof(raw));
		return true;
	}
	json_obj_begin(c->w);
	if (!rpc_header_members(c, &info))
		return false;
	json_obj_end(c->w);
	return true;
}

/* Core's verbosity: a number, or a boolean for 0 and 1. */
static bool verbosity(struct rpc_call *c, unsigned i, int fallback, int *out)
{
	bool b;

	if (json_as_bool(c->arg[i], &b)) {
		*out = b;
		return true;
	}
	return rpc_arg_int32(c, i, fallback, out);
}

static bool block_bytes(struct rpc_call *c, const struct block_info *info,
			struct bytes *raw)
{
	enum status st = info->has_data || info->invalid
		? query_block_raw(c->node, &info->id, c->arena, raw)
		: ST_NOT_FOUND;

	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_MISC_ERROR,
				"Block not found on disk");
	return st == ST_OK || rpc_fail_status(c, st);
}

static bool put_block(struct rpc_call *c, const struct block_info *info,
		      const struct block *b, int verbose)
{
	struct json_writer *w = c->w;

	json_obj_begin(w);
	if (!rpc_header_members(c, info))
		return false;
	json_put_uint(w, "strippedsize", b->base_size);
	json_put_uint(w, "size", (uint32_t)b->raw.len);
	json_put_uint(w, "weight", block_weight(b));
	json_key(w, "tx");
	json_arr_begin(w);
	for (uint32_t i = 0; i < b->n_tx; i++) {
		if (verbose == 1) {
			json_hash(w, &b->tx[i].txid.h);
			continue;
		}
		json_obj_begin(w);
		if (!rpc_tx_members(c, &b->tx[i], true,
				    verbose == 2 ? RPC_DETAIL_FEE
						 : RPC_DETAIL_PREVOUT,
				    info->active ? NULL : b))
			return false;
		json_obj_end(w);
	}
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_getblock(struct rpc_call *c)
{
	struct block_info info;
	struct bytes raw;
	struct block b;
	int verbose;
	enum status st;

	if (!rpc_arg_block(c, 0, &info) || !verbosity(c, 1, 1, &verbose) ||
	    !block_bytes(c, &info, &raw))
		return false;
	if (verbose <= 0) {
		json_hex(c->w, raw.p, raw.len);
		return true;
	}
	st = block_parse(&b, raw.p, raw.len, c->arena);
	if (st != ST_OK)
		return rpc_fail_status(c, st == ST_PARSE ? ST_CORRUPT : st);
	return put_block(c, &info, &b, verbose > 3 ? 3 : verbose);
}

bool rpc_getchaintips(struct rpc_call *c)
{
	static const char *const status[] = {
		[TIP_ACTIVE] = "active", [TIP_VALID_FORK] = "valid-fork",
		[TIP_VALID_HEADERS] = "valid-headers",
		[TIP_HEADERS_ONLY] = "headers-only", [TIP_INVALID] = "invalid",
	};
	struct chain_tip *tips;
	uint32_t n;
	enum status st = query_chain_tips(c->node, 1000, c->arena, &tips, &n);

	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_arr_begin(c->w);
	for (uint32_t i = 0; i < n; i++) {
		json_obj_begin(c->w);
		json_put_uint(c->w, "height", tips[i].height);
		json_put_hash(c->w, "hash", &tips[i].id.h);
		json_put_uint(c->w, "branchlen", tips[i].branch_len);
		json_put_str(c->w, "status", status[tips[i].status]);
		json_obj_end(c->w);
	}
	json_arr_end(c->w);
	return true;
}

bool rpc_gettxout(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct output_info o;
	struct outpoint at;
	struct node_tip t;
	struct txid by;
	int64_t n;
	bool pool = rpc_arg_bool(c, 2, true);
	enum status st;

	if (!rpc_arg_hash(c, 0, "txid", &at.txid.h) ||
	    !rpc_arg_int(c, 1, 0, 0, UINT32_MAX, &n) || !rpc_tip(c, &t))
		return false;
	at.n = (uint32_t)n;
	st = query_output(c->node, &at, c->arena, &o);
	/* What only the pool spends is unspent in the chain. */
	if (st == ST_OK && o.spent && !pool) {
		st = query_pool_spender(c->node, &at, &by);
		if (st == ST_OK)
			o.spent = false;
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	if (st == ST_NOT_FOUND ||
	    (st == ST_OK && (o.spent || (!o.confirmed && !pool) ||
			     (o.confirmed && o.height == 0) ||
			     script_is_unspendable(o.script)))) {
		json_nil(w);
		return true;
	}
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(w);
	json_put_hash(w, "bestblock", &t.id.h);
	json_put_int(w, "confirmations",
		     o.confirmed ? (int64_t)t.height - o.height + 1 : 0);
	json_put_amount(w, "value", o.value);
	rpc_put_script(c, "scriptPubKey", o.script, true, NULL);
	json_put_bool(w, "coinbase", o.coinbase);
	json_obj_end(w);
	return true;
}

/* --- waiting --- */

static bool put_tip(struct rpc_call *c, const struct node_tip *t)
{
	json_obj_begin(c->w);
	json_put_hash(c->w, "hash", &t->id.h);
	json_put_uint(c->w, "height", t->height);
	json_obj_end(c->w);
	return true;
}

static bool timeout(struct rpc_call *c, unsigned i, int64_t *ms)
{
	int n;

	if (!rpc_arg_int32(c, i, 0, &n))
		return false;
	/* below zero: not at all */
	*ms = n < 0 ? 1 : n;
	if (n < 0 && c->wait)
		c->wait->possible = false;
	return true;
}

bool rpc_waitfornewblock(struct rpc_call *c)
{
	struct node_tip t;
	int64_t ms;

	if (!timeout(c, 0, &ms) || !rpc_tip(c, &t))
		return false;
	if (c->wait && !c->wait->again)
		c->wait->mark = t.id.h;
	if (c->wait && hash256_equal(&c->wait->mark, &t.id.h) && rpc_wait(c, ms))
		return true;
	return put_tip(c, &t);
}

bool rpc_waitforblock(struct rpc_call *c)
{
	struct node_tip t;
	struct blkid id;
	int64_t ms;

	if (!rpc_arg_hash(c, 0, "blockhash", &id.h) || !timeout(c, 1, &ms) ||
	    !rpc_tip(c, &t))
		return false;
	if (!hash256_equal(&id.h, &t.id.h) && rpc_wait(c, ms))
		return true;
	return put_tip(c, &t);
}

bool rpc_waitforblockheight(struct rpc_call *c)
{
	struct node_tip t;
	int height;
	int64_t ms;

	if (!rpc_arg_int32(c, 0, 0, &height) || !timeout(c, 1, &ms) ||
	    !rpc_tip(c, &t))
		return false;
	if ((int64_t)t.height < height && rpc_wait(c, ms))
		return true;
	return put_tip(c, &t);
}

/* Every commit is seen at once: there is nothing to wait for. */
bool rpc_syncwithvalidationinterfacequeue(struct rpc_call *c)
{
	json_nil(c->w);
	return true;
}

bool rpc_pruneblockchain(struct rpc_call *c)
{
	return rpc_fail(c, RPC_MISC_ERROR,
			"Cannot prune blocks because node is not in prune mode.");
}
