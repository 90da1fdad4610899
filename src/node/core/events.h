/* SPDX-License-Identifier: MIT */
/* Rows of `event` and `reject`: what happened, as JSON for those who follow. */
#ifndef QUARRY_NODE_CORE_EVENTS_H
#define QUARRY_NODE_CORE_EVENTS_H

#include "node/core/priv.h"
#include "primitives/verdict.h"

/* kind: "block" (connected) or "disconnect". */
NODISCARD enum status event_block(struct node *n, const char *kind,
				  const struct block_row *row);
/* kind: "tx" (came) or "tx-gone"; why: "" or the reason it left. */
NODISCARD enum status event_tx(struct node *n, const char *kind,
			       const struct txid *txid, int64_t fee,
			       uint32_t vsize, const char *why);
/* A row "peer": something happened to one, or was decided about it. */
struct peer_event {
	const char *address;	/* HOST:PORT; of a ban the host or subnet */
	const char *change;	/* "connected", "disconnected", "banned", ... */
	int64_t connection;	/* -1: none */
	const char *kind;	/* of the connection; NULL: of none */
	const char *agent;	/* NULL: unknown */
	int32_t version;	/* 0: unknown */
	int64_t until;		/* of a ban, UNIX seconds; 0: none */
	const char *why;	/* NULL: none */
};
/* Who comes and goes all the time costs the followers of the chain nothing: of a
 * flood the first 100 are told and then one every five seconds; the next that is
 * told says how many were not, in a row of its own ("untold"). */
NODISCARD enum status event_peer(struct node *n, const struct peer_event *e);
/* Says at once how many were not told. */
NODISCARD enum status event_peer_untold(struct node *n);
/* Keeps the newest rows. */
NODISCARD enum status events_trim(struct node *n);
/* A refusal in a write transaction of its own: what was refused changed nothing,
 * so there is none to join. Of a flood the first 2,000 are written, and then 50 a
 * second. */
NODISCARD enum status reject_write(struct node *n, const char *kind,
				   const struct hash256 *hash,
				   const struct verdict *v, const char *source);

#endif
