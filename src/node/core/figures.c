/* SPDX-License-Identifier: MIT */
/* Ids only grow, and of reorganisations and refusals none is given twice: the
 * last id is how many there were, also after old rows were trimmed. */
#include "node/core/figures.h"

#include "base/clock.h"
#include "node/core/priv.h"
#include "store/store_block.h"
#include "store/store_event.h"
#include "store/store_miner.h"
#include "store/store_peer.h"

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
	if (st == ST_OK)
		st = db_schema_version(n->db, &out->schema_file,
				       &out->schema_program);
	if (st == ST_OK)
		st = store_miner_seen(n->db, &out->miner_seen);
	if (st == ST_OK)
		st = store_lease_held(n->db, "webhooks", clock_wall_ms(),
				      &out->sender_runs);
	node_read_end(n, own);
	return st;
}
