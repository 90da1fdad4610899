/* SPDX-License-Identifier: MIT */
/* What blocks say about validators: bonds and evidence, as rows of the active
 * chain. */
#include "node/chain/finality_state.h"

#include "primitives/bond.h"

/* Each output that is a bond of the registration. */
static enum status index_bonds(struct node *n, const struct tx *tx, int64_t id,
			       uint32_t height, const struct bond_keys *k)
{
	uint8_t script[BOND_OUTPUT_SCRIPT];
	enum status st = ST_OK;

	if (!bond_script(script, NULL, k->owner, n->params.bond_lock))
		return ST_OK;
	for (uint32_t i = 0; st == ST_OK && i < tx->n_out; i++) {
		struct bytes s = tx->out[i].script;

		if (s.len == sizeof(script) &&
		    memcmp(s.p, script, sizeof(script)) == 0)
			st = store_bond_add(n->db, id, i, k->validator, height);
	}
	return st;
}

static enum status index_output(struct node *n, const struct tx *tx, int64_t id,
				uint32_t height, struct bytes script)
{
	struct bond_keys k;
	struct vote a, b;

	if (n->params.bond_lock && bond_register_read(&k, script))
		return index_bonds(n, tx, id, height, &k);
	if (vote_evidence_read(&a, &b, script) &&
	    vote_evidence_proves(&a, &b, &n->params.document))
		return store_conviction_add(n->db, height, a.key);
	return ST_OK;
}

enum status finality_index(struct node *n, const struct plan *p)
{
	enum status st = ST_OK;

	if (!n->params.finality_interval)
		return ST_OK;
	for (uint32_t i = 0; st == ST_OK && i < p->block.n_tx; i++) {
		const struct tx *tx = &p->block.tx[i];

		for (uint32_t k = 0; st == ST_OK && k < tx->n_out; k++)
			st = index_output(n, tx, p->first_tx + i, p->row.height,
					  tx->out[k].script);
	}
	return st;
}

enum status finality_evidence_pending(struct node *n, bool *any,
				      uint8_t script[VOTE_EVIDENCE_SCRIPT])
{
	struct evidence_row e;
	enum status st;

	*any = false;
	if (!n->params.finality_interval)
		return ST_OK;
	st = store_evidence_pending(n->db, &e);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	vote_evidence_write(script, &e.a, &e.b);
	*any = true;
	return ST_OK;
}

enum status finality_unindex(struct node *n, uint32_t height)
{
	if (!n->params.finality_interval)
		return ST_OK;
	return store_finality_drop(n->db, height);
}
