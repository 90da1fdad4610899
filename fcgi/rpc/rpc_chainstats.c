/* SPDX-License-Identifier: MIT */
/* Figures over the chain, its indexes and rules; reading it again. */
#include "base/log.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "node/check/verify.h"
#include "node/query/filter.h"
#include "node/query/query_chain.h"

/* --- getchaintxstats --- */

bool rpc_getchaintxstats(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	struct json_writer *w = c->w;
	struct block_info last, past;
	struct node_tip tip;
	int64_t total, window_tx, seconds;
	int blocks;
	enum status st;

	if (!rpc_tip(c, &tip))
		return false;
	if (rpc_has(c, 1)) {
		if (!rpc_arg_block(c, 1, &last))
			return false;
		if (!last.active)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Block is not in main chain");
	} else {
		st = query_block(c->node, &tip.id, &last);
		if (st != ST_OK)
			return rpc_fail_status(c, st);
	}
	if (rpc_has(c, 0)) {
		if (!rpc_arg_int32(c, 0, 0, &blocks))
			return false;
		if (blocks < 0 || (blocks > 0 && blocks >= (int64_t)last.height))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid block count: should be between 0 "
					"and the block's height - 1");
	} else {
		blocks = (int)(30 * 24 * 60 * 60 / p->spacing_s);
		if (blocks > (int64_t)last.height - 1)
			blocks = last.height ? (int)last.height - 1 : 0;
	}
	st = query_chain_txs(c->node, 0, last.height, &total);
	if (st == ST_OK)
		st = query_chain_txs(c->node, last.height - (uint32_t)blocks + 1,
				     last.height, &window_tx);
	if (st == ST_OK)
		st = query_block_at(c->node, last.height - (uint32_t)blocks, &past);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	seconds = last.mtp - past.mtp;
	json_obj_begin(w);
	json_put_uint(w, "time", last.header.time);
	json_put_int(w, "txcount", total);
	json_put_hash(w, "window_final_block_hash", &last.id.h);
	json_put_uint(w, "window_final_block_height", last.height);
	json_put_int(w, "window_block_count", blocks);
	if (blocks > 0) {
		json_put_int(w, "window_interval", seconds);
		json_put_int(w, "window_tx_count", window_tx);
		if (seconds > 0)
			json_put_double(w, "txrate",
					(double)window_tx / (double)seconds);
	}
	json_obj_end(w);
	return true;
}

/* --- indexes --- */

bool rpc_getblockfilter(struct rpc_call *c)
{
	const char *type = rpc_has(c, 1) ? rpc_arg_str(c, 1) : "basic";
	struct block_info info;
	struct filter_info f;
	enum status st;

	if (!rpc_arg_hash(c, 0, "blockhash", &info.id.h))
		return false;
	if (strcmp(type, "basic") != 0)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Unknown filtertype");
	if (!rpc_arg_block(c, 0, &info))
		return false;
	st = node_filter(c->node, &info.id, c->arena, &f);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Filter not found. Block was not connected to "
				"active chain.");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(c->w);
	json_put_hex(c->w, "filter", f.filter.p, f.filter.len);
	json_put_hash(c->w, "header", &f.header);
	json_obj_end(c->w);
	return true;
}

static void put_index(struct json_writer *w, const char *only, const char *name,
		      bool synced, uint32_t height)
{
	if (*only && strcmp(only, name) != 0)
		return;
	json_key(w, name);
	json_obj_begin(w);
	json_put_bool(w, "synced", synced);
	json_put_uint(w, "best_block_height", height);
	json_obj_end(w);
}

bool rpc_getindexinfo(struct rpc_call *c)
{
	struct filter_state f;
	struct node_tip tip;
	enum status st;

	if (!rpc_tip(c, &tip))
		return false;
	st = node_filter_state(c->node, &f);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(c->w);
	put_index(c->w, rpc_arg_str(c, 0), "txindex", true, tip.height);
	if (f.on)
		put_index(c->w, rpc_arg_str(c, 0), "basic block filter index",
			  f.complete, f.complete ? tip.height : f.height);
	json_obj_end(c->w);
	return true;
}

/* --- deployments --- */

static void put_buried(struct json_writer *w, const char *name, uint32_t height,
		       uint32_t next)
{
	if (height == HEIGHT_NEVER)
		return;
	json_key(w, name);
	json_obj_begin(w);
	json_put_str(w, "type", "buried");
	json_put_bool(w, "active", next >= height);
	json_put_uint(w, "height", height);
	json_obj_end(w);
}

/* Core has it among the deployments by version bits, although it was buried
 * before this was written: on main and testnet3 by signals, elsewhere always. */
static void put_taproot(struct json_writer *w, const struct params *p,
			uint32_t next)
{
	bool signalled = p->taproot_height > 0 && !p->own, active =
		next >= p->taproot_height;
	const char *status = active ? "active" : "defined";

	if (p->taproot_height == HEIGHT_NEVER)
		return;
	json_key(w, "taproot");
	json_obj_begin(w);
	json_put_str(w, "type", "bip9");
	json_put_uint(w, "height", p->taproot_height);
	json_put_bool(w, "active", active);
	json_key(w, "bip9");
	json_obj_begin(w);
	json_put_int(w, "start_time", signalled ? 1619222400 : -1);
	json_put_int(w, "timeout", signalled ? 1628640000 : INT64_MAX);
	json_put_uint(w, "min_activation_height",
		      strcmp(p->name, "main") == 0 ? p->taproot_height : 0);
	json_put_str(w, "status", status);
	json_put_uint(w, "since", active ? p->taproot_height : 0);
	json_put_str(w, "status_next", status);
	json_obj_end(w);
	json_obj_end(w);
}

bool rpc_getdeploymentinfo(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	struct json_writer *w = c->w;
	struct block_info at;
	struct node_tip tip;
	enum status st;

	if (!rpc_tip(c, &tip))
		return false;
	if (rpc_has(c, 0)) {
		if (!rpc_arg_block(c, 0, &at))
			return false;
	} else {
		st = query_block(c->node, &tip.id, &at);
		if (st != ST_OK)
			return rpc_fail_status(c, st);
	}
	json_obj_begin(w);
	json_put_hash(w, "hash", &at.id.h);
	json_put_uint(w, "height", at.height);
	json_key(w, "deployments");
	json_obj_begin(w);
	put_buried(w, "bip34", p->bip34_height, at.height + 1);
	put_buried(w, "bip66", p->bip66_height, at.height + 1);
	put_buried(w, "bip65", p->bip65_height, at.height + 1);
	put_buried(w, "csv", p->csv_height, at.height + 1);
	put_buried(w, "segwit", p->segwit_height, at.height + 1);
	put_taproot(w, p, at.height + 1);
	json_obj_end(w);
	json_obj_end(w);
	return true;
}

/* --- verification --- */

bool rpc_verifychain(struct rpc_call *c)
{
	struct verify_report report;
	int level, blocks;
	enum status st;

	if (!rpc_arg_int32(c, 0, 3, &level) || !rpc_arg_int32(c, 1, 6, &blocks))
		return false;
	st = node_verify_recent(c->node, level < 0 ? 0 : (unsigned)level,
				blocks < 0 ? 0 : (uint32_t)blocks, &report);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (report.fault[0])
		log_error("verifychain: %s", report.fault);
	json_bool(c->w, !report.fault[0]);
	return true;
}
