/* SPDX-License-Identifier: MIT */
/* Rows of `event` and `reject`: what happened, as JSON for those who follow. */
#ifndef QUARRY_NODE_EVENTS_H
#define QUARRY_NODE_EVENTS_H

#include "node/priv.h"
#include "primitives/verdict.h"

/* kind: "block" (connected) or "disconnect". */
NODISCARD enum status event_block(struct node *n, const char *kind,
				  const struct block_row *row);
/* kind: "tx" (came) or "tx-gone"; why: "" or the reason it left. */
NODISCARD enum status event_tx(struct node *n, const char *kind,
			       const struct txid *txid, int64_t fee,
			       uint32_t vsize, const char *why);
/* Keeps the newest rows. */
NODISCARD enum status events_trim(struct node *n);
/* A refusal in a write transaction of its own: what was refused changed nothing,
 * so there is none to join. Of a flood the first 2,000 are written, and then 50 a
 * second. */
NODISCARD enum status reject_write(struct node *n, const char *kind,
				   const struct hash256 *hash,
				   const struct verdict *v, const char *source);

#endif
