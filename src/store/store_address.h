/* SPDX-License-Identifier: MIT */
/* Table address: the address book. */
#ifndef QUARRY_STORE_STORE_ADDRESS_H
#define QUARRY_STORE_STORE_ADDRESS_H

#include "db/db.h"
#include "primitives/connection.h"

/* ST_NOT_FOUND, here and below. */
NODISCARD enum status store_address_get(struct db *db, const struct net_addr *at,
					struct known_address *out);
/* A new one; `pick` is its random place in draws. */
NODISCARD enum status store_address_add(struct db *db, const struct known_address *a,
					const struct net_addr *source, int64_t pick);
NODISCARD enum status store_address_update(struct db *db,
					   const struct known_address *a);
NODISCARD enum status store_address_delete(struct db *db, int64_t id);

struct address_counts {
	int64_t fresh, tried, fresh_ipv4, tried_ipv4;
};
NODISCARD enum status store_address_count(struct db *db, struct address_counts *out);
/* Of one group of addresses. */
NODISCARD enum status store_address_count_group(struct db *db, bool tried,
						const struct net_addr *of, int64_t *n);
/* Never tried ones that this group told of; those of them that are of `of`'s
 * group when it is not NULL. */
NODISCARD enum status store_address_count_source(struct db *db,
						 const struct net_addr *source,
						 const struct net_addr *of,
						 int64_t *n);

/* The first at or after a random place; of `of`'s group when it is not NULL. */
NODISCARD enum status store_address_draw(struct db *db, bool tried,
					 const struct net_addr *of, int64_t pick,
					 struct known_address *out);
/* The same of those of `of`'s group that this group told of and nobody tried. */
NODISCARD enum status store_address_draw_source(struct db *db,
						const struct net_addr *source,
						const struct net_addr *of, int64_t pick,
						struct known_address *out);
/* Any, in random order: calls each(user, a) at most max times. */
NODISCARD enum status store_address_sample(struct db *db, int64_t max,
					   void (*each)(void *user,
							const struct known_address *a),
					   void *user);
/* By id order after `after`. */
NODISCARD enum status store_address_anchor_next(struct db *db, int64_t after,
						struct known_address *out);
NODISCARD enum status store_address_anchors_clear(struct db *db);

#endif
