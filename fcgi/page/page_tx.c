/* SPDX-License-Identifier: MIT */
/*
 * /tx/TXID: a transaction, wherever it is: in a block, waiting, gone from the
 * mempool, or refused; with what it spends, who spends it, and why.
 */
#include <stdio.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "fcgi/page/page_script.h"
#include "node/query/query_mempool.h"
#include "primitives/script.h"

/* Inputs and outputs on a page. */
#define ROWS_A_PAGE 50
/* Witness items of an input that are shown, and bytes of each. */
#define WITNESS_SHOWN 20
#define WITNESS_BYTES 1000

struct view {
	struct page *pg;
	struct full_tx t;
	struct full_spend *spend;	/* of each output */
	uint32_t n_spend;
	uint32_t from;			/* first input and output shown */
};

static enum status add_spend(void *arg, const struct full_spend *s)
{
	struct view *v = arg;

	if (v->n_spend < v->t.tx.n_out)
		v->spend[v->n_spend++] = *s;
	return ST_OK;
}

/* --- inputs --- */

static void put_witness(struct page *pg, struct page_value *in,
			const struct txin *x)
{
	struct page_value *list = page_list(pg->tree, in, "witness");
	struct bytes left = x->witness, item;
	unsigned n = 0;

	while (n < WITNESS_SHOWN && witness_next(&left, &item)) {
		struct page_value *w = page_item(pg->tree, list);

		page_int(pg->tree, w, "i", n++);
		page_int(pg->tree, w, "len", (int64_t)item.len);
		page_hex(pg->tree, w, "hex", item.p,
			 item.len < WITNESS_BYTES ? item.len : WITNESS_BYTES);
		page_flag(pg->tree, w, "cut", item.len > WITNESS_BYTES);
	}
	if (x->n_witness > n)
		page_int(pg->tree, in, "witness_more", x->n_witness - n);
}

/* The last thing a script pushes. */
static bool last_push(struct bytes script, struct bytes *out)
{
	struct bytes data;
	bool push = false;
	uint8_t op;

	while (script_next(&script, &op, &data)) {
		push = op <= OP_PUSHDATA4;
		*out = data;
	}
	return push && script.len == 0;
}

/* Scripts that the input reveals: P2SH's, and the witness's (BIP141, BIP341). */
static void put_revealed(struct page *pg, struct page_value *in,
			 const struct txin *x, struct bytes spent)
{
	struct bytes redeem = bytes_of("", 0), program, item, script, left;
	uint32_t n = x->n_witness, at = UINT32_MAX;
	uint8_t version;

	if (script_is_p2sh(spent) && last_push(x->script_sig, &redeem)) {
		page_put_script(pg, in, "redeem", redeem);
		spent = redeem;
	}
	if (n == 0 || !script_is_witness_program(spent, &version, &program) ||
	    program.len != 32)
		return;
	left = x->witness;
	for (uint32_t i = 0; i < n && witness_next(&left, &item); i++)
		script = item;
	if (version == 0)
		at = n - 1;
	else if (version == 1 && n >= 2 && script.len && script.p[0] == 0x50)
		at = n >= 3 ? n - 3 : UINT32_MAX;	/* an annex is last */
	else if (version == 1 && n >= 2)
		at = n - 2;
	left = x->witness;
	for (uint32_t i = 0; at != UINT32_MAX && i <= at; i++)
		if (!witness_next(&left, &script))
			return;
	if (at != UINT32_MAX)
		page_put_script(pg, in, version ? "tapscript" : "witness_script",
				script);
}

static void put_coinbase(struct page *pg, struct page_value *in,
			 const struct txin *x)
{
	page_flag(pg->tree, in, "coinbase", true);
	page_bytes(pg->tree, in, "message", page_coinbase_words(x->script_sig));
}

static void put_input(struct view *v, struct page_value *list, uint32_t i)
{
	struct page *pg = v->pg;
	const struct txin *x = &v->t.tx.in[i];
	struct page_value *in = page_item(pg->tree, list);

	page_int(pg->tree, in, "i", i);
	page_format(pg->tree, in, "sequence", "%08x", x->sequence);
	if (v->t.coinbase) {
		put_coinbase(pg, in, x);
	} else {
		page_hash(pg->tree, in, "prev_txid", &x->prevout.txid.h);
		page_int(pg->tree, in, "prev_n", x->prevout.n);
		if (v->t.coin) {
			page_flag(pg->tree, in, "known", true);
			page_put_output(pg, in, v->t.coin[i].script,
					v->t.coin[i].value);
			put_revealed(pg, in, x, v->t.coin[i].script);
		}
	}
	if (x->script_sig.len)
		page_put_script(pg, in, "script_sig", x->script_sig);
	if (x->n_witness)
		put_witness(pg, in, x);
}

/* --- outputs --- */

