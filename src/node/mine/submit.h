/* SPDX-License-Identifier: MIT */
/*
 * A block handed in by its maker: submitblock of Bitcoin Core 28.1, whose answers
 * (BIP22) miners depend on.
 */
#ifndef QUARRY_NODE_MINE_SUBMIT_H
#define QUARRY_NODE_MINE_SUBMIT_H

#include "node/chain/accept.h"

#define SUBMIT_ANSWER_SIZE 280

enum submit_kind {
	SUBMIT_ACCEPTED,	/* JSON null: it is the new tip */
	SUBMIT_ANSWERED,	/* a string: "duplicate", "inconclusive", a reason */
	SUBMIT_NO_BLOCK,	/* RPC error -22 with this message */
};

struct submit_result {
	enum submit_kind kind;
	char answer[SUBMIT_ANSWER_SIZE];
	struct block_result block;	/* unless SUBMIT_NO_BLOCK */
};

/* As node_accept_block. A commitment to witnesses without the coinbase's own
 * witness gets the 32 zero bytes that go there, as Core does for makers that
 * leave it out. */
NODISCARD enum status node_submit_block(struct node *n, const void *raw,
					size_t len, const char *source,
					struct submit_result *out);

#endif
