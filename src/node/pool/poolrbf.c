/* SPDX-License-Identifier: MIT */
/* See poolrbf.h. One transaction: rules 2 to 6 of Bitcoin Core, of which BIP125
 * has five. */
#include "node/pool/poolrbf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "consensus/standard.h"
#include "node/pool/pooljudge.h"

#define REPLACED_MAX 100

static int by_txid(const void *a, const void *b)
{
	const struct mempool_row *x = a, *y = b;

	return memcmp(x->txid.h.b, y->txid.h.b, sizeof(x->txid.h.b));
}

enum status replaced_init(struct replaced *r, struct node *n,
			  const struct poolset *direct)
{
	enum status st = ST_OK;

	*r = (struct replaced){0};
	poolset_init(&r->all);
	if (!direct->n)
		return ST_OK;
	r->direct = calloc(direct->n, sizeof(*r->direct));
	if (!r->direct)
		return ST_NOMEM;
	for (; st == ST_OK && r->n_direct < direct->n; r->n_direct++)
		st = store_mempool_by_id(n->db, direct->id[r->n_direct],
					 &r->direct[r->n_direct]);
	qsort(r->direct, r->n_direct, sizeof(*r->direct), by_txid);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

void replaced_free(struct replaced *r)
{
	free(r->direct);
	poolset_free(&r->all);
	*r = (struct replaced){0};
}

enum status replaced_count(struct replaced *r, struct node *n,
			   const struct txid *who, enum verdict_code code,
			   struct verdict *v)
{
	char text[HASH_TEXT_SIZE];
	int64_t leaving = 0;
	bool added;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < r->n_direct; i++) {
		leaving += r->direct[i].n_desc;
		if (leaving > REPLACED_MAX) {
			verdict_refuse(v, code, "rejecting replacement %s; too "
				       "many potential replacements (%" PRId64
				       " > %d)", hash256_text(text, &who->h),
				       leaving, REPLACED_MAX);
			return ST_OK;
		}
		st = poolset_add(&r->all, r->direct[i].id, &added);
	}
	if (st == ST_OK)
		st = poolset_descendants(n, &r->all);
	for (size_t i = 0; st == ST_OK && i < r->all.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, r->all.id[i], &row);
		if (st == ST_OK)
			r->fees += row.fee + row.fee_delta;
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

char *rate_text(char out[RATE_TEXT_SIZE], int64_t sat_kvb)
{
	char coins[AMOUNT_TEXT_SIZE];

	snprintf(out, RATE_TEXT_SIZE, "%s BTC/kvB",
		 amount_text(coins, sat_kvb));
	return out;
}

/* Coins with at least two decimals and no zeros behind them. */
static char *money_text(char out[AMOUNT_TEXT_SIZE], int64_t sat)
{
	size_t len = strlen(amount_text(out, sat));

	for (int zeros = 0; zeros < 6 && out[len - 1] == '0'; zeros++)
		out[--len] = '\0';
	return out;
}

bool replaced_paid(const struct replaced *r, const struct node *n,
		   const struct txid *who, int64_t fee, int64_t vsize,
		   enum verdict_code code, struct verdict *v)
{
	int64_t relay = fee_at_rate_sat(n->policy.incremental_sat_kvb, vsize);
	char id[HASH_TEXT_SIZE], has[AMOUNT_TEXT_SIZE], needs[AMOUNT_TEXT_SIZE];

	hash256_text(id, &who->h);
	if (fee < r->fees)
		return verdict_refuse(v, code, "rejecting replacement %s, less "
				      "fees than conflicting txs; %s < %s", id,
				      money_text(has, fee),
				      money_text(needs, r->fees));
	if (fee - r->fees < relay)
		return verdict_refuse(v, code, "rejecting replacement %s, not "
				      "enough additional fees to relay; %s < %s",
				      id, money_text(has, fee - r->fees),
				      money_text(needs, relay));
	return true;
}

/* Rule 6: the rate is higher than that of each direct conflict. */
static bool rate_is_higher(const struct replaced *r,
			   const struct pool_candidate *c,
			   enum verdict_code code, struct verdict *v)
{
	int64_t rate = fee_rate_sat_kvb(pool_modified_fee(c), c->vsize);
	char id[HASH_TEXT_SIZE], now[RATE_TEXT_SIZE], before[RATE_TEXT_SIZE];

	for (size_t i = 0; i < r->n_direct; i++) {
		const struct mempool_row *row = &r->direct[i];
		int64_t old = fee_rate_sat_kvb(row->fee + row->fee_delta,
					       row->vsize);

		if (rate <= old)
			return verdict_refuse(
				v, code, "rejecting replacement %s; new feerate "
				"%s <= old feerate %s",
				hash256_text(id, &c->tx.txid.h),
				rate_text(now, rate), rate_text(before, old));
	}
	return true;
}

/* Rule 2: each unconfirmed parent was one of what leaves already. */
static enum status judge_parents(struct node *n, const struct replaced *r,
				 const struct pool_candidate *c,
				 struct verdict *v)
{
	char text[HASH_TEXT_SIZE];
	struct poolset before;
	enum status st = ST_OK;

	poolset_init(&before);
	for (size_t i = 0; st == ST_OK && i < r->all.n; i++)
		st = poolset_parents(n, &before, r->all.id[i]);
	for (uint32_t i = 0; st == ST_OK && i < c->tx.n_in; i++) {
		struct mempool_row row;

		st = store_mempool_by_txid(n->db, &c->tx.in[i].prevout.txid,
					   &row);
		if (st == ST_NOT_FOUND) {
			st = ST_OK;
		} else if (st == ST_OK && !poolset_has(&before, row.id)) {
			verdict_refuse(v, V_RBF_NEW_UNCONFIRMED, "replacement "
				       "%s adds unconfirmed input, idx %" PRIu32,
				       hash256_text(text, &c->tx.txid.h), i);
			v->input = (int32_t)i;
			break;
		}
	}
	poolset_free(&before);
	return st;
}

enum status pool_judge_replacement(struct node *n, struct pool_candidate *c,
				   struct verdict *v)
{
	bool sibling = c->sibling_eviction;
	enum verdict_code fee = sibling ? V_RBF_FEE_SIBLING : V_RBF_FEE;
	enum verdict_code many = sibling ? V_RBF_TOO_MANY_SIBLING
					 : V_RBF_TOO_MANY;
	struct replaced r;
	enum status st = replaced_init(&r, n, &c->conflicts);

	if (st == ST_OK && rate_is_higher(&r, c, fee, v)) {
		st = replaced_count(&r, n, &c->tx.txid, many, v);
		if (st == ST_OK && v->code == VALID)
			st = judge_parents(n, &r, c, v);
		if (st == ST_OK && v->code == VALID)
			replaced_paid(&r, n, &c->tx.txid, pool_modified_fee(c),
				      c->vsize, fee, v);
	}
	replaced_free(&r);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
