/* SPDX-License-Identifier: MIT */
/* Blocks to mine: templates, submission, priorities. */
#include <stdio.h>

#include "primitives/block.h"

#include "base/clock.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "node/chain/accept.h"
#include "node/core/announce.h"
#include "node/mine/submit.h"
#include "node/mine/template.h"
#include "node/mine/turn.h"
#include "node/pool/mempool.h"
#include "node/query/query_chain.h"
#include "node/query/query_mempool.h"
#include "primitives/target.h"

#define LONG_POLL_MS 60000

/* --- rates --- */

static bool hash_rate(struct rpc_call *c, int64_t blocks, int64_t height,
		      double *rate)
{
	const struct params *p = node_params(c->node);
	struct block_info from, to;
	struct node_tip tip;
	struct u256 work;
	int64_t low, high;
	enum status st;

	*rate = 0;
	if (!rpc_tip(c, &tip))
		return false;
	if (blocks < -1 || blocks == 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid nblocks. Must be a positive number or -1.");
	if (height < -1 || height > (int64_t)tip.height)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Block does not exist at specified height");
	if (height < 0)
		height = tip.height;
	if (blocks == -1)
		blocks = height % (p->retarget_interval ? p->retarget_interval
							: 2016) + 1;
	if (blocks > height)
		blocks = height;
	if (height == 0)
		return true;
	st = query_block_at(c->node, (uint32_t)height, &to);
	low = high = to.header.time;
	from = to;
	for (int64_t i = 1; st == ST_OK && i <= blocks; i++) {
		st = query_block_at(c->node, (uint32_t)(height - i), &from);
		low = from.header.time < low ? from.header.time : low;
		high = from.header.time > high ? from.header.time : high;
	}
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	work = u256_sub(&to.chainwork, &from.chainwork);
	if (high > low)
		*rate = u256_double(&work) / (double)(high - low);
	return true;
}

bool rpc_getnetworkhashps(struct rpc_call *c)
{
	int blocks, height;
	double rate;

	if (!rpc_arg_int32(c, 0, 120, &blocks) ||
	    !rpc_arg_int32(c, 1, -1, &height) ||
	    !hash_rate(c, blocks, height, &rate))
		return false;
	json_double(c->w, rate);
	return true;
}

/* Own chains with makers: whose turn the next block is. */
static bool put_turn(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	struct json_writer *w = c->w;
	struct turn_info t;
	enum status st = node_turn(c->node, &t);

	if (st == ST_NOT_FOUND)
		return true;
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_key(w, "turn");
	json_obj_begin(w);
	json_put_uint(w, "height", t.height);
	json_put_uint(w, "makers", p->n_makers);
	json_put_uint(w, "needed", p->makers_needed);
	json_put_uint(w, "maker", t.first + 1);
	json_put_hex(w, "key", p->maker[t.first], sizeof(p->maker[0]));
	json_put_int(w, "from", t.opens_s);
	json_put_uint(w, "open", t.open);
	json_put_uint(w, "timeout", p->turn_timeout_s);
	json_obj_end(w);
	return true;
}

bool rpc_getmininginfo(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	struct json_writer *w = c->w;
	struct mempool_info pool;
	struct node_tip tip;
	double rate;
	enum status st;

	if (!rpc_tip(c, &tip) || !hash_rate(c, 120, -1, &rate))
		return false;
	st = node_mempool_info(c->node, &pool);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(w);
	json_put_uint(w, "blocks", tip.height);
	json_put_double(w, "difficulty", target_difficulty(tip.bits));
	json_put_double(w, "networkhashps", rate);
	json_put_int(w, "pooledtx", pool.count);
	json_put_str(w, "chain", p->chain);
	if (p->signet_challenge_len)
		json_put_hex(w, "signet_challenge", p->signet_challenge,
			     p->signet_challenge_len);
	if (!put_turn(c))
		return false;
	json_key(w, "warnings");
	json_arr_begin(w);
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

/* --- priorities --- */

bool rpc_prioritisetransaction(struct rpc_call *c)
{
	struct txid id;
	int64_t delta, dummy = 0;
	enum status st;

	if (!rpc_arg_hash(c, 0, "txid", &id.h) ||
	    (rpc_has(c, 1) && !rpc_value_amount(c, c->arg[1], &dummy)) ||
	    !rpc_arg_int(c, 2, 0, INT64_MIN + 1, INT64_MAX, &delta))
		return false;
	if (dummy)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Priority is no longer supported, dummy argument to "
				"prioritisetransaction must be 0.");
	st = node_prioritise_tx(c->node, &id, delta);
	if (st == ST_TOO_BIG)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"The sum of what was added is more than all money");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_bool(c->w, true);
	return true;
}

