/* SPDX-License-Identifier: MIT */
/* Re-validation of everything that is stored. */
#ifndef QUARRY_NODE_CHECK_VERIFY_H
#define QUARRY_NODE_CHECK_VERIFY_H

#include "node/core/node.h"

struct verify_report {
	uint32_t height;	/* checked up to here */
	uint64_t n_tx, n_in;
	char fault[200];	/* "" when all is well: one sentence */
};

/* Reads every block of the active chain again: header rules, block rules,
 * inputs, amounts, scripts, and that each row (outputs, spenders, totals,
 * history) is what the blocks say; then SQLite's own integrity check. progress
 * may be NULL; false stops (ST_CANCELLED). ST_OK with a fault when the data is
 * wrong. */
NODISCARD enum status node_verify(struct node *n,
				  bool (*progress)(void *arg, uint32_t height,
						   uint32_t tip),
				  void *arg, struct verify_report *out);

/* The newest n_blocks of the active chain (0: all), tip first. level 0: their
 * bytes are there and in their place; 1: and keep the rules of headers and of
 * blocks alone; 2: and each output that they spend says so; 3: and, taken back in
 * memory, they leave unspent what was unspent before; 4: and are judged again from
 * there on, scripts included. What is taken back is held in memory: where that
 * grows too large, levels 3 and 4 stop at the blocks before. As node_verify
 * otherwise. */
NODISCARD enum status node_verify_recent(struct node *n, unsigned level,
					 uint32_t n_blocks,
					 struct verify_report *out);

/* SHA-256 over rows in an order that does not depend on how they came about:
 * equal chains have equal digests. */
struct node_digests {
	uint8_t utxo[32];	/* unspent outputs */
	uint8_t totals[32];	/* totals and history of scripts */
	uint8_t pool[32];	/* waiting transactions */
};
NODISCARD enum status node_digest(struct node *n, struct node_digests *out);

#endif
