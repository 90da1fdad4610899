/* SPDX-License-Identifier: MIT */
/*
 * The paths under /api/v1 that clients of mempool's API call beside Esplora's:
 * fees, blocks to come, difficulty, relatives of a transaction, and what a page
 * begins with.
 */
#include <stdlib.h>

#include "fcgi/esplora/esplora_json.h"
#include "fcgi/esplora/mempool_json.h"
#include "fcgi/esplora/mempool_parts.h"
#include "fcgi/http/api.h"
#include "fcgi/http/handlers.h"
#include "json/write.h"
#include "primitives/address.h"
#include "primitives/target.h"

/* --- fees --- */

/* Runs a writer of one value as the whole answer. */
static void answer(struct app *app, const struct request *rq,
		   struct response *rs,
		   enum status (*put)(struct app *app, struct json_writer *w))
{
	struct json_writer w;
	enum status st;

	json_begin(&w, &rs->body);
	st = put(app, &w);
	if (st != ST_OK)
		api_status(rs, rq, st, "");
}

void mempool_fees_recommended(struct app *app, const struct request *rq,
			      struct response *rs)
{
	answer(app, rq, rs, mempool_put_fees);
}

void mempool_blocks_to_come(struct app *app, const struct request *rq,
			    struct response *rs)
{
	answer(app, rq, rs, mempool_put_blocks_to_come);
}

/* --- difficulty --- */

void mempool_difficulty(struct app *app, const struct request *rq,
			struct response *rs)
{
	answer(app, rq, rs, mempool_put_difficulty);
}

/* Expected hashes a second by the work of the chain between two blocks. */
static double hashrate(const struct block_info *from, const struct block_info *to)
{
	double seconds = (double)to->header.time - from->header.time, hashes = 0;
	struct u256 work;

	if (seconds <= 0)
		return 0;
	work = target_work(to->header.bits);
	for (unsigned i = 4; i-- > 0;)
		hashes = hashes * 18446744073709551616.0 + (double)work.w[i];
	return hashes * (to->height - from->height) / seconds;
}

/* Points at most that a graph has. */
#define GRAPH_POINTS 100

static enum status put_graph(struct app *app, struct json_writer *w,
			     uint32_t first, uint32_t last)
{
	struct block_info info[GRAPH_POINTS + 1];
	uint32_t step = (last - first) / GRAPH_POINTS + 1;
	unsigned n = 0;
	enum status st = ST_OK;

	for (uint32_t h = first; st == ST_OK && h <= last && n <= GRAPH_POINTS;
	     h += step)
		st = query_block_at(app->node, h, &info[n++]);
	if (st != ST_OK)
		return st;
	json_put_double(w, "currentHashrate",
			n > 1 ? hashrate(&info[n - 2], &info[n - 1]) : 0);
	json_put_double(w, "currentDifficulty",
			target_difficulty(info[n - 1].header.bits));
	json_key(w, "hashrates");
	json_arr_begin(w);
	for (unsigned i = 1; i < n; i++) {
		json_obj_begin(w);
		json_put_uint(w, "timestamp", info[i].header.time);
		json_put_double(w, "avgHashrate", hashrate(&info[i - 1], &info[i]));
		json_obj_end(w);
	}
	json_arr_end(w);
	json_key(w, "difficulty");
	json_arr_begin(w);
	for (unsigned i = 0; i < n; i++) {
		double now = target_difficulty(info[i].header.bits);

		if (i && info[i].header.bits == info[i - 1].header.bits)
			continue;
		json_obj_begin(w);
		json_put_uint(w, "time", info[i].header.time);
		json_put_uint(w, "height", info[i].height);
		json_put_double(w, "difficulty", now);
		json_put_double(w, "adjustment",
				i ? now / target_difficulty(info[i - 1].header.bits)
				  : 1);
		json_obj_end(w);
	}
	json_arr_end(w);
	return ST_OK;
}

/* Seconds of "24h", "3d", "1w", "6m", "2y"; 0 for anything else, which is all. */
static int64_t interval_s(struct bytes text)
{
	static const struct {
		const char *unit;
		int64_t s;
	} units[] = {
		{"h", 3600}, {"d", 86400}, {"w", 604800}, {"m", 2629800},
		{"y", 31557600},
	};
	uint64_t n;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text.len > 1 && text.p[text.len - 1] == units[i].unit[0] &&
		    request_number(bytes_of(text.p, text.len - 1), 1000, &n))
			return (int64_t)n * units[i].s;
	return 0;
}

void mempool_hashrate(struct app *app, const struct request *rq,
		      struct response *rs)
{
	int64_t s = interval_s(rq->arg[0]);
	uint32_t spacing = node_params(app->node)->spacing_s, blocks, first;
	struct json_writer w;
	enum status st;

	blocks = s && spacing ? (uint32_t)(s / spacing) : rs->tip_height;
	first = blocks < rs->tip_height ? rs->tip_height - blocks : 0;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	st = put_graph(app, &w, first, rs->tip_height);
	if (st != ST_OK) {
		api_status(rs, rq, st, "");
		return;
	}
	json_obj_end(&w);
}

/* --- relatives --- */

