/* SPDX-License-Identifier: MIT */
/*
 * A row of the event table as the messages it means: the row itself, and what it
 * does to the addresses and outpoints that somebody looks for. The messages of a
 * row are always the same, in the same order, so that a client can resume in the
 * midst of them.
 */
#ifndef QUARRY_FEED_EVENT_FEED_H
#define QUARRY_FEED_EVENT_FEED_H

#include "feed/event_want.h"
#include "node/query/query_full.h"

struct event_item {
	const char *name;	/* of the message: "block", "address", ... */
	const char *json;	/* one line */
	unsigned kind;		/* who gets it: WANT_..., 0 by `watch` alone */
	const struct watch *watch, *also;	/* also: a peer by its host alone */
};

/* Whether it is for one that wants these kinds and looks for these things. */
bool event_item_for(const struct event_item *e, unsigned kinds,
		    struct watch *const *watch, unsigned n);

struct event_feed {
	struct node *node;
	const struct watches *watches;
	struct arena arena;	/* of the messages */
	struct arena scratch;
	int64_t id;		/* the row they are of; 0: none */
	uint64_t changes;	/* of the watches, when they were made */
	struct event_item *item;
	uint32_t n, room;
};

/* Whether rows between this place and that row are no longer kept. (Of a state that
 * was loaded the ids begin far ahead.) */
bool event_is_gap(int64_t after, const struct event_info *row);

void event_feed_init(struct event_feed *f, struct node *n,
		     const struct watches *w);
void event_feed_free(struct event_feed *f);
/* Makes the messages of a row; they live until the next call. When memory or the
 * database fails, what could be made is there. */
NODISCARD enum status event_feed_row(struct event_feed *f,
				     const struct event_info *row);

/* An output that is spent, in chain or pool or, failing that, of a transaction
 * that left the pool. ST_NOT_FOUND. */
NODISCARD enum status event_feed_coin(struct node *n, const struct outpoint *o,
				      struct arena *a, struct full_coin *coin);

#endif
