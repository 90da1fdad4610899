/* SPDX-License-Identifier: MIT */
/*
 * What a client of /events asked for, by the query of its request:
 *
 *	blocks, disconnects, tx, peer	all of a kind (of peer: whatever writes
 *					rows of that kind)
 *	address=A, outpoint=TXID:N, peer=HOST:PORT	one thing; may be repeated,
 *					and several may stand with commas between
 *	since=ID			resume, as Last-Event-ID does, which counts
 *					more
 *
 * Nothing but since asks for blocks and disconnects.
 */
#ifndef QUARRY_FCGI_EVENT_WANT_H
#define QUARRY_FCGI_EVENT_WANT_H

#include "fcgi/request.h"
#include "fcgi/watch.h"
#include "primitives/params.h"

#define WANT_BLOCKS 1u
#define WANT_DISCONNECTS 2u
#define WANT_TX 4u
#define WANT_PEERS 8u
#define WANT_ALWAYS 16u	/* whoever listens gets it */

#define EVENT_WATCHES_MAX 64
#define EVENT_WHY_SIZE 160

struct event_want {
	unsigned kinds;		/* WANT_... */
	bool resumed;		/* from a place the client named: */
	int64_t after;		/* all rows up to this one it has, */
	uint32_t skip;		/* and so many messages of the next */
	unsigned n;
	struct watch *watch[EVENT_WATCHES_MAX]; /* each once, in order of address */
};

/* ST_OK, ST_NOMEM, or ST_USAGE with one sentence in why; nothing is to be given
 * back then. */
NODISCARD enum status event_want_read(struct event_want *want,
				      const struct request *rq,
				      const struct params *p, struct watches *w,
				      char why[EVENT_WHY_SIZE]);
void event_want_drop(struct event_want *want, struct watches *w);
/* Whether x is one of n, which are in order of address. */
bool event_want_has(struct watch *const *watch, unsigned n,
		    const struct watch *x);

#endif