static void put_relatives(struct json_writer *w, const char *key,
			  const struct pool_relative *v, uint32_t n)
{
	json_key(w, key);
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++) {
		json_obj_begin(w);
		json_put_hash(w, "txid", &v[i].txid.h);
		json_put_int(w, "fee", v[i].fee_sat);
		json_put_uint(w, "weight", v[i].weight);
		json_obj_end(w);
	}
	json_arr_end(w);
}

void mempool_cpfp(struct app *app, const struct request *rq,
		  struct response *rs)
{
	struct pool_family f;
	struct json_writer w;
	struct txid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	st = query_pool_family(app->node, &id, rq->arena, &f);
	if (st != ST_OK && st != ST_NOT_FOUND) {
		api_status(rs, rq, st, "");
		return;
	}
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	put_relatives(&w, "ancestors", f.ancestor, f.n_ancestor);
	if (st == ST_OK) {
		json_key(&w, "bestDescendant");
		if (f.n_descendant) {
			json_obj_begin(&w);
			json_put_hash(&w, "txid", &f.descendant[0].txid.h);
			json_put_int(&w, "fee", f.descendant[0].fee_sat);
			json_put_uint(&w, "weight", f.descendant[0].weight);
			json_obj_end(&w);
		} else {
			json_nil(&w);
		}
		put_relatives(&w, "descendants", f.descendant, f.n_descendant);
		json_put_double(&w, "effectiveFeePerVsize", f.rate);
		json_put_uint(&w, "sigops", f.sigops);
		json_put_int(&w, "fee", f.fee_sat);
		json_put_uint(&w, "adjustedVsize", f.vsize);
		json_put_bool(&w, "acceleration", false);
	}
	json_obj_end(&w);
}

/* --- blocks --- */

#define BLOCKS_A_PAGE 15

static enum status put_blocks(struct app *app, struct json_writer *w,
			      uint32_t from, int max)
{
	struct block_info *v;
	struct arena a;
	int n;
	enum status st;

	arena_init(&a, (size_t)256 << 20);
	st = query_blocks_below(app->node, from, max, &a, &v, &n);
	json_arr_begin(w);
	for (int i = 0; st == ST_OK && i < n; i++)
		st = mempool_put_block(app, w, &v[i]);
	json_arr_end(w);
	arena_free(&a);
	return st;
}

void mempool_blocks(struct app *app, const struct request *rq,
		    struct response *rs)
{
	struct json_writer w;
	uint64_t from;
	enum status st;

	if (!request_number(rq->arg[0], UINT32_MAX, &from) ||
	    from > rs->tip_height)
		from = rs->tip_height;
	json_begin(&w, &rs->body);
	st = put_blocks(app, &w, (uint32_t)from, BLOCKS_A_PAGE);
	if (st != ST_OK)
		api_status(rs, rq, st, "Block not found");
}

void mempool_block(struct app *app, const struct request *rq,
		   struct response *rs)
{
	struct block_info info;
	struct json_writer w;
	struct blkid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	st = query_block(app->node, &id, &info);
	if (st == ST_OK && !info.has_data)
		st = ST_NOT_FOUND;
	json_begin(&w, &rs->body);
	if (st == ST_OK)
		st = mempool_put_block(app, &w, &info);
	if (st != ST_OK)
		api_status(rs, rq, st, "Block not found");
}

/* --- what a page begins with --- */

static enum status init_data(struct app *app, struct json_writer *w)
{
	enum status st;

	json_obj_begin(w);
	st = mempool_put_init(app, w);
	if (st == ST_OK)
		json_obj_end(w);
	return st;
}

void mempool_init_data(struct app *app, const struct request *rq,
		       struct response *rs)
{
	answer(app, rq, rs, init_data);
}

void mempool_backend_info(struct app *app, const struct request *rq,
			  struct response *rs)
{
	struct json_writer w;

	(void)app;
	(void)rq;
	json_begin(&w, &rs->body);
	mempool_put_backend(&w);
}

void mempool_validate_address(struct app *app, const struct request *rq,
			      struct response *rs)
{
	struct json_writer w;
	struct buf script;
	struct bytes program;
	uint8_t version;
	bool witness;

	buf_init(&script, 256);
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	if (address_to_script(&script, node_params(app->node),
			      (const char *)rq->arg[0].p, rq->arg[0].len) ==
	    ADDRESS_OK) {
		witness = script_is_witness_program(buf_view(&script), &version,
						    &program);
		json_put_bool(&w, "isvalid", true);
		json_key(&w, "address");
		json_strn(&w, rq->arg[0].p, rq->arg[0].len);
		json_put_hex(&w, "scriptPubKey", script.p, script.len);
		json_put_bool(&w, "isscript", script_is_p2sh(buf_view(&script)) ||
			      (witness && program.len == 32));
		json_put_bool(&w, "iswitness", witness);
		if (witness) {
			json_put_uint(&w, "witness_version", version);
			json_put_hex(&w, "witness_program", program.p, program.len);
		}
	} else {
		json_put_bool(&w, "isvalid", false);
	}
	json_obj_end(&w);
	buf_free(&script);
}
