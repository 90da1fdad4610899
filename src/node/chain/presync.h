/* SPDX-License-Identifier: MIT */
/*
 * Headers of peers, who may have endless ones of little work.
 *
 * Headers at the lowest difficulty cost nearly nothing, so a peer could fill the
 * disk or our memory with them. What a peer gives is therefore only stored if its
 * chain ends with enough work: the network's min_chainwork, and that of our tip
 * less 144 blocks. A chain that is not there yet is gone through twice, as
 * Bitcoin Core does since 24.0. The first time only its last header, its work and
 * one secret bit for each 615 headers are kept, and proof of work and the limits
 * of the difficulty's rise are checked. When it has the work the peer is asked
 * for all of it again, and headers are stored once the secret bits of the 14,621
 * after them were right: to give other headers the second time than the first,
 * somebody would have to guess more than twenty bits.
 *
 * Blocks that the operator brings, by import or submitblock, are not asked for
 * this.
 */
#ifndef QUARRY_NODE_CHAIN_PRESYNC_H
#define QUARRY_NODE_CHAIN_PRESYNC_H

#include "node/chain/accept.h"

/* A batch that is shorter is a peer's last. */
#define HEADERS_FULL 2000

/* A peer's chain of little work on its way; at most about 2 MiB. */
struct presync;

struct headers_answer {
	struct verdict verdict;
	size_t stored;		/* headers of the batch or before it that are
				 * known now */
	bool held;		/* the batch itself is not stored, or not yet */
	bool more;		/* ask for what follows `after` */
	struct blkid after;
};

/* count headers of one peer, each on the one before it. *s: NULL at first, then
 * what is remembered of this peer (presync_free when it goes). A chain that ends
 * without the work is V_TOO_LITTLE_WORK, one that hangs in the air
 * V_PREV_NOT_FOUND; the rest as node_accept_headers. */
NODISCARD enum status node_take_headers(struct node *n, struct presync **s,
					const uint8_t *raw, size_t count,
					const char *source,
					struct headers_answer *out);
void presync_free(struct presync *s);	/* NULL is fine */
/* How far the first pass came; -1: there is none. */
int64_t presync_height(const struct presync *s);

/* node_accept_headers (accept.c) for headers whose chain has the work. */
NODISCARD enum status headers_store(struct node *n, const uint8_t *raw,
				    size_t count, const char *source,
				    size_t *accepted, struct verdict *v);

#endif
