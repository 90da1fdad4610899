/* SPDX-License-Identifier: MIT */
/* What came and went, as Bitcoin Core tells it: an entry for each output. */
#include "fcgi/rpc/rpc_funds.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "primitives/address.h"

struct listing {
	struct funds *f;
	bool details;		/* what gettransaction shows of each */
	bool change;		/* change, too */
	const char *label;	/* only these received; NULL: all */
	int64_t depth;		/* at least so many confirmations */
	bool removed;		/* of a block that is no longer in the chain */
};

static bool is_trusted(const struct funds_tx *x)
{
	return x->state == FUNDS_CONFIRMED ||
	       (x->state == FUNDS_WAITING && x->all_ours);
}

/* The place in its block. */
static void put_place(struct rpc_call *c, const struct funds_tx *x)
{
	struct txid *ids;
	uint32_t n;

	json_put_hash(c->w, "blockhash", &x->t.block.h);
	json_put_uint(c->w, "blockheight", x->t.height);
	if (query_block_txids(c->node, &x->t.block, c->arena, &ids, &n) == ST_OK) {
		for (uint32_t i = 0; i < n; i++)
			if (hash256_equal(&ids[i].h, &x->t.tx.txid.h))
				json_put_uint(c->w, "blockindex", i);
	}
	json_put_uint(c->w, "blocktime", x->t.block_time);
}

/* Others of the wallet that spend the same coins: replacements. */
static void put_conflicts(struct rpc_call *c, const struct funds *f,
			  const struct funds_tx *x)
{
	json_key(c->w, "walletconflicts");
	json_arr_begin(c->w);
	for (size_t i = 0; i < f->n_sent; i++) {
		const struct purse_sent *s = &f->sent[i];
		struct arena *a = f->arena;
		bool hit = false;
		struct tx tx;

		if (hash256_equal(&s->txid.h, &x->t.tx.txid.h) ||
		    tx_parse(&tx, s->raw.p, s->raw.len, a) != ST_OK)
			continue;
		for (uint32_t k = 0; k < tx.n_in; k++)
			for (uint32_t m = 0; m < x->t.tx.n_in; m++)
				hit |= outpoint_equal(&tx.in[k].prevout,
						      &x->t.tx.in[m].prevout);
		if (hit)
			json_hash(c->w, &s->txid.h);
	}
	json_arr_end(c->w);
	json_key(c->w, "mempoolconflicts");
	json_arr_begin(c->w);
	json_arr_end(c->w);
}

static void put_common(struct rpc_call *c, const struct funds *f,
		       const struct funds_tx *x)
{
	struct json_writer *w = c->w;
	struct tx tx = x->t.tx;

	json_put_int(w, "confirmations", x->confirmations);
	if (x->t.coinbase)
		json_put_bool(w, "generated", true);
	if (x->state == FUNDS_CONFIRMED)
		put_place(c, x);
	else
		json_put_bool(w, "trusted", is_trusted(x));
	json_put_hash(w, "txid", &x->t.tx.txid.h);
	if (tx_parse(&tx, x->t.tx.raw.p, x->t.tx.raw.len, f->arena) == ST_OK)
		json_put_hash(w, "wtxid", &tx.wtxid.h);
	put_conflicts(c, f, x);
	if (x->note && x->note->has_replaced_by)
		json_put_hash(w, "replaced_by_txid", &x->note->replaced_by.h);
	if (x->note && x->note->has_replaces)
		json_put_hash(w, "replaces_txid", &x->note->replaces.h);
	json_put_int(w, "time", x->note && x->note->at < x->time ? x->note->at
								 : x->time);
	json_put_int(w, "timereceived", x->note ? x->note->at : x->time);
	json_put_str(w, "bip125-replaceable",
		     x->confirmations > 0 ? "no"
		     : x->state == FUNDS_GONE ? "unknown"
		     : x->replaceable ? "yes" : "no");
	if (x->note && *x->note->comment)
		json_put_str(w, "comment", x->note->comment);
	if (x->note && *x->note->comment_to)
		json_put_str(w, "to", x->note->comment_to);
}

static void put_sent(struct rpc_call *c, const struct listing *l,
		     const struct funds_tx *x, uint32_t i)
{
	const struct txout *out = &x->t.tx.out[i];
	struct json_writer *w = c->w;

	json_obj_begin(w);
	rpc_put_address(c, "address", out->script);
	json_put_str(w, "category", "send");
	json_put_amount(w, "amount", -out->value);
	if (funds_label(l->f, out->script))
		json_put_str(w, "label", funds_label(l->f, out->script));
	json_put_uint(w, "vout", i);
	json_put_amount(w, "fee", -(x->all_ours ? x->t.fee_sat
						: x->in_sat - x->out_sat));
	if (!l->details)
		put_common(c, l->f, x);
	json_put_bool(w, "abandoned", x->note && x->note->abandoned);
	json_obj_end(w);
}

