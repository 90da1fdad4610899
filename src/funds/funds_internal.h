/* SPDX-License-Identifier: MIT */
/* What the files of funds/ share. */
#ifndef QUARRY_FUNDS_FUNDS_INTERNAL_H
#define QUARRY_FUNDS_FUNDS_INTERNAL_H

#include "funds/funds.h"

/* A set of txids in an arena. */
struct funds_ids {
	struct arena *arena;
	struct funds_ids_slot {
		struct txid id;
		int64_t value;
		bool taken;
	} *slot;
	size_t n, room;
};
/* Where an id stands or would stand; NULL without memory. *is_new: it was not
 * there, and is now, with value 0. */
struct funds_ids_slot *funds_ids_at(struct funds_ids *s, const struct txid *id,
				    bool *is_new);
/* NULL: not there. */
const struct funds_ids_slot *funds_ids_find(const struct funds_ids *s,
					    const struct txid *id);

/* Reads descriptors, scripts and labels again, with what was derived since. */
enum status funds_reload(struct funds *f);
/* Derives scripts of a descriptor up to `past`, in the caller's purse
 * transaction. */
enum status funds_derive(struct funds *f, struct funds_desc *d, uint32_t past);

/* A copy in f's arena that outlives the walk it comes from. */
enum status funds_copy_tx(struct funds *f, const struct full_tx *t,
			  struct full_tx *out);

#endif
