/* SPDX-License-Identifier: MIT */
/* Transactions tested together, in a snapshot: nothing is written. */
#include <stdlib.h>

#include "node/core/priv.h"
#include "node/pool/poolgroup.h"
#include "node/pool/poolpackage.h"

enum status pool_candidates(struct pool_candidate **c, const struct bytes *raw,
			    uint32_t count, const struct tx_options *o,
			    struct tx_result *out, struct verdict *package)
{
	enum status st = ST_OK;

	*c = NULL;
	verdict_init(package);
	if (count == 0 || count > PACKAGE_TX_MAX) {
		verdict_refuse(package, V_PACKAGE_COUNT, "%s", "");
		return ST_OK;
	}
	*c = calloc(count, sizeof(**c));
	if (!*c)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < count; i++) {
		out[i] = (struct tx_result){0};
		verdict_init(&out[i].verdict);
		st = pool_candidate_init(&(*c)[i], raw[i].p, raw[i].len);
		(*c)[i].max_rate_sat_kvb = o->max_rate_sat_kvb;
		if (st == ST_PARSE) {
			verdict_refuse(&out[i].verdict, V_TX_DECODE, "%s", "");
			verdict_refuse(package, V_PACKAGE_TX, "%s", "");
			st = ST_OK;
		} else if (st == ST_OK) {
			pool_result(&out[i], &(*c)[i]);
			out[i].judged = false;
		}
	}
	return st;
}

void pool_candidates_free(struct pool_candidate *c, uint32_t count)
{
	for (uint32_t i = 0; c && i < count; i++)
		pool_candidate_free(&c[i]);
	free(c);
}

static enum status judge(struct node *n, struct pool_group *g, struct verdict *v)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = pool_group_judge(n, g, v);
	node_read_end(n, own);
	return st;
}

/* Their scripts, in order, until one is refused. */
static enum status run_scripts(struct pool_group *g, struct tx_result *out,
			       struct verdict *v)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && v->code == VALID && i < g->n; i++) {
		struct verdict *why = &out[i].verdict;

		pool_result(&out[i], g->c[i]);
		st = pool_judge_scripts(g->c[i], why);
		out[i].judged = st == ST_OK;
		if (why->code != VALID)
			verdict_refuse(v, V_PACKAGE_TX, "%s", "");
	}
	return st;
}

static enum status run(struct node *n, struct pool_candidate *c, uint32_t count,
		       struct tx_result *out, struct verdict *v)
{
	struct pool_group g = {.n = count};
	enum status st;

	if (!pool_group_shape(c, count, v))
		return ST_OK;
	for (uint32_t i = 0; i < count; i++) {
		c[i].mode = POOL_TEST;
		c[i].family = c;
		c[i].n_family = i;
		g.c[i] = &c[i];
	}
	st = judge(n, &g, v);
	if (st == ST_OK && v->code == V_PACKAGE_TX) {
		out[g.bad].verdict = g.why;
		out[g.bad].judged = true;
		pool_result(&out[g.bad], &c[g.bad]);
	}
	if (st == ST_OK && v->code == VALID)
		st = run_scripts(&g, out, v);
	return st;
}

enum status node_test_txs(struct node *n, const struct bytes *raw,
			  uint32_t count, const struct tx_options *o,
			  struct tx_result *out, struct verdict *package)
{
	struct tx_options own = *o;
	struct pool_candidate *c = NULL;
	enum status st;

	own.test_only = true;
	if (count == 1) {
		verdict_init(package);
		st = node_accept_tx(n, raw[0].p, raw[0].len, &own, &out[0]);
		if (st == ST_OK && out[0].verdict.code != VALID)
			verdict_refuse(package, V_PACKAGE_TX, "%s", "");
		return st;
	}
	st = pool_candidates(&c, raw, count, &own, out, package);
	if (st == ST_OK && package->code == VALID)
		st = run(n, c, count, out, package);
	pool_candidates_free(c, count);
	return st;
}
