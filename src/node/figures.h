/* SPDX-License-Identifier: MIT */
/* Counters of the database for those who watch the node. */
#ifndef QUARRY_NODE_FIGURES_H
#define QUARRY_NODE_FIGURES_H

#include "node/node.h"

struct node_figures {
	int64_t reorgs;		/* changes of branch, ever */
	int64_t refusals;	/* blocks, headers, transactions; ever */
	int64_t event;		/* id of the last one */
};

/* In one read transaction, or the caller's. */
NODISCARD enum status node_figures(struct node *n, struct node_figures *out);

#endif
