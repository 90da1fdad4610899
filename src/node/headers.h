/* SPDX-License-Identifier: MIT */
/*
 * Headers of chains with little work: inner parts of accept.h.
 *
 * Headers at the lowest difficulty cost nearly nothing, so a peer could fill the
 * disk with them. Headers from peers are therefore stored only if their chain
 * ends with at least the network's min_chainwork. A chain that is not there yet
 * is held in memory while full batches go on, 80 bytes a header, no longer than
 * a chain of twice the pace since genesis, two chains at a time; when it has the
 * work, all of it is judged and stored, and when it ends before, forgotten. So
 * one process must see the whole of a chain: it starts anew after a restart.
 * Proof of work and linkage are checked as headers come. Blocks that the
 * operator brings, by import or submitblock, are not asked for this.
 */
#ifndef QUARRY_NODE_HEADERS_H
#define QUARRY_NODE_HEADERS_H

#include "node/accept.h"

/* A batch that is shorter is a peer's last. */
#define HEADERS_FULL 2000

struct held_headers;

void headers_forget(struct held_headers *held);
/* node_accept_headers without a minimum of work (accept.c). */
NODISCARD enum status headers_store(struct node *n, const uint8_t *raw,
				    size_t count, const char *source,
				    size_t *accepted, struct verdict *v);

#endif
