/* SPDX-License-Identifier: MIT */
/* See precheck.h. */
#include "node/chain/precheck.h"

#include "consensus/block_check.h"
#include "consensus/header_check.h"
#include "consensus/maker_turn.h"
#include "node/chain/plan.h"
#include "node/core/priv.h"

static enum status judge(struct node *n, struct plan *p, bool *next,
			 struct verdict *v)
{
	struct block_row row, parent, tip;
	struct chain_view view;
	enum status st = store_block_by_hash(n->db, &p->block.id, &row);

	if (st == ST_OK && row.prev_id == 0)
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = store_block_by_id(n->db, row.prev_id, &parent);
	if (st == ST_OK)
		st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = branch_set(&n->branch, &parent);
	if (st != ST_OK)
		return st;
	*next = parent.id == tip.id;
	view = branch_view(&n->branch);
	st = block_check(&n->params, &p->block, &p->arena, v);
	if (st == ST_OK && v->code == VALID)
		st = block_check_context(&n->params, &view, &p->block,
					 &p->arena, v);
	if (st == ST_OK && v->code == VALID)
		st = maker_turn_check(&n->params, &view, &p->block, &p->arena,
				      v);
	return st;
}

enum status node_precheck_block(struct node *n, const void *raw, size_t len,
				bool *next, struct verdict *v)
{
	struct plan *p;
	bool own;
	enum status st = plan_new(&p, raw, len, "");

	*next = false;
	verdict_init(v);
	if (st == ST_PARSE) {
		verdict_refuse(v, V_BLOCK_DECODE, "%s", "");
		return ST_OK;
	}
	if (st == ST_OK)
		st = node_read_begin(n, &own);
	else
		return st;
	if (st == ST_OK) {
		st = judge(n, p, next, v);
		node_read_end(n, own);
	}
	plan_free(p);
	return st;
}
