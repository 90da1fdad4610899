/* SPDX-License-Identifier: MIT */
/*
 * Blocks in bulk. Between begin and end blocks go through the same judgement as
 * in accept.h, but many of them share one commit, with their index rows sorted.
 * Whatever was not committed when the process dies is simply not there: running
 * the import again continues.
 */
#ifndef QUARRY_NODE_IMPORT_H
#define QUARRY_NODE_IMPORT_H

#include "node/accept.h"

struct import_options {
	size_t group_bytes;	/* memory for one group; 0: 64 MiB */
	struct blkid assume_valid; /* scripts up to this block are not run; zero:
				    * all are */
};

NODISCARD enum status import_begin(struct node *n, const struct import_options *o);
/* As node_accept_block. A block whose parent is unknown is V_PREV_NOT_FOUND:
 * bring it again later. */
NODISCARD enum status import_block(struct node *n, const void *raw, size_t len,
				   const char *source, struct block_result *out);
/* Commits what is open. */
NODISCARD enum status import_flush(struct node *n);
NODISCARD enum status import_end(struct node *n);

#endif
