/* SPDX-License-Identifier: MIT */
/* What a wallet has: balances, coins, locks, sums received. */
#include <stdlib.h>

#include "fcgi/rpc/rpc_funds.h"
#include "node/query/query_mempool.h"
#include "primitives/address.h"

static bool coins_of(struct rpc_call *c, struct funds *f, struct funds_coin **v,
		     size_t *n)
{
	enum status st;

	if (!rpc_funds(c, f))
		return false;
	st = funds_coins(f, v, n);
	return st == ST_OK || rpc_fail_status(c, st);
}

/* --- balances --- */

bool rpc_getbalances(struct rpc_call *c)
{
	struct funds_balance b;
	struct funds_coin *v;
	struct funds f;
	size_t n;

	if (!coins_of(c, &f, &v, &n))
		return false;
	funds_sum(v, n, &b);
	json_obj_begin(c->w);
	json_key(c->w, "mine");
	json_obj_begin(c->w);
	json_put_amount(c->w, "trusted", b.confirmed);
	json_put_amount(c->w, "untrusted_pending", b.unconfirmed);
	json_put_amount(c->w, "immature", b.immature);
	json_obj_end(c->w);
	json_key(c->w, "lastprocessedblock");
	json_obj_begin(c->w);
	json_put_hash(c->w, "hash", &f.tip.id.h);
	json_put_uint(c->w, "height", f.tip.height);
	json_obj_end(c->w);
	json_obj_end(c->w);
	return true;
}

