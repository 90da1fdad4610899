/* SPDX-License-Identifier: MIT */
/*
 * The address book of Bitcoin's network: where nodes are said to be, for
 * connecting to some and for telling others.
 *
 * What is told costs nothing, so one who tells must not be able to fill the book
 * or most of what is drawn from it. Addresses are counted by group (/16 of IPv4,
 * /32 of IPv6): of the addresses that were never tried, one group of tellers has
 * at most ADDRBOOK_SOURCE_MAX, and at most ADDRBOOK_SOURCE_GROUP_MAX in one group
 * of addresses; of those to which a connection was made, one group has at most
 * ADDRBOOK_TRIED_GROUP_MAX. Where there is no room, one of the same kind goes if
 * it is hopeless, else the new one stays out. The places and their limits follow
 * the sizes of Bitcoin Core's buckets; here they are counts of rows.
 */
#ifndef QUARRY_NODE_NET_ADDRBOOK_H
#define QUARRY_NODE_NET_ADDRBOOK_H

#include "base/arena.h"
#include "node/core/node.h"
#include "primitives/connection.h"

#define ADDRBOOK_FRESH_MAX 65536
#define ADDRBOOK_TRIED_MAX 16384
#define ADDRBOOK_SOURCE_MAX 4096
#define ADDRBOOK_SOURCE_GROUP_MAX 64
#define ADDRBOOK_TRIED_GROUP_MAX 512

/* n addresses (at, services, seen_at) that `source` told of; their times are set
 * back by penalty_s. One that is known gets the newer time. *added: new ones. */
NODISCARD enum status addrbook_add(struct node *n, const struct known_address *v,
				   uint32_t count, const struct net_addr *source,
				   int64_t penalty_s, uint32_t *added);
/* A handshake was done with it: it is among the tried. services 0: unknown. One
 * that is in nobody's list is put there. */
NODISCARD enum status addrbook_good(struct node *n, const struct net_addr *at,
				    uint64_t services);
/* A connection is being tried. */
NODISCARD enum status addrbook_attempt(struct node *n, const struct net_addr *at);
/* It was connected until now: its time is brought up. */
NODISCARD enum status addrbook_connected(struct node *n, const struct net_addr *at);
/* One to connect to, drawn at random: tried ones and others with equal odds, only
 * others when fresh; those that failed often or just now come seldom.
 * ST_NOT_FOUND. */
NODISCARD enum status addrbook_draw(struct node *n, bool fresh,
				    struct known_address *out);
/* The addresses of which we were a quiet client last: to be called first after a
 * restart. Reading them clears them. */
NODISCARD enum status addrbook_anchors(struct node *n, struct known_address *out,
				       uint32_t max, uint32_t *count);
NODISCARD enum status addrbook_set_anchors(struct node *n,
					   const struct net_addr *v, uint32_t n_v);
/* What getaddr is answered with: at most 23 of 100, at most 1,000, no hopeless
 * ones. */
NODISCARD enum status addrbook_sample(struct node *n, struct arena *a,
				      struct known_address **out, uint32_t *count);

#endif
