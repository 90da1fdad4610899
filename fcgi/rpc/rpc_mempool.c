/* SPDX-License-Identifier: MIT */
/* The pool of unconfirmed transactions. */
#include "fcgi/rpc/rpc_rawtx.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "node/core/announce.h"
#include "node/pool/mempool.h"
#include "node/query/query_mempool.h"

#define POOL_MAX 10000000u

bool rpc_getmempoolinfo(struct rpc_call *c)
{
	const struct mempool_policy *p = node_mempool_policy(c->node);
	struct json_writer *w = c->w;
	struct mempool_info i;
	enum status st = node_mempool_info(c->node, &i);

	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(w);
	json_put_bool(w, "loaded", true);
	json_put_int(w, "size", i.count);
	json_put_int(w, "bytes", i.vsize);
	json_put_int(w, "usage", i.usage_bytes);
	json_put_amount(w, "total_fee", i.fees_sat);
	json_put_int(w, "maxmempool", p->max_bytes);
	json_put_amount(w, "mempoolminfee", i.min_fee_sat_kvb);
	json_put_amount(w, "minrelaytxfee", p->min_relay_sat_kvb);
	json_put_amount(w, "incrementalrelayfee", p->incremental_sat_kvb);
	json_put_int(w, "unbroadcastcount", i.untold);
	json_put_bool(w, "fullrbf", p->full_rbf);
	json_obj_end(w);
	return true;
}

static void put_ids(struct json_writer *w, const struct txid *ids, uint32_t n)
{
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++)
		json_hash(w, &ids[i].h);
	json_arr_end(w);
}

static void put_entry(struct json_writer *w, const struct pool_entry *e)
{
	json_obj_begin(w);
	json_put_uint(w, "vsize", e->vsize);
	json_put_uint(w, "weight", e->weight);
	json_put_int(w, "time", e->at);
	json_put_uint(w, "height", e->height);
	json_put_int(w, "descendantcount", e->n_descendants);
	json_put_int(w, "descendantsize", e->descendants_vb);
	json_put_int(w, "ancestorcount", e->n_ancestors);
	json_put_int(w, "ancestorsize", e->ancestors_vb);
	json_put_hash(w, "wtxid", &e->wtxid.h);
	json_key(w, "fees");
	json_obj_begin(w);
	json_put_amount(w, "base", e->fee_sat);
	json_put_amount(w, "modified", e->fee_sat + e->delta_sat);
	json_put_amount(w, "ancestor", e->ancestors_sat);
	json_put_amount(w, "descendant", e->descendants_sat);
	json_obj_end(w);
	json_key(w, "depends");
	put_ids(w, e->parent, e->n_parents);
	json_key(w, "spentby");
	put_ids(w, e->child, e->n_children);
	json_put_bool(w, "bip125-replaceable", e->replaceable);
	json_put_bool(w, "unbroadcast", e->untold);
	json_obj_end(w);
}

static bool put_keyed(struct rpc_call *c, const struct pool_entry *e)
{
	char text[HASH_TEXT_SIZE];

	json_key(c->w, hash256_text(text, &e->txid.h));
	put_entry(c->w, e);
	return true;
}

static bool whole_pool(struct rpc_call *c)
{
	struct pool_entry e = {0};
	enum status st;

	json_obj_begin(c->w);
	while ((st = query_pool_next(c->node, e.id, c->arena, &e)) == ST_OK)
		put_keyed(c, &e);
	json_obj_end(c->w);
	return st == ST_NOT_FOUND || rpc_fail_status(c, st);
}

bool rpc_getrawmempool(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	bool sequence = rpc_arg_bool(c, 1, false);
	struct txid *ids;
	int64_t event;
	uint32_t n;
	enum status st;

	if (rpc_arg_bool(c, 0, false)) {
		if (sequence)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Verbose results cannot contain mempool "
					"sequence values.");
		return whole_pool(c);
	}
	st = query_pool_ids(c->node, POOL_MAX, c->arena, &ids, &n);
	if (st == ST_OK)
		st = query_last_change(c->node, &event);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (!sequence) {
		put_ids(w, ids, n);
		return true;
	}
	json_obj_begin(w);
	json_key(w, "txids");
	put_ids(w, ids, n);
	json_put_int(w, "mempool_sequence", event + 1);
	json_obj_end(w);
	return true;
}