bool rpc_getbalance(struct rpc_call *c)
{
	const char *dummy = rpc_arg_str(c, 0);
	struct funds_coin *v;
	int64_t sum = 0;
	struct funds f;
	int minconf;
	size_t n;

	if (rpc_has(c, 0) && strcmp(dummy, "*") != 0)
		return rpc_fail(c, RPC_METHOD_DEPRECATED,
				"dummy first argument must be excluded or set to "
				"\"*\".");
	if (!rpc_arg_int32(c, 1, 0, &minconf) || !coins_of(c, &f, &v, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (v[i].trusted && !v[i].immature && v[i].confirmations >= minconf)
			sum += v[i].value;
	json_amount(c->w, sum);
	return true;
}

bool rpc_getunconfirmedbalance(struct rpc_call *c)
{
	struct funds_balance b;
	struct funds_coin *v;
	struct funds f;
	size_t n;

	if (!coins_of(c, &f, &v, &n))
		return false;
	funds_sum(v, n, &b);
	json_amount(c->w, b.unconfirmed);
	return true;
}

/* --- listunspent --- */

struct wanted {
	int64_t min_conf, max_conf, min, max, max_sum;
	uint64_t max_count;
	bool unsafe, immature;
	struct bytes *script;
	size_t n_script;
};

static bool read_addresses(struct rpc_call *c, struct wanted *k)
{
	const struct json_value *list = c->arg[2];
	const char *text;
	size_t len;

	k->n_script = json_count(list);
	k->script = arena_calloc(c->arena, k->n_script + 1, sizeof(*k->script));
	if (!k->script)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < k->n_script; i++) {
		if (!rpc_value_str(c, json_at(list, i), &text, &len) ||
		    !rpc_script_of(c, text, "Invalid Bitcoin address: ",
				   &k->script[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (bytes_equal(k->script[i], k->script[j]))
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter, duplicated "
						"address: %s", text);
	}
	return true;
}

static bool read_query(struct rpc_call *c, struct wanted *k)
{
	const struct json_value *o = c->arg[4], *v;
	int64_t n;

	if ((v = json_get(o, "minimumAmount")) && !rpc_value_amount(c, v, &k->min))
		return false;
	if ((v = json_get(o, "maximumAmount")) && !rpc_value_amount(c, v, &k->max))
		return false;
	if ((v = json_get(o, "minimumSumAmount")) &&
	    !rpc_value_amount(c, v, &k->max_sum))
		return false;
	if ((v = json_get(o, "maximumCount"))) {
		if (!rpc_value_int(c, v, 0, INT64_MAX, &n))
			return false;
		k->max_count = (uint64_t)n;
	}
	(void)json_get_bool(o, "include_immature_coinbase", &k->immature);
	return true;
}

static bool is_wanted(const struct wanted *k, const struct funds_coin *c)
{
	bool named = !k->n_script;

	for (size_t i = 0; i < k->n_script; i++)
		named |= bytes_equal(k->script[i], c->script->script);
	return named && !c->locked && (!c->immature || k->immature) &&
	       c->confirmations >= k->min_conf && c->confirmations <= k->max_conf &&
	       (c->safe || k->unsafe) && c->value >= k->min && c->value <= k->max;
}

/* redeemScript and witnessScript, as far as the descriptor knows them. */
static void put_scripts(struct rpc_call *c, const struct funds *f,
			const struct funds_script *s)
{
	struct script_form form = script_classify(s->script);
	struct provider p;
	struct bytes v;

	if (!funds_provider(f, s, &p))
		return;
	if (form.kind == SCRIPT_SCRIPTHASH &&
	    (v = provider_script(&p, form.data)).p) {
		json_put_hex(c->w, "redeemScript", v.p, v.len);
		form = script_classify(v);
	}
	if (form.kind == SCRIPT_WITNESS_V0_SCRIPTHASH &&
	    (v = provider_script(&p, form.data)).p)
		json_put_hex(c->w, "witnessScript", v.p, v.len);
}

static void put_coin(struct rpc_call *c, const struct funds *f,
		     const struct funds_coin *u)
{
	const struct funds_script *s = u->script;
	bool solvable = f->desc[s->desc].solvable;
	struct json_writer *w = c->w;
	struct pool_entry e;

	json_obj_begin(w);
	json_put_hash(w, "txid", &u->at.txid.h);
	json_put_uint(w, "vout", u->at.n);
	rpc_put_address(c, "address", s->script);
	if (s->label)
		json_put_str(w, "label", s->label);
	put_scripts(c, f, s);
	json_put_hex(w, "scriptPubKey", s->script.p, s->script.len);
	json_put_amount(w, "amount", u->value);
	json_put_int(w, "confirmations", u->confirmations);
	if (!u->confirmed && query_pool_entry(c->node, &u->at.txid, c->arena, &e) ==
				     ST_OK) {
		json_put_int(w, "ancestorcount", e.n_ancestors);
		json_put_int(w, "ancestorsize", e.ancestors_vb);
		json_put_int(w, "ancestorfees", e.ancestors_sat);
	}
	json_put_bool(w, "spendable", !(f->wallet.flags & PURSE_WATCH_ONLY) ||
					      solvable);
	json_put_bool(w, "solvable", solvable);
	if (solvable)
		rpc_put_desc(c, f, s);
	rpc_put_parent_descs(c, f, s);
	json_put_bool(w, "safe", u->safe);
	json_obj_end(w);
}

bool rpc_listunspent(struct rpc_call *c)
{
	struct wanted k = {.max = MONEY_MAX_SAT, .unsafe = rpc_arg_bool(c, 3, true)};
	struct funds_coin *v;
	struct funds f;
	uint64_t count = 0;
	int64_t sum = 0;
	size_t n;

	if (!rpc_arg_int(c, 0, 1, INT32_MIN, INT32_MAX, &k.min_conf) ||
	    !rpc_arg_int(c, 1, 9999999, INT32_MIN, INT32_MAX, &k.max_conf) ||
	    !read_addresses(c, &k) || !read_query(c, &k) ||
	    !coins_of(c, &f, &v, &n))
		return false;
	json_arr_begin(c->w);
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(&k, &v[i]))
			continue;
		if ((k.max_count && count >= k.max_count) ||
		    (k.max_sum && sum >= k.max_sum))
			break;
		put_coin(c, &f, &v[i]);
		count++;
		sum += v[i].value;
	}
	json_arr_end(c->w);
	return true;
}

/* --- lockunspent --- */

bool rpc_lockunspent(struct rpc_call *c)
{
	bool unlock = rpc_arg_bool(c, 0, false);
	const struct json_value *list = c->arg[1];
	struct funds f;
	bool own;
	enum status st = ST_OK;

	if (!rpc_funds(c, &f))
		return false;
	if (!rpc_has(c, 1)) {
		if (unlock)
			st = purse_unlock_all(f.at.purse, f.wallet.id);
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		json_bool(c->w, true);
		return true;
	}
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json_value *o = json_at(list, i);
		struct output_info info;
		struct outpoint at;
		int64_t n;

		if (!rpc_value_hash(c, json_get(o, "txid"), "txid", &at.txid.h) ||
		    !rpc_value_int(c, json_get(o, "vout"), INT32_MIN, INT32_MAX, &n))
			return false;
		if (n < 0)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, vout cannot be negative");
		at.n = (uint32_t)n;
		st = query_output(c->node, &at, c->arena, &info);
		if (st == ST_NOT_FOUND)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, unknown transaction");
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		if (info.spent)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, expected unspent "
					"output");
		if (unlock != funds_is_locked(&f, &at))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					unlock ? "Invalid parameter, expected locked "
						 "output"
					       : "Invalid parameter, output already "
						 "locked");
	}
	st = purse_begin(f.at.purse, &own);
	for (size_t i = 0; st == ST_OK && i < json_count(list); i++) {
		struct outpoint at = {0};
		int64_t n = 0;

		(void)json_get_hash(json_at(list, i), "txid", &at.txid.h);
		(void)json_get_int(json_at(list, i), "vout", &n);
		at.n = (uint32_t)n;
		st = unlock ? purse_unlock(f.at.purse, f.wallet.id, &at)
			    : purse_lock(f.at.purse, f.wallet.id, &at);
	}
	st = purse_end(f.at.purse, own, st);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_bool(c->w, true);
	return true;
}

