/* SPDX-License-Identifier: MIT */
/*
 * /charts: difficulty, hash rate, time between blocks, fees, size and supply over
 * the last blocks or all. Up to ALL_READ blocks each of them is read and points are
 * averages; of more, points are single blocks at equal distances (and times between
 * them are averages still).
 */
#include <math.h>
#include <stdio.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "primitives/target.h"

#define POINTS 120
#define ALL_READ 2016
#define WIDTH 600.0
#define HEIGHT 180.0

struct point {
	uint32_t height;
	int64_t time;
	double difficulty, spacing, hashrate, fees, weight, txs, supply;
};

struct series {
	struct page *pg;
	struct point at[POINTS + 1];
	int n;
	bool sampled;
};

/* --- reading --- */

/* What happened between two blocks, the later one included; `step` blocks of
 * which `read` were read. */
static void add_point(struct series *s, const struct block_info *before,
		      const struct block_info *last, double fees, double weight,
		      double txs, uint32_t read)
{
	double seconds = (double)last->header.time - before->header.time;
	double step = (double)last->height - before->height;

	s->at[s->n++] = (struct point){
		.height = last->height,
		.time = last->header.time,
		.difficulty = target_difficulty(last->header.bits),
		.spacing = seconds / step,
		.hashrate = seconds > 0 ? (u256_double(&last->chainwork) -
					   u256_double(&before->chainwork)) / seconds
					: 0,
		.fees = fees / read,
		.weight = weight / read,
		.txs = txs / read,
	};
}

static enum status read_all(struct series *s, uint32_t from, uint32_t to)
{
	struct block_info *b, before;
	uint32_t n = to - from, step = (n + POINTS - 1) / POINTS, read = 0;
	double fees = 0, weight = 0, txs = 0;
	int got;
	enum status st = query_blocks_below(s->pg->app->node, to, (int)n + 1,
					    s->pg->arena, &b, &got);

	if (st != ST_OK || got < 2)
		return st;
	before = b[got - 1];
	for (int i = got - 2; i >= 0; i--) {
		fees += (double)b[i].fees_sat;
		weight += b[i].weight;
		txs += b[i].n_tx;
		read++;
		if (read < step && i > 0)
			continue;
		add_point(s, &before, &b[i], fees, weight, txs, read);
		before = b[i];
		fees = weight = txs = read = 0;
	}
	return ST_OK;
}

static enum status read_some(struct series *s, uint32_t from, uint32_t to)
{
	struct block_info before, b;
	enum status st = query_block_at(s->pg->app->node, from, &before);

	s->sampled = true;
	for (uint32_t i = 1; st == ST_OK && i <= POINTS; i++) {
		uint32_t h = from + (uint32_t)((uint64_t)(to - from) * i / POINTS);

		st = query_block_at(s->pg->app->node, h, &b);
		if (st != ST_OK)
			break;
		add_point(s, &before, &b, (double)b.fees_sat, b.weight, b.n_tx, 1);
		before = b;
	}
	return st;
}

static void count_supply(struct series *s)
{
	const struct params *p = node_params(s->pg->app->node);
	double sum = 0;
	uint32_t h = 0;

	for (int i = 0; i < s->n; i++) {
		while (h <= s->at[i].height) {
			uint32_t era = p->halving_interval ? p->halving_interval
							   : UINT32_MAX;
			uint64_t end = ((uint64_t)h / era + 1) * era;
			uint32_t to = end > s->at[i].height ? s->at[i].height + 1
							    : (uint32_t)end;

			sum += (double)(to - h) * (double)params_subsidy_sat(p, h);
			h = to;
		}
		s->at[i].supply = sum / 1e8;
	}
}

/* --- drawing --- */

static void write_number(char *out, size_t size, double v)
{
	static const char *const letter[] = {"", " k", " M", " G", " T", " P", " E"};
	unsigned i = 0;

	while (fabs(v) >= 9999.5 && i < 6) {
		v /= 1000;
		i++;
	}
	snprintf(out, size, "%.*f%s",
		 v == floor(v) || fabs(v) >= 100 ? 0 : fabs(v) >= 1 ? 2 : 4, v,
		 letter[i]);
	if (v != 0 && fabs(v) < 0.001)
		snprintf(out, size, "%.2g", v);
}

