/* SPDX-License-Identifier: MIT */
/*
 * Programs of this database that cannot do their work and try again say so here
 * (rows of table waiting), for people and monitors.
 */
#ifndef QUARRY_NODE_CORE_WAITING_H
#define QUARRY_NODE_CORE_WAITING_H

#include "node/core/node.h"

#define WAITING_LIST_MAX 32
/* How often who waits says it again, and when a row is of one that was killed. */
#define WAITING_TELL_MS 10000
#define WAITING_SILENT_S 35

struct waiting {
	char program[32], detail[300];
	int64_t since_s;	/* the machine's clock */
};

/* What this process waits for, one sentence; NULL: for nothing any more. Statuses
 * of a write: nothing was told. */
NODISCARD enum status node_waiting_tell(struct node *n, const char *program,
					const char *detail);
/* Those that said so within WAITING_SILENT_S. */
NODISCARD enum status node_waiting_list(struct node *n,
					struct waiting out[WAITING_LIST_MAX],
					unsigned *count);

/* For a program's loop: says what is new at once, what is not every
 * WAITING_TELL_MS, logs what is new, and swallows failures, which the next call
 * makes good. Begin with zeros and the program's name. */
struct waiting_voice {
	const char *program;
	char said[300];
	int64_t said_ms;
	bool told;		/* a row is there */
};
void waiting_say(struct waiting_voice *v, struct node *n, const char *detail);

#endif