static const char *category(const struct funds *f, const struct funds_tx *x)
{
	if (!x->t.coinbase)
		return "receive";
	if (x->confirmations < 1)
		return "orphan";
	return x->confirmations <= node_params(f->at.node)->maturity ? "immature"
								    : "generate";
}

static void put_received(struct rpc_call *c, const struct listing *l,
			 const struct funds_tx *x, uint32_t i,
			 const struct funds_script *s)
{
	const struct txout *out = &x->t.tx.out[i];
	struct json_writer *w = c->w;

	json_obj_begin(w);
	rpc_put_address(c, "address", out->script);
	rpc_put_parent_descs(c, l->f, s);
	json_put_str(w, "category", category(l->f, x));
	json_put_amount(w, "amount", out->value);
	if (s->label)
		json_put_str(w, "label", s->label);
	json_put_uint(w, "vout", i);
	json_put_bool(w, "abandoned", x->note && x->note->abandoned);
	if (!l->details)
		put_common(c, l->f, x);
	json_obj_end(w);
}

/* Its entries: what was sent, then what was received. Returns how many; writes
 * those from `skip` on, at most `max`, when write. */
static size_t entries(struct rpc_call *c, const struct listing *l,
		      const struct funds_tx *x, bool write, size_t skip, size_t max)
{
	const struct tx *tx = &x->t.tx;
	size_t n = 0;

	for (uint32_t i = 0; x->in_sat > 0 && !l->label && i < tx->n_out; i++) {
		const struct funds_script *s = funds_find(l->f, tx->out[i].script);

		if (s && !s->label && !l->change)
			continue;
		if (write && n >= skip && n - skip < max)
			put_sent(c, l, x, i);
		n++;
	}
	if (x->confirmations < l->depth)
		return n;
	for (uint32_t i = 0; i < tx->n_out; i++) {
		const struct funds_script *s = funds_find(l->f, tx->out[i].script);

		if (!s || (x->in_sat > 0 && !s->label && !l->change))
			continue;
		if (l->label && strcmp(s->label ? s->label : "", l->label) != 0)
			continue;
		if (write && n >= skip && n - skip < max)
			put_received(c, l, x, i, s);
		n++;
	}
	return n;
}