bool rpc_getprioritisedtransactions(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct pool_delta d = {0};
	char text[HASH_TEXT_SIZE];
	enum status st;

	json_obj_begin(w);
	while ((st = query_pool_delta_next(c->node, &d)) == ST_OK) {
		json_key(w, hash256_text(text, &d.txid.h));
		json_obj_begin(w);
		json_put_int(w, "fee_delta", d.delta_sat);
		json_put_bool(w, "in_mempool", d.in_pool);
		if (d.in_pool)
			json_put_int(w, "modified_fee",
				     d.fee_sat + d.delta_sat);
		json_obj_end(w);
	}
	json_obj_end(w);
	return st == ST_NOT_FOUND || rpc_fail_status(c, st);
}

/* --- submission --- */

bool rpc_submitblock(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	struct submit_result r;
	struct bytes raw;
	enum status st;

	if (!rpc_hex(c, hex, strlen(hex), &raw))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"Block decode failed");
	st = node_submit_block(c->node, raw.p, raw.len, "rpc", &r);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	switch (r.kind) {
	case SUBMIT_NO_BLOCK:
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR, "%s", r.answer);
	case SUBMIT_ACCEPTED:
		announce_nudge(c->node);
		json_nil(c->w);
		return true;
	case SUBMIT_ANSWERED:
		break;
	}
	json_str(c->w, r.answer);
	return true;
}

bool rpc_submitheader(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	struct block_info parent;
	struct verdict v;
	struct header h;
	struct bytes raw;
	size_t accepted;
	char text[VERDICT_DETAIL_SIZE + 96], id[HASH_TEXT_SIZE];
	enum status st;

	if (!rpc_hex(c, hex, strlen(hex), &raw) || raw.len < HEADER_SIZE)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"Block header decode failed");
	header_read(&h, raw.p);
	st = query_block(c->node, &h.prev, &parent);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_VERIFY_ERROR,
				"Must submit previous header (%s) first",
				hash256_text(id, &h.prev.h));
	if (st == ST_OK)
		st = node_accept_headers(c->node, raw.p, 1, "rpc", &accepted, &v);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (v.code != VALID)
		return rpc_fail(c, RPC_VERIFY_ERROR, "%s",
				verdict_reject(text, sizeof(text), &v));
	json_nil(c->w);
	return true;
}

/* --- proposals --- */

static bool judge_proposal(struct rpc_call *c, const struct json_value *data)
{
	char text[VERDICT_DETAIL_SIZE + 96];
	struct block_info known;
	struct node_tip tip;
	struct verdict v;
	struct bytes raw;
	struct block b;
	const char *hex;
	size_t len;
	enum status st;

	if (!json_as_str(data, &hex, &len))
		return rpc_fail(c, RPC_TYPE_ERROR,
				"Missing data String key for proposal");
	if (!rpc_hex(c, hex, len, &raw) ||
	    block_parse(&b, raw.p, raw.len, c->arena) != ST_OK)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"Block decode failed");
	st = query_block(c->node, &b.id, &known);
	if (st == ST_OK) {
		json_str(c->w, known.active    ? "duplicate"
			       : known.invalid ? "duplicate-invalid"
					       : "duplicate-inconclusive");
		return true;
	}
	if (st == ST_NOT_FOUND)
		st = node_tip(c->node, &tip);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (!hash256_equal(&b.header.prev.h, &tip.id.h)) {
		json_str(c->w, "inconclusive-not-best-prevblk");
		return true;
	}
	st = node_judge_block(c->node, raw.p, raw.len, &v);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (v.code == VALID)
		json_nil(c->w);
	else
		json_str(c->w, verdict_reject(text, sizeof(text), &v));
	return true;
}