static void put_output(struct view *v, struct page_value *list, uint32_t i)
{
	struct page *pg = v->pg;
	const struct txout *o = &v->t.tx.out[i];
	struct page_value *out = page_item(pg->tree, list);

	page_int(pg->tree, out, "i", i);
	page_put_output(pg, out, o->script, o->value);
	if (script_is_unspendable(o->script)) {
		page_flag(pg->tree, out, "unspendable", true);
	} else if (i < v->n_spend && v->spend[i].spent) {
		page_flag(pg->tree, out, "spent", true);
		page_hash(pg->tree, out, "by", &v->spend[i].by.h);
		page_int(pg->tree, out, "by_in", v->spend[i].in);
		page_flag(pg->tree, out, "by_waits", !v->spend[i].confirmed);
	} else if (i < v->n_spend) {
		page_flag(pg->tree, out, "unspent", true);
	}
}

static enum status put_rows(struct view *v)
{
	const struct tx *tx = &v->t.tx;
	struct page *pg = v->pg;
	struct page_value *list = page_list(pg->tree, pg->root, "inputs");
	uint32_t most = tx->n_in > tx->n_out ? tx->n_in : tx->n_out;
	uint64_t from;

	if (!request_query_number(pg->rq, "from", 0, most, &from))
		from = 0;
	v->from = (uint32_t)from;
	for (uint32_t i = v->from; i < tx->n_in && i - v->from < ROWS_A_PAGE; i++)
		put_input(v, list, i);
	list = page_list(pg->tree, pg->root, "outputs");
	for (uint32_t i = v->from; i < tx->n_out && i - v->from < ROWS_A_PAGE; i++)
		put_output(v, list, i);
	if (v->from)
		page_int(pg->tree, pg->root, "newer",
			 v->from > ROWS_A_PAGE ? v->from - ROWS_A_PAGE : 0);
	if (v->from + ROWS_A_PAGE < most)
		page_int(pg->tree, pg->root, "older", v->from + ROWS_A_PAGE);
	return ST_OK;
}

/* --- the whole --- */

static enum status put_flow(struct view *v)
{
	const struct tx *tx = &v->t.tx;
	int64_t *in = arena_array(v->pg->arena, (size_t)tx->n_in + 1, int64_t);
	int64_t *out = arena_array(v->pg->arena, (size_t)tx->n_out + 1, int64_t);
	int64_t sum = 0;

	if (!in || !out)
		return ST_NOMEM;
	for (uint32_t i = 0; i < tx->n_out; i++) {
		out[i] = tx->out[i].value;
		sum += out[i];
	}
	page_int(v->pg->tree, v->pg->root, "moved", sum);
	if (v->t.coinbase)
		in[0] = sum;
	else if (!v->t.coin)
		return ST_OK;
	for (uint32_t i = 0; i < tx->n_in && v->t.coin; i++)
		in[i] = v->t.coin[i].value;
	page_put_flow(v->pg, (struct flow_side){in, tx->n_in},
		      (struct flow_side){out, tx->n_out}, v->t.fee_sat);
	return ST_OK;
}

static bool signals_rbf(const struct tx *tx)
{
	for (uint32_t i = 0; i < tx->n_in; i++)
		if (tx->in[i].sequence < 0xfffffffe)
			return true;
	return false;
}

static void put_facts(struct view *v)
{
	struct page_value *r = v->pg->root;
	struct page_tree *t = v->pg->tree;
	struct tx *tx = &v->t.tx;

	page_hash(t, r, "wtxid", &tx->wtxid.h);
	page_flag(t, r, "has_witness", tx->has_witness);
	page_int(t, r, "tx_version", tx->version);
	page_int(t, r, "size", (int64_t)tx->raw.len);
	page_int(t, r, "weight", tx_weight(tx));
	page_int(t, r, "vsize", tx_vsize(tx));
	page_int(t, r, "n_in", tx->n_in);
	page_int(t, r, "n_out", tx->n_out);
	page_flag(t, r, "one_in", tx->n_in == 1);
	page_flag(t, r, "one_out", tx->n_out == 1);
	page_int(t, r, "locktime", tx->locktime);
	if (tx->locktime >= 500000000)
		page_int(t, r, "locktime_time", tx->locktime);
	else if (tx->locktime)
		page_int(t, r, "locktime_height", tx->locktime);
	page_flag(t, r, "is_coinbase", v->t.coinbase);
	page_flag(t, r, "rbf", !v->t.coinbase && signals_rbf(tx));
	if (!v->t.coinbase && v->t.coin) {
		page_int(t, r, "fee", v->t.fee_sat);
		page_put_rate(v->pg, r, "rate",
			      (double)v->t.fee_sat / tx_vsize(tx));
	}
}

static enum status put_family(struct view *v)
{
	struct page *pg = v->pg;
	struct pool_entry e;
	struct pool_family f;
	struct page_value *list;
	enum status st = query_pool_entry(pg->app->node, &v->t.tx.txid, pg->arena, &e);