bool rpc_listtransactions(struct rpc_call *c)
{
	const char *label = rpc_arg_str(c, 0);
	struct listing l = {.depth = INT64_MIN};
	int64_t count, from, total = 0, end;
	struct funds_tx *v;
	struct funds f;
	size_t n, limit;
	enum status st;

	l.f = &f;
	if (!rpc_funds(c, &f) || !rpc_arg_int(c, 1, 10, INT32_MIN, INT32_MAX, &count) ||
	    !rpc_arg_int(c, 2, 0, INT32_MIN, INT32_MAX, &from))
		return false;
	if (rpc_has(c, 0) && strcmp(label, "*") != 0) {
		l.label = label;
		if (!*label)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Label argument must be a valid label name "
					"or \"*\".");
	}
	if (count < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Negative count");
	if (from < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Negative from");
	/* a transaction may have no entry: look at more until there are enough */
	for (limit = (size_t)(count + from) + 1;; limit *= 4) {
		st = funds_history(&f, 0, limit, &v, &n);
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		total = 0;
		for (size_t i = 0; i < n; i++)
			total += (int64_t)entries(c, &l, &v[i], false, 0, 0);
		if (total >= count + from || n < limit)
			break;
	}
	/* the newest is last; `from` are skipped at that end */
	end = total - from;
	json_arr_begin(c->w);
	total = 0;
	for (size_t i = n; i-- > 0;) {
		int64_t has = (int64_t)entries(c, &l, &v[i], false, 0, 0);
		int64_t first = end - count - total, last = end - total;

		if (last > 0 && first < has && has)
			entries(c, &l, &v[i], true, first > 0 ? (size_t)first : 0,
				(size_t)((last < has ? last : has) -
					 (first > 0 ? first : 0)));
		total += has;
	}
	json_arr_end(c->w);
	return true;
}

/* The transactions of blocks that a reorganisation took away, from `id` down. */
static bool put_removed(struct rpc_call *c, struct funds *f,
			const struct block_info *from)
{
	struct block_info b = *from;
	struct blkid prev;

	while (!b.active && b.height) {
		struct txid *ids;
		uint32_t n;

		if (query_block_txids(c->node, &b.id, c->arena, &ids, &n) == ST_OK) {
			for (uint32_t i = 0; i < n; i++) {
				struct listing l = {.f = f, .depth = INT64_MIN};
				struct funds_tx x;

				if (funds_tx(f, &ids[i], &x) == ST_OK)
					entries(c, &l, &x, true, 0, SIZE_MAX);
			}
		}
		prev = b.header.prev;
		if (query_block(c->node, &prev, &b) != ST_OK)
			break;
	}
	return true;
}

/* Where its branch leaves the active chain. */
static bool fork_height(struct rpc_call *c, struct block_info b, uint32_t *height)
{
	enum status st = ST_OK;

	while (st == ST_OK && !b.active && b.height) {
		const struct blkid prev = b.header.prev;

		st = query_block(c->node, &prev, &b);
	}
	*height = b.height;
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_listsinceblock(struct rpc_call *c)
{
	struct listing l = {.depth = INT64_MIN, .change = rpc_arg_bool(c, 4, false),
			    .label = rpc_has(c, 5) ? rpc_arg_str(c, 5) : NULL};
	bool has_block = *rpc_arg_str(c, 0), removed = rpc_arg_bool(c, 3, true);
	struct block_info block = {0}, last;
	uint32_t height = 0;
	struct funds_tx *v;
	int64_t target;
	struct funds f;
	size_t n;
	enum status st;

	l.f = &f;
	if (!rpc_funds(c, &f) ||
	    !rpc_arg_int(c, 1, 1, INT32_MIN, INT32_MAX, &target))
		return false;
	if (has_block) {
		if (!rpc_arg_hash(c, 0, "blockhash", &block.id.h))
			return false;
		st = query_block(c->node, &block.id, &block);
		if (st == ST_NOT_FOUND)
			return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
					"Block not found");
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		if (!fork_height(c, block, &height))
			return false;
	}
	if (target < 1)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid parameter");
	st = funds_history(&f, 0, 0, &v, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(c->w);
	json_key(c->w, "transactions");
	json_arr_begin(c->w);
	for (size_t i = n; i-- > 0;)
		if (!has_block || v[i].state != FUNDS_CONFIRMED ||
		    v[i].t.height > height)
			entries(c, &l, &v[i], true, 0, SIZE_MAX);
	json_arr_end(c->w);
	if (removed) {
		json_key(c->w, "removed");
		json_arr_begin(c->w);
		if (has_block && !block.active)
			put_removed(c, &f, &block);
		json_arr_end(c->w);
	}
	st = query_block_at(c->node, (int64_t)f.tip.height + 1 > target
				     ? f.tip.height + 1 - (uint32_t)target : 0,
			    &last);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_put_hash(c->w, "lastblock", &last.id.h);
	json_obj_end(c->w);
	return true;
}

static bool own_tx(struct rpc_call *c, struct funds *f, struct funds_tx *x)
{
	struct txid id;
	enum status st;

	if (!rpc_funds(c, f) || !rpc_arg_hash(c, 0, "txid", &id.h))
		return false;
	st = funds_tx(f, &id, x);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Invalid or non-wallet transaction id");
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_gettransaction(struct rpc_call *c)
{
	struct listing l = {.details = true, .depth = INT64_MIN};
	struct json_writer *w = c->w;
	struct funds_tx x;
	struct funds f;
	int64_t fee;
	struct tx tx;

	l.f = &f;
	if (!own_tx(c, &f, &x))
		return false;
	/* what was paid in all, the fee aside */
	fee = x.in_sat > 0 && x.all_ours ? x.t.fee_sat : 0;
	json_obj_begin(w);
	json_put_amount(w, "amount", x.out_sat - x.in_sat + fee);
	if (x.in_sat > 0 && x.all_ours)
		json_put_amount(w, "fee", -fee);
	put_common(c, &f, &x);
	json_key(w, "details");
	json_arr_begin(w);
	entries(c, &l, &x, true, 0, SIZE_MAX);
	json_arr_end(w);
	json_put_hex(w, "hex", x.t.tx.raw.p, x.t.tx.raw.len);
	if (rpc_arg_bool(c, 2, false)) {
		if (tx_parse(&tx, x.t.tx.raw.p, x.t.tx.raw.len, c->arena) != ST_OK)
			return rpc_fail_status(c, ST_CORRUPT);
		json_key(w, "decoded");
		json_obj_begin(w);
		if (!rpc_tx_members(c, &tx, false, RPC_DETAIL_TX, NULL))
			return false;
		json_obj_end(w);
	}
	json_key(w, "lastprocessedblock");
	json_obj_begin(w);
	json_put_hash(w, "hash", &f.tip.id.h);
	json_put_uint(w, "height", f.tip.height);
	json_obj_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_abandontransaction(struct rpc_call *c)
{
	struct purse_sent s;
	struct funds_tx x;
	struct funds f;
	enum status st;

	if (!own_tx(c, &f, &x))
		return false;
	if (x.state != FUNDS_GONE || !x.note || x.note->abandoned ||
	    x.confirmations < 0)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Transaction not eligible for abandonment");
	s = *x.note;
	s.abandoned = true;
	st = purse_sent_put(f.at.purse, f.wallet.id, &s);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}