static bool entry_of(struct rpc_call *c, const struct txid *id,
		     struct pool_entry *e)
{
	enum status st = query_pool_entry(c->node, id, c->arena, e);

	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Transaction not in mempool");
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_getmempoolentry(struct rpc_call *c)
{
	struct pool_entry e;
	struct txid id;

	if (!rpc_arg_hash(c, 0, "parameter 1", &id.h) || !entry_of(c, &id, &e))
		return false;
	put_entry(c->w, &e);
	return true;
}

static bool family(struct rpc_call *c, bool ancestors)
{
	struct pool_entry e;
	struct txid id, *ids;
	uint32_t n;
	enum status st;

	if (!rpc_arg_hash(c, 0, "parameter 1", &id.h) || !entry_of(c, &id, &e))
		return false;
	st = query_pool_relatives(c->node, &id, ancestors, c->arena, &ids, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (!rpc_arg_bool(c, 1, false)) {
		put_ids(c->w, ids, n);
		return true;
	}
	json_obj_begin(c->w);
	for (uint32_t i = 0; i < n; i++)
		if (!entry_of(c, &ids[i], &e) || !put_keyed(c, &e))
			return false;
	json_obj_end(c->w);
	return true;
}

bool rpc_getmempoolancestors(struct rpc_call *c)
{
	return family(c, true);
}

bool rpc_getmempooldescendants(struct rpc_call *c)
{
	return family(c, false);
}

bool rpc_gettxspendingprevout(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	size_t n = json_count(c->arg[0]);

	if (n == 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, outputs are missing");
	json_arr_begin(w);
	for (size_t i = 0; i < n; i++) {
		const struct json_value *v = json_at(c->arg[0], i), *item;
		struct outpoint at;
		struct txid by;
		const char *key;
		void *pos = NULL;
		int64_t vout;
		enum status st;

		if (json_kind(v) != JSON_KIND_OBJECT)
			return rpc_fail_type(c, v, "object");
		while (json_next(v, &pos, &key, &item))
			if (strcmp(key, "txid") != 0 && strcmp(key, "vout") != 0)
				return rpc_fail(c, RPC_TYPE_ERROR,
						"Unexpected key %.200s", key);
		if (!json_get(v, "txid"))
			return rpc_fail(c, RPC_TYPE_ERROR, "Missing txid");
		if (!json_get(v, "vout"))
			return rpc_fail(c, RPC_TYPE_ERROR, "Missing vout");
		if (!rpc_value_hash(c, json_get(v, "txid"), "txid",
				    &at.txid.h) ||
		    !rpc_value_int(c, json_get(v, "vout"), INT32_MIN, INT32_MAX,
				   &vout))
			return false;
		if (vout < 0)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, vout cannot be negative");
		at.n = (uint32_t)vout;
		st = query_pool_spender(c->node, &at, &by);
		if (st != ST_OK && st != ST_NOT_FOUND)
			return rpc_fail_status(c, st);
		json_obj_begin(w);
		json_put_hash(w, "txid", &at.txid.h);
		json_put_int(w, "vout", vout);
		if (st == ST_OK)
			json_put_hash(w, "spendingtxid", &by.h);
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

/* --- judging --- */

/* The argument's transactions; decoded and as bytes. */
static bool read_txs(struct rpc_call *c, uint32_t least, struct tx *tx,
		     struct bytes *raw, uint32_t *n)
{
	*n = (uint32_t)json_count(c->arg[0]);
	if (*n < least || *n > PACKAGE_TX_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Array must contain between %u and %d transactions.",
				least, PACKAGE_TX_MAX);
	for (uint32_t i = 0; i < *n; i++) {
		const char *hex;
		size_t len;

		if (!rpc_value_str(c, json_at(c->arg[0], i), &hex, &len))
			return false;
		if (!rpc_tx_decode(c, hex, len, &tx[i]))
			return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
					"TX decode failed: %.900s Make sure the tx "
					"has at least one input.", hex);
		raw[i] = tx[i].raw;
	}
	return true;
}

static void put_fees(struct json_writer *w, const struct tx_result *r,
		     const struct wtxid *together, uint32_t n)
{
	json_key(w, "fees");
	json_obj_begin(w);
	json_put_amount(w, "base", r->fee_sat);
	if (n) {
		json_put_amount(w, "effective-feerate",
				r->group_vsize ? r->group_fee_sat * 1000 /
							 r->group_vsize
					       : 0);
		json_key(w, "effective-includes");
		json_arr_begin(w);
		for (uint32_t i = 0; i < n; i++)
			json_hash(w, &together[i].h);
		json_arr_end(w);
	}
	json_obj_end(w);
}

static void put_reason(struct json_writer *w, const struct verdict *v)
{
	char text[VERDICT_DETAIL_SIZE + 128];

	json_put_str(w, "reject-reason", verdict_reject(text, sizeof(text), v));
}

bool rpc_testmempoolaccept(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct tx tx[PACKAGE_TX_MAX];
	struct bytes raw[PACKAGE_TX_MAX];
	struct tx_result r[PACKAGE_TX_MAX];
	struct tx_options o = {.source = "rpc", .test_only = true};
	char text[VERDICT_DETAIL_SIZE + 128];
	struct verdict package;
	int64_t rate;
	uint32_t n;
	enum status st;

	if (!read_txs(c, 1, tx, raw, &n) || !rpc_fee_rate(c, c->arg[1], &rate))
		return false;
	verdict_init(&package);
	memset(r, 0, sizeof(r));
	if (n > 1) {
		st = node_test_txs(c->node, raw, n, &o, r, &package);
	} else {
		st = node_accept_tx(c->node, raw[0].p, raw[0].len, &o, &r[0]);
		r[0].judged = true;
	}
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++) {
		bool dear = rate && r[i].judged && r[i].verdict.code == VALID &&
			    r[i].fee_sat > rate * r[i].vsize / 1000;

		json_obj_begin(w);
		json_put_hash(w, "txid", &tx[i].txid.h);
		json_put_hash(w, "wtxid", &tx[i].wtxid.h);
		if (package.code != VALID && package.code != V_PACKAGE_TX) {
			json_put_str(w, "package-error",
				     rpc_reject_text(text, sizeof(text),
						     &package));
		} else if (!r[i].judged) {
			/* one before it was refused: nothing is said of it */
		} else if (r[i].verdict.code != VALID) {
			json_put_bool(w, "allowed", false);
			put_reason(w, &r[i].verdict);
		} else if (dear) {
			json_put_bool(w, "allowed", false);
			json_put_str(w, "reject-reason", "max-fee-exceeded");
			/* nothing is said of those behind it */
			for (uint32_t k = i + 1; k < n; k++)
				r[k].judged = false;
		} else {
			json_put_bool(w, "allowed", true);
			json_put_uint(w, "vsize", r[i].vsize);
			put_fees(w, &r[i], &tx[i].wtxid, 1);
		}
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

/* --- packages --- */

static void put_result(struct rpc_call *c, const struct tx *tx,
		       const struct tx_result *r, uint32_t n, uint32_t i)
{
	struct json_writer *w = c->w;
	char text[VERDICT_DETAIL_SIZE + 128];
	struct wtxid together[PACKAGE_TX_MAX];
	uint32_t m = 0;

	json_key(w, hash256_text(text, &tx[i].wtxid.h));
	json_obj_begin(w);
	json_put_hash(w, "txid", &tx[i].txid.h);
	if (r[i].verdict.code != VALID && !r[i].known) {
		json_put_str(w, "error",
			     rpc_reject_text(text, sizeof(text), &r[i].verdict));
	} else if (r[i].known &&
		   !hash256_equal(&r[i].pool_wtxid.h, &tx[i].wtxid.h)) {
		json_put_hash(w, "other-wtxid", &r[i].pool_wtxid.h);
	} else {
		json_put_uint(w, "vsize", r[i].vsize);
		/* those whose rate counted together */
		for (uint32_t k = 0; k < n && !r[i].known; k++)
			if (k == i || (r[i].group_vsize != r[i].vsize &&
				       r[k].group_vsize == r[i].group_vsize &&
				       r[k].group_fee_sat == r[i].group_fee_sat))
				together[m++] = tx[k].wtxid;
		put_fees(w, &r[i], together, m);
	}
	json_obj_end(w);
}

static bool spends(const struct tx *child, const struct tx *parent)
{
	for (uint32_t i = 0; i < child->n_in; i++)
		if (hash256_equal(&child->in[i].prevout.txid.h, &parent->txid.h))
			return true;
	return false;
}

/* The last spends all others, which do not spend each other. */
static bool is_child_with_parents(const struct tx *tx, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i++) {
		if (!spends(&tx[n - 1], &tx[i]))
			return false;
		for (uint32_t k = 0; k + 1 < n; k++)
			if (spends(&tx[i], &tx[k]) ||
			    (k != i && hash256_equal(&tx[i].txid.h, &tx[k].txid.h)))
				return false;
	}
	return true;
}

/* A package that is refused for its form says nothing of its members. */
static bool any_judged(const struct tx_result *r, uint32_t n,
		       const struct verdict *package)
{
	for (uint32_t i = 0; i < n; i++)
		if (package->code == VALID || r[i].known ||
		    r[i].verdict.code != VALID)
			return true;
	return false;
}

bool rpc_submitpackage(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct tx tx[PACKAGE_TX_MAX];
	struct bytes raw[PACKAGE_TX_MAX];
	struct tx_result r[PACKAGE_TX_MAX];
	struct tx_options o = {.source = "rpc", .own = true};
	struct verdict package;
	struct txid *replaced;
	int64_t rate, burn = 0, before;
	uint32_t n, n_replaced;
	char text[VERDICT_DETAIL_SIZE + 128];
	enum status st;

	if (!rpc_fee_rate(c, c->arg[1], &rate) ||
	    (rpc_has(c, 2) && !rpc_value_amount(c, c->arg[2], &burn)) ||
	    !read_txs(c, 2, tx, raw, &n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (rpc_burns(&tx[i], burn))
			return rpc_fail(c, RPC_VERIFY_ERROR,
					"Unspendable output exceeds maximum "
					"configured by user (maxburnamount)");
	o.max_rate_sat_kvb = rate;
	if (!is_child_with_parents(tx, n))
		return rpc_fail(c, RPC_VERIFY_ERROR,
				"package topology disallowed. not child-with-parents "
				"or parents depend on each other.");
	st = query_last_event(c->node, &before);
	if (st == ST_OK)
		st = node_accept_package(c->node, raw, n, &o, r, &package);
	if (st == ST_OK)
		st = query_replaced(c->node, before, tx, n, c->arena, &replaced,
				    &n_replaced);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	announce_nudge(c->node);
	json_obj_begin(w);
	json_put_str(w, "package_msg",
		     package.code == VALID
			     ? "success"
			     : rpc_reject_text(text, sizeof(text), &package));
	json_key(w, "tx-results");
	json_obj_begin(w);
	for (uint32_t i = 0; any_judged(r, n, &package) && i < n; i++)
		put_result(c, tx, r, n, i);
	json_obj_end(w);
	json_key(w, "replaced-transactions");
	json_arr_begin(w);
	for (uint32_t i = 0; i < n_replaced; i++)
		json_hash(w, &replaced[i].h);
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_savemempool(struct rpc_call *c)
{
	/* it is in the database: always saved */
	json_obj_begin(c->w);
	json_put_str(c->w, "filename", node_db_path(c->node));
	json_obj_end(c->w);
	return true;
}