/* --- templates --- */

static bool has_rule(const struct json_value *rules, const char *rule)
{
	const char *s;
	size_t len;

	for (size_t i = 0; i < json_count(rules); i++)
		if (json_as_str(json_at(rules, i), &s, &len) &&
		    strcmp(s, rule) == 0)
			return true;
	return false;
}

static bool rules_are_known(struct rpc_call *c, const struct json_value *request)
{
	const struct json_value *rules = json_get_array(request, "rules");

	if (node_params(c->node)->signet_challenge_len &&
	    !has_rule(rules, "signet"))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"getblocktemplate must be called with the signet "
				"rule set (call with {\"rules\": [\"segwit\", "
				"\"signet\"]})");
	if (!has_rule(rules, "segwit"))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"getblocktemplate must be called with the segwit "
				"rule set (call with {\"rules\": [\"segwit\"]})");
	return true;
}

/* The tip's digits and what counts the pool's changes. */
static bool read_long_poll(struct rpc_call *c, const struct json_value *id,
			   struct hash256 *tip, int64_t *event)
{
	uint64_t n = 0;
	const char *s;
	size_t len;

	if (!json_as_str(id, &s, &len))
		return false;
	if (len < 64 || !hash256_parse(tip, s, 64))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"longpollid must be of length 64 or more, and begin "
				"with a hash");
	request_number(bytes_of(s + 64, len - 64), UINT64_MAX, &n);
	*event = (int64_t)n;
	return true;
}

/* True: wait on. */
static bool should_wait(struct rpc_call *c, const struct json_value *request,
			bool *failed)
{
	const struct json_value *id = json_get(request, "longpollid");
	struct hash256 watched;
	struct node_tip tip;
	int64_t event = 0, seen;
	enum status st;

	*failed = false;
	if (!id || json_kind(id) == JSON_KIND_NULL)
		return false;
	st = node_tip(c->node, &tip);
	if (st == ST_OK)
		st = query_last_change(c->node, &seen);
	if (st != ST_OK) {
		*failed = !rpc_fail_status(c, st);
		return false;
	}
	watched = tip.id.h;
	event = seen;
	if (!read_long_poll(c, id, &watched, &event) && c->code) {
		*failed = true;
		return false;
	}
	/* what is no text means "from now on" */
	if (json_kind(id) != JSON_KIND_STR && c->wait) {
		if (!c->wait->again) {
			c->wait->mark = watched;
			c->wait->mark_id = event;
		}
		watched = c->wait->mark;
		event = c->wait->mark_id;
	}
	if (!hash256_equal(&watched, &tip.id.h))
		return false;
	if (c->wait && event != seen &&
	    clock_mono_ms() - c->wait->since_ms >= LONG_POLL_MS)
		return false;
	return rpc_wait(c, 0);
}

static void put_depends(struct rpc_call *c, const struct block_template *t,
			uint32_t at)
{
	struct tx tx;

	json_key(c->w, "depends");
	json_arr_begin(c->w);
	if (tx_parse(&tx, t->tx[at].raw.p, t->tx[at].raw.len, c->arena) == ST_OK)
		for (uint32_t i = 0; i < at; i++)
			for (uint32_t k = 0; k < tx.n_in; k++)
				if (hash256_equal(&tx.in[k].prevout.txid.h,
						  &t->tx[i].txid.h)) {
					json_uint(c->w, i + 1);
					break;
				}
	json_arr_end(c->w);
}

static void put_transactions(struct rpc_call *c, const struct block_template *t)
{
	struct json_writer *w = c->w;

	json_key(w, "transactions");
	json_arr_begin(w);
	for (uint32_t i = 0; i < t->n_tx; i++) {
		const struct template_tx *x = &t->tx[i];

		json_obj_begin(w);
		json_put_hex(w, "data", x->raw.p, x->raw.len);
		json_put_hash(w, "txid", &x->txid.h);
		json_put_hash(w, "hash", &x->wtxid.h);
		put_depends(c, t, i);
		json_put_int(w, "fee", x->fee_sat);
		json_put_uint(w, "sigops", x->sigop_cost);
		json_put_uint(w, "weight", x->weight);
		json_obj_end(w);
	}
	json_arr_end(w);
}