bool rpc_listlockunspent(struct rpc_call *c)
{
	struct funds f;

	if (!rpc_funds(c, &f))
		return false;
	json_arr_begin(c->w);
	for (size_t i = 0; i < f.n_locked; i++) {
		json_obj_begin(c->w);
		json_put_hash(c->w, "txid", &f.locked[i].txid.h);
		json_put_uint(c->w, "vout", f.locked[i].n);
		json_obj_end(c->w);
	}
	json_arr_end(c->w);
	return true;
}

/* --- what came --- */

static bool counts(const struct funds *f, const struct funds_tx *x, int minconf,
		   bool immature)
{
	if (x->state == FUNDS_GONE || x->confirmations < minconf)
		return false;
	return immature || !x->t.coinbase ||
	       x->confirmations > node_params(f->at.node)->maturity;
}

bool rpc_getreceivedbyaddress(struct rpc_call *c)
{
	struct bytes script;
	struct funds_tx *v;
	struct funds f;
	int64_t sum = 0;
	int minconf;
	size_t n;
	enum status st;

	if (!rpc_arg_int32(c, 1, 1, &minconf) || !rpc_funds(c, &f) ||
	    !rpc_script_of(c, rpc_arg_str(c, 0), "Invalid Bitcoin address", &script))
		return false;
	if (!funds_find(&f, script))
		return rpc_fail(c, RPC_WALLET_ERROR, "Address not found in wallet");
	st = funds_history(&f, 0, 0, &v, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (size_t i = 0; i < n; i++) {
		const struct tx *tx = &v[i].t.tx;

		if (!counts(&f, &v[i], minconf, rpc_arg_bool(c, 2, false)))
			continue;
		for (uint32_t k = 0; k < tx->n_out; k++)
			if (bytes_equal(tx->out[k].script, script))
				sum += tx->out[k].value;
	}
	json_amount(c->w, sum);
	return true;
}

static void put_received(struct rpc_call *c, const struct funds *f,
			 const struct funds_script *s, const struct funds_tx *v,
			 size_t n, int minconf, bool empty, bool immature)
{
	int64_t sum = 0, conf = INT64_MAX;
	struct json_writer *w = c->w;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!counts(f, &v[i], minconf, immature))
			continue;
		for (uint32_t k = 0; k < v[i].t.tx.n_out; k++) {
			if (!bytes_equal(v[i].t.tx.out[k].script, s->script))
				continue;
			sum += v[i].t.tx.out[k].value;
			any = true;
			if (v[i].confirmations < conf)
				conf = v[i].confirmations;
		}
	}
	if (!any && !empty)
		return;
	json_obj_begin(w);
	rpc_put_address(c, "address", s->script);
	json_put_amount(w, "amount", sum);
	json_put_int(w, "confirmations", any ? conf : 0);
	json_put_str(w, "label", s->label);
	json_key(w, "txids");
	json_arr_begin(w);
	for (size_t i = 0; i < n; i++) {
		bool pays = false;

		if (!counts(f, &v[i], minconf, immature))
			continue;
		for (uint32_t k = 0; k < v[i].t.tx.n_out; k++)
			pays |= bytes_equal(v[i].t.tx.out[k].script, s->script);
		if (pays)
			json_hash(w, &v[i].t.tx.txid.h);
	}
	json_arr_end(w);
	json_obj_end(w);
}

bool rpc_listreceivedbyaddress(struct rpc_call *c)
{
	bool empty = rpc_arg_bool(c, 1, false), immature = rpc_arg_bool(c, 4, false);
	struct bytes only = {0};
	struct funds_tx *v;
	struct funds f;
	int minconf;
	size_t n;
	enum status st;

	if (!rpc_arg_int32(c, 0, 1, &minconf) || !rpc_funds(c, &f))
		return false;
	if (rpc_has(c, 3) && !rpc_script_of(c, rpc_arg_str(c, 3), "", &only))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"address_filter parameter was invalid");
	st = funds_history(&f, 0, 0, &v, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_arr_begin(c->w);
	for (size_t i = 0; i < f.n_script; i++) {
		const struct funds_script *s = &f.script[i];

		if (s->label && (!only.p || bytes_equal(only, s->script)))
			put_received(c, &f, s, v, n, minconf, empty, immature);
	}
	json_arr_end(c->w);
	return true;
}
