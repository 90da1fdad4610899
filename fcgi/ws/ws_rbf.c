/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_rbf.h"

#include "feed/event_feed.h"
#include "node/query/query.h"
#include "node/query/query_full.h"

#define ARENA_MAX ((size_t)32 << 20)
#define REPLACED_MAX 100
#define TREES_MAX 25
#define SUMMARIES_MAX 6
/* BIP125 */
#define SIGNALS_BELOW 0xfffffffeu

struct rbf_tx {
	struct txid id;
	int64_t fee, value, time;	/* time: UNIX seconds */
	uint32_t vsize;
	bool signals, mined;
};

struct rbf {
	struct node *node;
	struct arena arena;
	struct replaced_tx *replaced;
	uint32_t n;
	bool used[REPLACED_MAX];	/* in the tree in hand */
};

static void measure(struct rbf_tx *x, const struct tx *tx, int64_t fee,
		    uint32_t weight)
{
	x->fee = fee;
	x->vsize = (weight + 3) / 4;
	for (uint32_t i = 0; i < tx->n_out; i++)
		x->value += tx->out[i].value;
	for (uint32_t i = 0; i < tx->n_in; i++)
		x->signals |= tx->in[i].sequence < SIGNALS_BELOW;
}

static enum status measure_gone(struct rbf *r, struct bytes raw, struct rbf_tx *x)
{
	struct tx tx;
	int64_t fee = 0;
	enum status st = tx_parse(&tx, raw.p, raw.len, &r->arena);

	for (uint32_t i = 0; st == ST_OK && i < tx.n_in; i++) {
		struct full_coin c;

		st = event_feed_coin(r->node, &tx.in[i].prevout, &r->arena, &c);
		fee += st == ST_OK ? c.value : 0;
	}
	for (uint32_t i = 0; st == ST_OK && i < tx.n_out; i++)
		fee -= tx.out[i].value;
	if (st == ST_OK)
		measure(x, &tx, fee, tx_weight(&tx));
	return st;
}

/* In the pool, in a block, or gone by now. */
static enum status look_up(struct rbf *r, struct rbf_tx *x)
{
	struct full_tx full;
	struct bytes raw;
	enum status st = query_full_tx(r->node, &x->id, &r->arena, &full);

	if (st == ST_OK) {
		x->mined = full.confirmed;
		measure(x, &full.tx, full.fee_sat, full.weight);
		return ST_OK;
	}
	if (st == ST_NOT_FOUND)
		st = query_pool_gone(r->node, &x->id, &r->arena, &raw);
	return st == ST_OK ? measure_gone(r, raw, x) : st;
}

/* Whatever took the place of this in the end. */
static struct txid top_of(const struct rbf *r, struct txid id)
{
	for (uint32_t steps = 0; steps < r->n; steps++) {
		uint32_t i = 0;

		while (i < r->n && !hash256_equal(&r->replaced[i].txid.h, &id.h))
			i++;
		if (i == r->n)
			break;
		id = r->replaced[i].by;
	}
	return id;
}

/* --- a tree as JSON --- */

static void put_tx(struct json_writer *w, const struct rbf_tx *x)
{
	json_key(w, "tx");
	json_obj_begin(w);
	json_put_hash(w, "txid", &x->id.h);
	json_put_int(w, "fee", x->fee);
	json_put_uint(w, "vsize", x->vsize);
	json_put_int(w, "value", x->value);
	json_put_double(w, "rate", x->vsize ? (double)x->fee / x->vsize : 0);
	json_put_int(w, "time", x->time);
	json_put_bool(w, "rbf", x->signals);
	if (x->mined)
		json_put_bool(w, "mined", true);
	json_obj_end(w);
}

/* Whether one below did not signal: it could not have been replaced by BIP125. */
static enum status is_full(struct rbf *r, const struct txid *top, bool *full)
{
	enum status st = ST_OK;

