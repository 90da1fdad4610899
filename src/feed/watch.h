/* SPDX-License-Identifier: MIT */
/*
 * What those who follow events look for by name: scripts, outpoints, peers,
 * transactions. Each
 * thing is there once, however many look for it, so that a transaction is
 * compared with all of them by one look-up for each of its outputs and inputs.
 */
#ifndef QUARRY_FEED_WATCH_H
#define QUARRY_FEED_WATCH_H

#include "base/bytes.h"
#include "base/status.h"
#include "primitives/tx.h"

/* No longer name is looked for: scripts with addresses have 42 bytes at most, three
 * bare keys 105. */
#define WATCH_BYTES_MAX 255

enum watch_kind { WATCH_SCRIPT, WATCH_OUTPOINT, WATCH_PEER, WATCH_TX };
#define WATCH_KINDS 4

struct watch {
	struct watch *next;
	uint32_t refs;
	uint8_t kind;
	uint8_t len;
	uint8_t b[];
};

struct watches {
	struct watch **slot;
	uint64_t seed;
	size_t n[WATCH_KINDS];
	uint64_t changes;	/* grows whenever one comes or goes */
};

/* ST_NOMEM. */
NODISCARD enum status watches_init(struct watches *w);
void watches_free(struct watches *w);
/* The one for these bytes, made if need be, with one more reference; NULL: no
 * memory, or too many bytes. */
struct watch *watch_take(struct watches *w, enum watch_kind kind, struct bytes b);
/* Gives a reference back. */
void watch_drop(struct watches *w, struct watch *x);
/* NULL: nobody looks for it. */
struct watch *watch_find(const struct watches *w, enum watch_kind kind,
			 struct bytes b);

#define WATCH_OUTPOINT_SIZE 36
/* An outpoint as the bytes of its name. */
struct bytes watch_outpoint(uint8_t out[WATCH_OUTPOINT_SIZE],
			    const struct outpoint *o);

#endif
