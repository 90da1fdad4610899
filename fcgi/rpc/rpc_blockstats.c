/* SPDX-License-Identifier: MIT */
/* getblockstats: figures over a block's transactions. */
#include <stdlib.h>

#include "fcgi/rpc/rpc_txjson.h"
#include "primitives/block.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

/* What the database keeps for an output beside its script, as Core counts. */
#define UTXO_OVERHEAD (32 + 4 + 4 + 1)

struct figures {
	int64_t inputs, outputs, max_fee, max_rate, min_fee, min_rate, total_fee,
		total_out, total_size, total_weight, max_size, min_size,
		utxo_size, utxo_size_actual, utxos, sw_size, sw_weight, sw_txs;
	int64_t *fee, *size;
	struct weighed { int64_t rate, weight; } *rate;
	uint32_t n;	/* transactions but the coinbase */
};

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_rate(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->rate != y->rate)
		return x->rate < y->rate ? -1 : 1;
	return (x->weight > y->weight) - (x->weight < y->weight);
}

static int64_t median(int64_t *v, uint32_t n)
{
	qsort(v, n, sizeof(*v), by_number);
	if (n == 0)
		return 0;
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int64_t stored_size(struct bytes script)
{
	return 8 + (int64_t)compactsize_size(script.len) + (int64_t)script.len +
	       UTXO_OVERHEAD;
}

static bool count_outputs(struct figures *f, const struct tx *tx, bool genesis,
			  int64_t *sum)
{
	*sum = 0;
	for (uint32_t i = 0; i < tx->n_out; i++) {
		int64_t size = stored_size(tx->out[i].script);

		*sum += tx->out[i].value;
		f->utxo_size += size;
		if (genesis || script_is_unspendable(tx->out[i].script))
			continue;
		f->utxos++;
		f->utxo_size_actual += size;
	}
	f->outputs += tx->n_out;
	return true;
}

static bool count_tx(struct rpc_call *c, struct figures *f, const struct tx *tx)
{
	int64_t in = 0, out, fee, rate, size = tx_total_size(tx),
		weight = tx_weight(tx);

	count_outputs(f, tx, false, &out);
	f->inputs += tx->n_in;
	f->total_out += out;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct output_info o;
		enum status st = query_output(c->node, &tx->in[i].prevout,
					      c->arena, &o);

		if (st == ST_NOT_FOUND)
			return rpc_fail(c, RPC_INTERNAL_ERROR,
					"Unexpected internal error (undo data not "
					"available)");
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		in += o.value;
		f->utxo_size -= stored_size(o.script);
		f->utxo_size_actual -= stored_size(o.script);
	}
	fee = in - out;
	rate = weight ? fee * 4 / weight : 0;
	f->total_fee += fee;
	f->total_size += size;
	f->total_weight += weight;
	f->max_size = size > f->max_size ? size : f->max_size;
	f->max_fee = fee > f->max_fee ? fee : f->max_fee;
	f->max_rate = rate > f->max_rate ? rate : f->max_rate;
	f->min_size = f->n == 0 || size < f->min_size ? size : f->min_size;
	f->min_fee = f->n == 0 || fee < f->min_fee ? fee : f->min_fee;
	f->min_rate = f->n == 0 || rate < f->min_rate ? rate : f->min_rate;
	if (tx->has_witness) {
		f->sw_txs++;
		f->sw_size += size;
		f->sw_weight += weight;
	}
	f->fee[f->n] = fee;
	f->size[f->n] = size;
	f->rate[f->n++] = (struct weighed){rate, weight};
	return true;
}

/* Rates below which 10, 25, 50, 75 and 90 percent of the weight lie. */
static void percentiles(struct figures *f, int64_t out[5])
{
	const double part[5] = {0.1, 0.25, 0.5, 0.75, 0.9};
	int64_t sum = 0;
	unsigned at = 0;

	for (int i = 0; i < 5; i++)
		out[i] = 0;
	if (f->n == 0)
		return;
	qsort(f->rate, f->n, sizeof(*f->rate), by_rate);
	for (uint32_t i = 0; i < f->n; i++) {
		sum += f->rate[i].weight;
		while (at < 5 && (double)sum >= part[at] * (double)f->total_weight)
			out[at++] = f->rate[i].rate;
	}
	while (at < 5)
		out[at++] = f->rate[f->n - 1].rate;
}

struct shown {
	struct rpc_call *c;
	const struct json_value *chosen;	/* NULL: all */
	unsigned n;
};

static bool is_chosen(const struct shown *s, const char *name)
{
	const char *text;
	size_t len;

	if (!s->chosen || json_count(s->chosen) == 0)
		return true;
	for (size_t i = 0; i < json_count(s->chosen); i++)
		if (json_as_str(json_at(s->chosen, i), &text, &len) &&
		    strcmp(text, name) == 0)
			return true;
	return false;
}

