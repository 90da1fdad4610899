/* SPDX-License-Identifier: MIT */
#include "fcgi/esplora/mempool_json.h"

#include <stdlib.h>

#include "fcgi/esplora/esplora_json.h"
#include "primitives/address.h"

#define SCRATCH_MAX ((size_t)64 << 20)
#define RANGE 7

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* What the transactions paid, without the coinbase. */
static enum status put_fees(struct app *app, struct json_writer *w,
			    const struct block_info *info, struct arena *a)
{
	struct block_fee *fee;
	uint64_t weight = 0;
	double *rate;
	uint32_t n;
	int64_t sum = 0;
	enum status st = query_block_fees(app->node, &info->id, a, &fee, &n);

	if (st != ST_OK)
		return st;
	rate = arena_array(a, n + 1, double);
	if (!rate)
		return ST_NOMEM;
	rate[0] = 0;
	for (uint32_t i = 0; i < n; i++) {
		rate[i] = 4.0 * (double)fee[i].fee_sat / fee[i].weight;
		sum += fee[i].fee_sat;
		weight += fee[i].weight;
	}
	qsort(rate, n, sizeof(*rate), ascending);
	json_put_int(w, "totalFees", sum);
	json_put_double(w, "medianFee", rate[n / 2]);
	json_key(w, "feeRange");
	json_arr_begin(w);
	for (uint32_t i = 0; i < RANGE; i++)
		json_double(w, n ? rate[(uint64_t)(n - 1) * i / (RANGE - 1)] : 0);
	json_arr_end(w);
	json_put_int(w, "avgFee", n ? sum / n : 0);
	json_put_double(w, "avgFeeRate",
			weight ? 4.0 * (double)sum / (double)weight : 0);
	return ST_OK;
}

/* The first output of a coinbase that has an address, and what it pays. */
static enum status put_coinbase(struct app *app, struct json_writer *w,
				const struct block_info *info, struct arena *a)
{
	char address[ADDRESS_TEXT_SIZE] = "";
	struct full_tx t;
	struct txid id;
	int64_t sum = 0;
	enum status st = query_block_txid(app->node, &info->id, 0, &id);

	if (st == ST_OK)
		st = query_full_tx(app->node, &id, a, &t);
	if (st != ST_OK)
		return st;
	for (uint32_t i = 0; i < t.tx.n_out; i++) {
		sum += t.tx.out[i].value;
		if (!address[0])
			address_from_script(address, node_params(app->node),
					    t.tx.out[i].script);
	}
	json_put_int(w, "reward", sum);
	json_put_hex(w, "coinbaseRaw", t.tx.in[0].script_sig.p,
		     t.tx.in[0].script_sig.len);
	json_key(w, "coinbaseAddress");
	if (address[0])
		json_str(w, address);
	else
		json_nil(w);
	return ST_OK;
}

static enum status put_extras(struct app *app, struct json_writer *w,
			      const struct block_info *info)
{
	uint8_t header[HEADER_SIZE];
	struct arena a;
	enum status st;

	arena_init(&a, SCRATCH_MAX);
	json_key(w, "extras");
	json_obj_begin(w);
	st = put_fees(app, w, info, &a);
	if (st == ST_OK)
		st = put_coinbase(app, w, info, &a);
	header_write(header, &info->header);
	json_put_hex(w, "header", header, sizeof(header));
	json_put_double(w, "virtualSize", (double)info->weight / 4);
	json_put_double(w, "avgTxSize",
			info->n_tx ? (double)info->size / info->n_tx : 0);
	/* whose block it is cannot be told here */
	json_key(w, "pool");
	json_obj_begin(w);
	json_put_uint(w, "id", 0);
	json_put_str(w, "name", "Unknown");
	json_put_str(w, "slug", "unknown");
	json_obj_end(w);
	json_obj_end(w);
	arena_free(&a);
	return st;
}

enum status mempool_put_block(struct app *app, struct json_writer *w,
			      const struct block_info *info)
{
	struct buf b;
	enum status st = ST_OK;

	/* Esplora's members are written by Esplora's writer; all are numbers,
	 * digits or null. */
	buf_init(&b, 4096);
	esplora_put_block_members(&b, info);
	json_obj_begin(w);
	json_members(w, b.p, b.len);
	buf_free(&b);
	json_put_bool(w, "stale", !info->active);
	if (info->active)
		st = put_extras(app, w, info);
	json_obj_end(w);
	return st;
}
