/* SPDX-License-Identifier: MIT */
/* Replacement by fee: rules 2 to 6 of Bitcoin Core, of which BIP125 has five. */
#include <inttypes.h>

#include "consensus/standard.h"
#include "node/pooljudge.h"

#define REPLACED_MAX 100

/* Rule 6: the rate is higher than that of each direct conflict. Rule 5: few
 * enough leave. */
static enum status judge_direct(struct node *n, const struct pool_candidate *c,
				struct verdict *v)
{
	int64_t rate = fee_rate_sat_kvb(c->fee, c->vsize), leaving = 0;
	struct mempool_row row;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->conflicts.n; i++) {
		int64_t old;

		st = store_mempool_by_id(n->db, c->conflicts.id[i], &row);
		if (st != ST_OK)
			break;
		old = fee_rate_sat_kvb(row.fee + row.fee_delta, row.vsize);
		leaving += row.n_desc;
		if (rate <= old) {
			verdict_refuse(v, V_RBF_FEE, "new feerate %" PRId64
				       " <= old feerate %" PRId64
				       " sat per 1000 vbytes", rate, old);
			return ST_OK;
		}
	}
	if (st == ST_OK && leaving > REPLACED_MAX)
		verdict_refuse(v, V_RBF_TOO_MANY, "%" PRId64 " > %d", leaving,
			       REPLACED_MAX);
	return st;
}

/* Rule 2: each unconfirmed parent was one of a conflict already. */
static enum status judge_parents(struct node *n, const struct pool_candidate *c,
				 struct verdict *v)
{
	struct poolset before;
	enum status st = ST_OK;

	poolset_init(&before);
	for (size_t i = 0; st == ST_OK && i < c->conflicts.n; i++)
		st = poolset_parents(n, &before, c->conflicts.id[i]);
	for (uint32_t i = 0; st == ST_OK && i < c->tx.n_in; i++) {
		struct mempool_row row;

		st = store_mempool_by_txid(n->db, &c->tx.in[i].prevout.txid,
					   &row);
		if (st == ST_NOT_FOUND) {
			st = ST_OK;
		} else if (st == ST_OK && !poolset_has(&before, row.id)) {
			verdict_refuse(v, V_RBF_NEW_UNCONFIRMED,
				       "input %" PRIu32, i);
			v->input = (int32_t)i;
			break;
		}
	}
	poolset_free(&before);
	return st;
}

/* Rules 3 and 4: it pays for what leaves, and for its own relay on top. */
static enum status judge_fees(struct node *n, const struct pool_candidate *c,
			      struct verdict *v)
{
	int64_t old = 0, relay;
	struct poolset all;
	bool added;
	enum status st = ST_OK;

	poolset_init(&all);
	for (size_t i = 0; st == ST_OK && i < c->conflicts.n; i++)
		st = poolset_add(&all, c->conflicts.id[i], &added);
	if (st == ST_OK)
		st = poolset_descendants(n, &all);
	for (size_t i = 0; st == ST_OK && i < all.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, all.id[i], &row);
		if (st == ST_OK)
			old += row.fee + row.fee_delta;
	}
	poolset_free(&all);
	relay = fee_at_rate_sat(n->policy.incremental_sat_kvb, c->vsize);
	if (st == ST_OK && c->fee < old)
		verdict_refuse(v, V_RBF_FEE, "less fees than conflicting "
			       "txs; %" PRId64 " < %" PRId64, c->fee, old);
	else if (st == ST_OK && c->fee - old < relay)
		verdict_refuse(v, V_RBF_FEE, "not enough additional fees to "
			       "relay; %" PRId64 " < %" PRId64, c->fee - old,
			       relay);
	return st;
}

enum status pool_judge_replacement(struct node *n, struct pool_candidate *c,
				   struct verdict *v)
{
	enum status st = judge_direct(n, c, v);

	if (st == ST_OK && v->code == VALID)
		st = judge_parents(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = judge_fees(n, c, v);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