	if (st == ST_OK)
		st = query_pool_family(pg->app->node, &v->t.tx.txid, pg->arena, &f);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	page_flag(pg->tree, pg->root, "replaceable", e.replaceable);
	if (f.n_ancestor + f.n_descendant == 0)
		return ST_OK;
	page_flag(pg->tree, pg->root, "family", true);
	page_put_rate(pg, pg->root, "family_rate", f.rate);
	list = page_list(pg->tree, pg->root, "ancestors");
	for (uint32_t i = 0; i < f.n_ancestor && i < 10; i++)
		page_hash(pg->tree, page_item(pg->tree, list), "txid",
			  &f.ancestor[i].txid.h);
	list = page_list(pg->tree, pg->root, "descendants");
	for (uint32_t i = 0; i < f.n_descendant && i < 10; i++)
		page_hash(pg->tree, page_item(pg->tree, list), "txid",
			  &f.descendant[i].txid.h);
	return ST_OK;
}

static enum status put_state(struct view *v)
{
	struct page *pg = v->pg;
	struct page_tree *t = pg->tree;

	page_flag(t, pg->root, "confirmed", v->t.confirmed);
	if (v->t.confirmed) {
		page_hash(t, pg->root, "block", &v->t.block.h);
		page_int(t, pg->root, "height", v->t.height);
		page_int(t, pg->root, "time", v->t.block_time);
		page_int(t, pg->root, "confirmations",
			 (int64_t)pg->tip_height + 1 - v->t.height);
		page_flag(t, pg->root, "one_confirmation",
			  pg->tip_height == v->t.height);
		page_text(t, pg->root, "follow", "blocks=1&disconnects=1");
		return ST_OK;
	}
	page_flag(t, pg->root, "waiting", true);
	page_int(t, pg->root, "time", v->t.seen_at);
	page_text(t, pg->root, "follow", "blocks=1&disconnects=1&tx=1");
	return put_family(v);
}

/* --- not there any more --- */

static const struct {
	const char *why, *text;
} departures[] = {
	{"conflict", "A block spent one of its inputs otherwise."},
	{"replaced", "Another transaction took its place by paying more."},
	{"expired", "It had waited too long."},
	{"sizelimit", "The mempool was full, and others pay more."},
	{"reorg", "The chain that it was good on is no longer the active one."},
};

static enum status put_gone(struct view *v, const struct txid *id)
{
	struct page *pg = v->pg;
	struct page_value *g;
	struct gone_info gone;
	const char *text = "";
	struct bytes raw;
	enum status st = query_gone(pg->app->node, id, &gone);

	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < sizeof(departures) / sizeof(departures[0]); i++)
		if (strcmp(gone.why, departures[i].why) == 0)
			text = departures[i].text;
	g = page_group(pg->tree, pg->root, "gone");
	page_text(pg->tree, g, "why", gone.why);
	page_text(pg->tree, g, "sentence", text);
	page_int(pg->tree, g, "at", gone.at);
	page_flag(pg->tree, g, "by_block", strcmp(gone.why, "conflict") == 0);
	if (gone.has_by)
		page_hash(pg->tree, g, "by", &gone.by);
	st = query_pool_gone(pg->app->node, id, pg->arena, &raw);
	if (st == ST_OK && tx_parse(&v->t.tx, raw.p, raw.len, pg->arena) == ST_OK)
		page_flag(pg->tree, pg->root, "has_data", true);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status fill(struct page *pg)
{
	struct view v = {.pg = pg};
	struct reader rd;
	struct txid id;
	enum status st, gone;

	if (!hash256_parse(&id.h, (const char *)pg->rq->arg[0].p,
			   pg->rq->arg[0].len))
		return ST_NOT_FOUND;
	page_text(pg->tree, pg->root, "title", "Transaction");
	page_hash(pg->tree, pg->root, "txid", &id.h);
	st = query_full_tx(pg->app->node, &id, pg->arena, &v.t);
	if (st == ST_NOT_FOUND) {
		gone = put_gone(&v, &id);
		if (gone != ST_OK && gone != ST_NOT_FOUND)
			return gone;
		st = page_put_refusal(pg, &id.h);
		if (st == ST_OK && gone == ST_NOT_FOUND &&
		    !page_is_true(page_member(pg->root, "refusal", 7)))
			return ST_NOT_FOUND;
		page_text(pg->tree, pg->root, "follow", "blocks=1&tx=1");
		if (st != ST_OK || !v.t.tx.n_out)
			return st;
	} else if (st != ST_OK) {
		return st;
	} else {
		page_flag(pg->tree, pg->root, "here", true);
		page_flag(pg->tree, pg->root, "has_data", true);
		rd = reader_of(v.t.tx.raw.p, v.t.tx.raw.len);
		st = tx_read(&v.t.tx, &rd, pg->arena);
		if (st == ST_OK)
			st = put_state(&v);
		v.spend = arena_calloc(pg->arena, v.t.tx.n_out, sizeof(*v.spend));
		if (st == ST_OK && !v.spend)
			st = ST_NOMEM;
		if (st == ST_OK)
			st = query_spends(pg->app->node, &id, add_spend, &v);
	}
	if (st != ST_OK)
		return st;
	put_facts(&v);
	st = put_flow(&v);
	return st == ST_OK ? put_rows(&v) : st;
}

void page_tx(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "tx", "tx", fill);
}