static void show(struct shown *s, const char *name, int64_t v)
{
	if (is_chosen(s, name)) {
		json_put_int(s->c->w, name, v);
		s->n++;
	}
}

static void put_stats(struct shown *s, struct figures *f,
		      const struct block_info *info)
{
	const struct params *p = node_params(s->c->node);
	struct json_writer *w = s->c->w;
	int64_t rate[5], n = f->n;

	percentiles(f, rate);
	show(s, "avgfee", n ? f->total_fee / n : 0);
	show(s, "avgfeerate",
	     f->total_weight ? f->total_fee * 4 / f->total_weight : 0);
	show(s, "avgtxsize", n ? f->total_size / n : 0);
	if (is_chosen(s, "blockhash")) {
		json_put_hash(w, "blockhash", &info->id.h);
		s->n++;
	}
	if (is_chosen(s, "feerate_percentiles")) {
		json_key(w, "feerate_percentiles");
		json_arr_begin(w);
		for (int i = 0; i < 5; i++)
			json_int(w, rate[i]);
		json_arr_end(w);
		s->n++;
	}
	show(s, "height", info->height);
	show(s, "ins", f->inputs);
	show(s, "maxfee", f->max_fee);
	show(s, "maxfeerate", f->max_rate);
	show(s, "maxtxsize", f->max_size);
	show(s, "medianfee", median(f->fee, f->n));
	show(s, "mediantime", info->mtp);
	show(s, "mediantxsize", median(f->size, f->n));
	show(s, "minfee", f->min_fee);
	show(s, "minfeerate", f->min_rate);
	show(s, "mintxsize", f->min_size);
	show(s, "outs", f->outputs);
	show(s, "subsidy", params_subsidy_sat(p, info->height));
	show(s, "swtotal_size", f->sw_size);
	show(s, "swtotal_weight", f->sw_weight);
	show(s, "swtxs", f->sw_txs);
	show(s, "time", info->header.time);
	show(s, "total_out", f->total_out);
	show(s, "total_size", f->total_size);
	show(s, "total_weight", f->total_weight);
	show(s, "totalfee", f->total_fee);
	show(s, "txs", info->n_tx);
	show(s, "utxo_increase", f->outputs - f->inputs);
	show(s, "utxo_size_inc", f->utxo_size);
	show(s, "utxo_increase_actual", f->utxos - f->inputs);
	show(s, "utxo_size_inc_actual", f->utxo_size_actual);
}

static bool known_stats(struct rpc_call *c, const struct json_value *chosen)
{
	static const char *const names[] = {
		"avgfee", "avgfeerate", "avgtxsize", "blockhash",
		"feerate_percentiles", "height", "ins", "maxfee", "maxfeerate",
		"maxtxsize", "medianfee", "mediantime", "mediantxsize", "minfee",
		"minfeerate", "mintxsize", "outs", "subsidy", "swtotal_size",
		"swtotal_weight", "swtxs", "time", "total_out", "total_size",
		"total_weight", "totalfee", "txs", "utxo_increase",
		"utxo_size_inc", "utxo_increase_actual", "utxo_size_inc_actual",
	};

	for (size_t i = 0; i < json_count(chosen); i++) {
		const char *s;
		size_t len, k = 0, n = sizeof(names) / sizeof(names[0]);

		if (!rpc_value_str(c, json_at(chosen, i), &s, &len))
			return false;
		while (k < n && strcmp(names[k], s) != 0)
			k++;
		if (k == n)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid selected statistic '%.200s'", s);
	}
	return true;
}

bool rpc_getblockstats(struct rpc_call *c)
{
	struct shown s = {c, c->arg[1], 0};
	struct figures f = {0};
	struct block_info info;
	struct bytes raw;
	struct block b;
	int64_t sum;
	enum status st;

	if (!rpc_arg_hash_or_height(c, 0, &info) || !known_stats(c, c->arg[1]))
		return false;
	st = info.has_data ? query_block_raw(c->node, &info.id, c->arena, &raw)
			   : ST_NOT_FOUND;
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_MISC_ERROR,
				"Block not found on disk");
	if (st == ST_OK)
		st = block_parse(&b, raw.p, raw.len, c->arena);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	f.fee = arena_calloc(c->arena, b.n_tx, sizeof(*f.fee));
	f.size = arena_calloc(c->arena, b.n_tx, sizeof(*f.size));
	f.rate = arena_calloc(c->arena, b.n_tx, sizeof(*f.rate));
	if (!f.fee || !f.size || !f.rate)
		return rpc_fail_status(c, ST_NOMEM);
	count_outputs(&f, &b.tx[0], info.height == 0, &sum);
	for (uint32_t i = 1; i < b.n_tx; i++)
		if (!count_tx(c, &f, &b.tx[i]))
			return false;
	json_obj_begin(c->w);
	put_stats(&s, &f, &info);
	json_obj_end(c->w);
	return true;
}