	*full = false;
	for (uint32_t i = 0; st == ST_OK && !*full && i < r->n; i++) {
		struct rbf_tx x = {.id = r->replaced[i].txid};
		struct txid own = top_of(r, x.id);

		if (!hash256_equal(&own.h, &top->h))
			continue;
		st = measure_gone(r, r->replaced[i].raw, &x);
		*full = st == ST_OK && !x.signals;
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	return st;
}

/* time: when it came, as far as is known. */
static enum status put_tree(struct rbf *r, struct json_writer *w, struct rbf_tx *x,
			    bool full)
{
	enum status st = ST_OK;

	json_obj_begin(w);
	put_tx(w, x);
	json_put_int(w, "time", x->time);
	json_put_bool(w, "fullRbf", full);
	if (x->mined)
		json_put_bool(w, "mined", true);
	json_key(w, "replaces");
	json_arr_begin(w);
	for (uint32_t i = 0; st == ST_OK && i < r->n; i++) {
		struct rbf_tx below = {.id = r->replaced[i].txid,
				       .time = r->replaced[i].at};

		if (r->used[i] || !hash256_equal(&r->replaced[i].by.h, &x->id.h))
			continue;
		r->used[i] = true;
		/* it came when it replaced something itself */
		for (uint32_t k = 0; k < r->n; k++)
			if (hash256_equal(&r->replaced[k].by.h, &below.id.h))
				below.time = r->replaced[k].at;
		st = measure_gone(r, r->replaced[i].raw, &below);
		if (st == ST_OK)
			st = put_tree(r, w, &below, full);
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	json_arr_end(w);
	json_obj_end(w);
	return st;
}

/* What it replaced directly, added up. */
static enum status put_summary(struct rbf *r, struct json_writer *w,
			       const struct rbf_tx *x, bool full)
{
	struct rbf_tx old = {.fee = 0};
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < r->n; i++)
		if (hash256_equal(&r->replaced[i].by.h, &x->id.h)) {
			struct rbf_tx below = {.id = r->replaced[i].txid};

			st = measure_gone(r, r->replaced[i].raw, &below);
			st = st == ST_NOT_FOUND ? ST_OK : st;
			old.fee += below.fee;
			old.vsize += below.vsize;
		}
	json_obj_begin(w);
	json_put_hash(w, "txid", &x->id.h);
	json_put_bool(w, "mined", x->mined);
	json_put_bool(w, "fullRbf", full);
	json_put_int(w, "oldFee", old.fee);
	json_put_uint(w, "oldVsize", old.vsize);
	json_put_int(w, "newFee", x->fee);
	json_put_uint(w, "newVsize", x->vsize);
	json_obj_end(w);
	return st;
}

static enum status put_all(struct rbf *r, struct json_writer *w, enum ws_rbf what)
{
	unsigned max = what == WS_RBF_SUMMARY ? SUMMARIES_MAX : TREES_MAX, n = 0;
	struct txid seen[REPLACED_MAX];
	uint32_t n_seen = 0;
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < r->n && n < max; i++) {
		struct rbf_tx top = {.id = top_of(r, r->replaced[i].txid),
				     .time = r->replaced[i].at};
		bool full = false, known = false;

		for (uint32_t k = 0; k < n_seen; k++)
			known |= hash256_equal(&seen[k].h, &top.id.h);
		if (known)
			continue;
		seen[n_seen++] = top.id;
		st = look_up(r, &top);
		if (st == ST_OK)
			st = is_full(r, &top.id, &full);
		if (st == ST_OK && (what != WS_RBF_FULL || full)) {
			st = what == WS_RBF_SUMMARY ? put_summary(r, w, &top, full)
						    : put_tree(r, w, &top, full);
			n++;
		}
		/* of one of which no bytes are kept nothing can be said */
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	return st;
}

enum status ws_rbf_put(struct app *app, struct json_writer *w, enum ws_rbf what)
{
	struct rbf r = {.node = app->node};
	enum status st;

	arena_init(&r.arena, ARENA_MAX);
	st = query_replacements(app->node, REPLACED_MAX, &r.arena, &r.replaced, &r.n);
	json_key(w, what == WS_RBF_SUMMARY ? "rbfLatestSummary" : "rbfLatest");
	json_arr_begin(w);
	if (st == ST_OK)
		st = put_all(&r, w, what);
	json_arr_end(w);
	arena_free(&r.arena);
	return st;
}
