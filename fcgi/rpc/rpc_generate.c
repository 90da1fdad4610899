/* SPDX-License-Identifier: MIT */
/* Mining here and now: generatetoaddress, generatetodescriptor, generateblock. */
#include "fcgi/rpc/rpc_rawtx.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "fcgi/rpc/rpc_wallet.h"
#include "node/core/announce.h"
#include "node/mine/build.h"
#include "node/mine/template.h"
#include "primitives/address.h"

#define TRIES_DEFAULT 1000000
#define STALE_RETRIES 20

static bool mine(struct rpc_call *c, struct bytes script, int blocks,
		 uint64_t tries)
{
	json_arr_begin(c->w);
	for (int i = 0; i < blocks; i++) {
		struct blkid id;
		enum status st = ST_STALE;

		for (int k = 0; st == ST_STALE && k < STALE_RETRIES; k++)
			st = node_mine_one(c->node, script, tries, "rpc", &id);
		/* as Core: when the tries are used up, what was found */
		if (st == ST_TIMEOUT)
			break;
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		json_hash(c->w, &id.h);
	}
	json_arr_end(c->w);
	announce_nudge(c->node);
	return true;
}

bool rpc_generatetoaddress(struct rpc_call *c)
{
	const char *text = rpc_arg_str(c, 1);
	struct buf script;
	int64_t tries;
	int blocks;
	bool good;

	if (!rpc_arg_int32(c, 0, 0, &blocks) ||
	    !rpc_arg_int(c, 2, TRIES_DEFAULT, 0, INT64_MAX, &tries))
		return false;
	buf_init(&script, 256);
	if (address_to_script(&script, node_params(c->node), text,
			      strlen(text)) != ADDRESS_OK)
		good = rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Error: Invalid address");
	else
		good = mine(c, buf_view(&script), blocks, (uint64_t)tries);
	buf_free(&script);
	return good;
}

/* The one script that a descriptor pays when it is mined to. */
static bool descriptor_script(struct rpc_call *c, const char *text,
			      struct bytes *script)
{
	struct descriptor *d;
	struct desc_scripts s;
	char error[DESC_ERROR_SIZE];

	d = rpc_descriptor(c, text, strlen(text), false, error);
	if (!d)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
	if (desc_is_range(d))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Ranged descriptor not accepted. Maybe pass through "
				"deriveaddresses first?");
	if (!desc_expand(d, rpc_ec(c), 0, c->arena, &s))
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Cannot derive script without private keys");
	/* of combo(): P2PKH, or with a compressed key P2WPKH */
	*script = s.script[s.n == 1 ? 0 : s.n == 4 ? 2 : 1];
	return true;
}

bool rpc_generatetodescriptor(struct rpc_call *c)
{
	struct bytes script;
	int64_t tries;
	int blocks;

	return rpc_arg_int32(c, 0, 0, &blocks) &&
	       rpc_arg_int(c, 2, TRIES_DEFAULT, 0, INT64_MAX, &tries) &&
	       descriptor_script(c, rpc_arg_str(c, 1), &script) &&
	       mine(c, script, blocks, (uint64_t)tries);
}

/* --- generateblock --- */

static bool read_txs(struct rpc_call *c, struct bytes *raw, uint32_t *n)
{
	*n = (uint32_t)json_count(c->arg[1]);
	for (uint32_t i = 0; i < *n; i++) {
		struct tx_info info;
		struct txid id;
		struct tx tx;
		const char *s;
		size_t len;
		enum status st;

		if (!rpc_value_str(c, json_at(c->arg[1], i), &s, &len))
			return false;
		if (len == 64 && hash256_parse(&id.h, s, len)) {
			st = query_tx(c->node, &id, c->arena, &info);
			if (st == ST_NOT_FOUND || (st == ST_OK && info.confirmed))
				return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
						"Transaction %s not in mempool.",
						s);
			if (st != ST_OK)
				return rpc_fail_status(c, st);
			raw[i] = info.raw;
		} else if (rpc_tx_decode(c, s, len, &tx)) {
			raw[i] = tx.raw;
		} else {
			return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
					"Transaction decode failed for %.800s. Make "
					"sure the tx has at least one input.", s);
		}
	}
	return true;
}

static bool output_script(struct rpc_call *c, struct bytes *script)
{
	const char *text = rpc_arg_str(c, 0);
	struct buf b;
	bool good;

	if (descriptor_script(c, text, script))
		return true;
	if (c->code == RPC_INVALID_PARAMETER)
		return false;
	buf_init(&b, 256);
	good = address_to_script(&b, node_params(c->node), text,
				 strlen(text)) == ADDRESS_OK;
	if (good) {
		*script = bytes_of(arena_copy(c->arena, b.p, b.len), b.len);
		c->code = 0;
	}
	buf_free(&b);
	return good || rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Error: Invalid address or descriptor");
}

bool rpc_generateblock(struct rpc_call *c)
{
	struct bytes script, *raw;
	bool submit = rpc_arg_bool(c, 2, true);
	char text[VERDICT_DETAIL_SIZE + 96];
	struct built_block built;
	struct verdict v;
	uint32_t n;
	enum status st;

	raw = arena_array(c->arena, json_count(c->arg[1]) + 1, struct bytes);
	if (!raw)
		return rpc_fail_status(c, ST_NOMEM);
	if (!output_script(c, &script) || !read_txs(c, raw, &n))
		return false;
	st = node_build_block(c->node, script, raw, n, submit, "rpc", c->arena,
			      &built, &v);
	if (st == ST_TIMEOUT)
		return rpc_fail(c, RPC_MISC_ERROR, "Failed to make block.");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (v.code != VALID)
		return rpc_fail(c, RPC_VERIFY_ERROR,
				"testBlockValidity failed: %s",
				rpc_reject_text(text, sizeof(text), &v));
	json_obj_begin(c->w);
	json_put_hash(c->w, "hash", &built.id.h);
	if (!submit)
		json_put_hex(c->w, "hex", built.raw.p, built.raw.len);
	json_obj_end(c->w);
	if (submit)
		announce_nudge(c->node);
	return true;
}