static void put_strings(struct json_writer *w, const char *key,
			const char *const *text)
{
	json_key(w, key);
	json_arr_begin(w);
	for (; *text; text++)
		json_str(w, *text);
	json_arr_end(w);
}

static void put_rules(struct json_writer *w, const struct params *p,
		      uint32_t height)
{
	json_key(w, "rules");
	json_arr_begin(w);
	json_str(w, "csv");
	if (height >= p->segwit_height)
		json_str(w, "!segwit");
	if (p->signet_challenge_len)
		json_str(w, "!signet");
	if (height >= p->taproot_height)
		json_str(w, "taproot");
	json_arr_end(w);
}

static void put_template(struct rpc_call *c, const struct block_template *t,
			 int64_t event)
{
	static const char *const capabilities[] = {"proposal", NULL};
	static const char *const mutable[] = {"time", "transactions", "prevblock",
					      NULL};
	const struct params *p = node_params(c->node);
	struct json_writer *w = c->w;
	char text[HASH_TEXT_SIZE + 24], id[HASH_TEXT_SIZE];
	struct u256 target;
	uint8_t raw[32];
	bool segwit = t->height >= p->segwit_height;

	json_obj_begin(w);
	put_strings(w, "capabilities", capabilities);
	json_put_int(w, "version", t->header.version);
	put_rules(w, p, t->height);
	json_key(w, "vbavailable");
	json_obj_begin(w);
	json_obj_end(w);
	json_put_int(w, "vbrequired", 0);
	json_put_hash(w, "previousblockhash", &t->prev.h);
	put_transactions(c, t);
	json_key(w, "coinbaseaux");
	json_obj_begin(w);
	json_obj_end(w);
	json_put_int(w, "coinbasevalue", t->subsidy_sat + t->fees_sat);
	snprintf(text, sizeof(text), "%s%lld", hash256_text(id, &t->prev.h),
		 (long long)event);
	json_put_str(w, "longpollid", text);
	target_from_bits(&target, t->header.bits);
	u256_to_be(raw, &target);
	json_put_hex(w, "target", raw, sizeof(raw));
	json_put_int(w, "mintime", t->min_time);
	put_strings(w, "mutable", mutable);
	json_put_str(w, "noncerange", "00000000ffffffff");
	json_put_int(w, "sigoplimit", segwit ? 80000 : 20000);
	json_put_int(w, "sizelimit", segwit ? 4000000 : 1000000);
	if (segwit)
		json_put_int(w, "weightlimit", 4000000);
	json_put_uint(w, "curtime", t->header.time);
	snprintf(text, sizeof(text), "%08x", t->header.bits);
	json_put_str(w, "bits", text);
	json_put_uint(w, "height", t->height);
	if (p->signet_challenge_len)
		json_put_hex(w, "signet_challenge", p->signet_challenge,
			     p->signet_challenge_len);
	if (t->has_commitment)
		json_put_hex(w, "default_witness_commitment", t->commitment,
			     sizeof(t->commitment));
	json_obj_end(w);
}

bool rpc_getblocktemplate(struct rpc_call *c)
{
	const struct json_value *request = c->arg[0],
				*mode = json_get(request, "mode");
	struct block_template t;
	const char *s = "template";
	int64_t event;
	size_t len;
	bool failed;
	enum status st;

	if (mode && json_kind(mode) != JSON_KIND_NULL &&
	    !json_as_str(mode, &s, &len))
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid mode");
	if (strcmp(s, "proposal") == 0)
		return judge_proposal(c, json_get(request, "data"));
	if (strcmp(s, "template") != 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid mode");
	if (should_wait(c, request, &failed))
		return true;
	if (failed || !rules_are_known(c, request))
		return false;
	/* before the template: what comes meanwhile ends the next wait */
	st = query_last_change(c->node, &event);
	if (st == ST_OK)
		st = node_template_make(c->node, &t);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	put_template(c, &t, event);
	node_template_free(&t);
	return true;
}