static void put_chart(struct series *s, struct page_value *list,
		      const char *title, const char *unit,
		      double (*of)(const struct point *p), bool from_zero)
{
	struct page_tree *t = s->pg->tree;
	struct page_value *v = page_item(t, list);
	double low = of(&s->at[0]), high = low, base, span, sum = 0;
	char text[40];
	struct buf path;

	for (int i = 0; i < s->n; i++) {
		double y = of(&s->at[i]);

		low = y < low ? y : low;
		high = y > high ? y : high;
		sum += y;
	}
	if (from_zero && low > 0)
		low = 0;
	span = high > low ? high - low : 1;
	/* what never changes is drawn in the middle */
	base = high > low ? low : low - span / 2;
	buf_init(&path, 32u << 10);
	for (int i = 0; i < s->n; i++)
		buf_printf(&path, "%c%.1f %.1f", i ? 'L' : 'M',
			   s->n > 1 ? WIDTH * i / (s->n - 1) : 0,
			   HEIGHT - 6 - (HEIGHT - 12) * (of(&s->at[i]) - base) / span);
	page_text(t, v, "name", title);
	page_text(t, v, "in", unit);
	page_bytes(t, v, "curve", buf_view(&path));
	buf_printf(&path, "V%.0fH0Z", HEIGHT);
	page_bytes(t, v, "area", buf_view(&path));
	buf_free(&path);
	write_number(text, sizeof(text), low);
	page_text(t, v, "low", text);
	write_number(text, sizeof(text), high);
	page_text(t, v, "high", text);
	write_number(text, sizeof(text), of(&s->at[s->n - 1]));
	page_text(t, v, "now", text);
	write_number(text, sizeof(text), sum / s->n);
	page_text(t, v, "mean", text);
}

static double difficulty(const struct point *p) { return p->difficulty; }
static double hashrate(const struct point *p) { return p->hashrate; }
static double spacing(const struct point *p) { return p->spacing; }
static double fees(const struct point *p) { return p->fees / 1e8; }
static double txs(const struct point *p) { return p->txs; }
static double fullness(const struct point *p) { return p->weight / 40000; }
static double supply_at(const struct point *p) { return p->supply; }

static void put_choices(struct page *pg, uint32_t chosen)
{
	static const struct {
		uint32_t blocks;
		const char *text;
	} choice[] = {{144, "144 blocks"}, {1008, "1,008"}, {2016, "2,016"}, {0, "all"}};
	struct page_value *list = page_list(pg->tree, pg->root, "choices");

	for (unsigned i = 0; i < sizeof(choice) / sizeof(choice[0]); i++) {
		struct page_value *v = page_item(pg->tree, list);

		page_int(pg->tree, v, "blocks", choice[i].blocks);
		page_text(pg->tree, v, "text", choice[i].text);
		page_flag(pg->tree, v, "chosen", choice[i].blocks == chosen);
	}
}

static enum status fill(struct page *pg)
{
	struct series *s = arena_new(pg->arena, struct series);
	uint32_t to = pg->tip_height, from;
	struct page_value *list;
	uint64_t blocks;
	enum status st;

	if (!s)
		return ST_NOMEM;
	s->pg = pg;
	page_text(pg->tree, pg->root, "title", "Charts");
	page_text(pg->tree, pg->root, "follow", "blocks=1&disconnects=1");
	if (!request_query_number(pg->rq, "blocks", 1008, UINT32_MAX, &blocks))
		blocks = 1008;
	put_choices(pg, (uint32_t)blocks);
	/* the genesis block's time says nothing of how long the next took */
	from = blocks && blocks < to ? to - (uint32_t)blocks : to > 1 ? 1 : 0;
	st = to - from <= ALL_READ ? read_all(s, from, to) : read_some(s, from, to);
	if (st != ST_OK || s->n < 2)
		return st;
	count_supply(s);
	page_flag(pg->tree, pg->root, "any", true);
	page_int(pg->tree, pg->root, "first", from);
	page_int(pg->tree, pg->root, "last", to);
	page_int(pg->tree, pg->root, "first_time", s->at[0].time);
	page_int(pg->tree, pg->root, "last_time", s->at[s->n - 1].time);
	page_flag(pg->tree, pg->root, "sampled", s->sampled);
	page_int(pg->tree, pg->root, "step", (to - from + POINTS - 1) / POINTS);
	list = page_list(pg->tree, pg->root, "charts");
	put_chart(s, list, "Difficulty", "", difficulty, false);
	put_chart(s, list, "Hash rate", "hashes a second", hashrate, true);
	put_chart(s, list, "Time between blocks", "seconds", spacing, true);
	put_chart(s, list, "Fees of a block", "coins", fees, true);
	put_chart(s, list, "Transactions of a block", "", txs, true);
	put_chart(s, list, "Fullness of blocks", "per cent", fullness, true);
	put_chart(s, list, "Supply by the rules", "coins", supply_at, true);
	return ST_OK;
}

void page_charts(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "charts", "charts", fill);
}
