/* SPDX-License-Identifier: MIT */
/*
 * What somebody asks to hear of, by pairs of names and values:
 *
 *	blocks, disconnects, tx, peer, finality		all of a kind
 *	address=A, script=HEX, outpoint=TXID:N, peer=HOST:PORT, peer=HOST
 *					one thing; may be repeated, and several may
 *					stand with commas between
 *	since=ID			resume, as Last-Event-ID does, which counts
 *					more
 *
 * Nothing but since asks for blocks and disconnects.
 */
#ifndef QUARRY_FEED_EVENT_WANT_H
#define QUARRY_FEED_EVENT_WANT_H

#include "feed/watch.h"
#include "primitives/params.h"

#define WANT_BLOCKS 1u
#define WANT_DISCONNECTS 2u
#define WANT_TX 4u
#define WANT_PEERS 8u
#define WANT_ALWAYS 16u	/* whoever listens gets it */
#define WANT_FINALITY 32u
#define WANT_A_PEER 64u	/* a peer by name: what may be of any peer */

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

/* Takes one pair, into a want that is all zero at first. ST_OK, ST_NOMEM, or
 * ST_USAGE with one sentence in why; event_want_drop gives back what is there. */
NODISCARD enum status event_want_add(struct event_want *want, const char *name,
				     const char *value, const struct params *p,
				     struct watches *w,
				     char why[EVENT_WHY_SIZE]);
/* Where to resume: "123", all rows up to 123; "123-2", those before it and two of
 * its messages. False: it says nothing, and changes nothing. */
bool event_want_place(struct event_want *want, const char *text);
/* After the last pair. */
void event_want_end(struct event_want *want);
/* All at once, as "blocks&address=A": of a filter that is kept as text. As
 * event_want_add; on failure nothing is to be given back. */
#define EVENT_TEXT_MAX 4096
NODISCARD enum status event_want_text(struct event_want *want, const char *text,
				      const struct params *p, struct watches *w,
				      char why[EVENT_WHY_SIZE]);
void event_want_drop(struct event_want *want, struct watches *w);
/* Whether x is one of n, which are in order of address. */
bool event_want_has(struct watch *const *watch, unsigned n,
		    const struct watch *x);

#endif
