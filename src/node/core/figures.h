/* SPDX-License-Identifier: MIT */
/* Counters of the database for those who watch the node. */
#ifndef QUARRY_NODE_CORE_FIGURES_H
#define QUARRY_NODE_CORE_FIGURES_H

#include "node/core/node.h"

struct node_figures {
	int64_t reorgs;		/* changes of branch, ever */
	int64_t refusals;	/* blocks, headers, transactions; ever */
	int64_t event;		/* id of the last one */
	/* Steps of the schema: of the file, and that this program knows. */
	int schema_file, schema_program;
	int64_t miner_seen;	/* when one told of itself last, UNIX seconds; 0:
				 * none is known */
	bool sender_runs;	/* who delivers webhooks */
};

/* In one read transaction, or the caller's. */
NODISCARD enum status node_figures(struct node *n, struct node_figures *out);

#endif
