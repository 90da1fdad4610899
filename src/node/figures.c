/* SPDX-License-Identifier: MIT */
/* Ids only grow, and of reorganisations and refusals none is given twice: the
 * last id is how many there were, also after old rows were trimmed. */
#include "node/figures.h"

#include "node/priv.h"
#include "store/store_block.h"
#include "store/store_event.h"

enum status node_figures(struct node *n, struct node_figures *out)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct node_figures){0};
	if (st != ST_OK)
		return st;
	st = store_reorg_last(n->db, &out->reorgs);
	if (st == ST_OK)
		st = store_reject_last(n->db, &out->refusals);
	if (st == ST_OK)
		st = store_event_last(n->db, &out->event);
	node_read_end(n, own);
	return st;
}
