/* SPDX-License-Identifier: MIT */
/*
 * Who may be connected: what connections are for, how many of each kind, who is
 * shut out, and who goes when all places are taken.
 *
 * Eight nodes of the address book are called for everything, two more for blocks
 * alone (they tell nobody who we are), no two of them in one group of addresses;
 * now and then one that nobody tried is called to see whether it is there. Those
 * two are written down and called first after a restart. With p2p_connect only the
 * nodes named there are called.
 */
#ifndef QUARRY_RELAY_P2P_SLOTS_H
#define QUARRY_RELAY_P2P_SLOTS_H

#include "base/conf.h"
#include "primitives/connection.h"
#include "relay/p2p_permit.h"

#define P2P_FULL_MAX 8
#define P2P_BLOCK_ONLY_MAX 2
#define P2P_OUTBOUND_MAX (P2P_FULL_MAX + P2P_BLOCK_ONLY_MAX + 1)
#define P2P_SEEDS_MAX 16

struct p2p;
struct p2p_peer;

enum p2p_kind {
	P2P_INBOUND,
	P2P_MANUAL,		/* the operator named it */
	P2P_FULL,
	P2P_BLOCK_ONLY,
	P2P_FEELER,		/* is it there? then the connection ends */
	P2P_ADDR_FETCH,		/* for addresses alone; then it ends */
};

/* Bitcoin Core's names of them. */
const char *p2p_kind_name(enum p2p_kind k);

struct p2p_shut_out {
	struct net_subnet who;
	int64_t until;		/* UNIX s */
	bool by_rule;
};

struct p2p_seed {
	char name[128];
	bool asked;
};

struct p2p_slots {
	unsigned inbound_max;
	bool discover;		/* calls nodes of the address book */
	bool allow_private;
	bool active;		/* the operator did not switch us off */
	bool rows_due;		/* bans, added nodes, active: to be read again */
	int64_t rows_ms;
	uint32_t n_shut_out;
	struct p2p_shut_out *shut_out;
	struct p2p_permits permits;
	int64_t draw_ms, feeler_ms, begun_ms;
	uint32_t n_anchors;	/* still to be called */
	struct known_address anchor[P2P_BLOCK_ONLY_MAX];
	struct net_addr kept[P2P_BLOCK_ONLY_MAX];	/* as written down */
	unsigned n_kept;
	unsigned n_seeds;
	struct p2p_seed seed[P2P_SEEDS_MAX];
	uint64_t group_key;	/* for protecting groups nobody can guess */
};

NODISCARD enum status p2p_slots_open(struct p2p *x, const struct conf *conf,
				     char error[CONF_ERROR_SIZE]);
void p2p_slots_free(struct p2p *x);
/* Reads rows when they may have changed, disconnects who is shut out, calls who
 * is wanted. */
NODISCARD enum status p2p_slots_step(struct p2p *x);
bool p2p_is_shut_out(const struct p2p *x, const struct net_addr *a, bool *by_rule);
/* Whether a node may be at this address at all: a public one, or a private one
 * where the operator allows those. */
bool p2p_is_routable(const struct p2p *x, const struct net_addr *a);
/* A place for one more inbound connection, made if need be by ending one; but none
 * is ended, and the last stays free, for who broke a rule today. */
bool p2p_make_room(struct p2p *x, bool discouraged);
/* An automatic connection's handshake is done. */
NODISCARD enum status p2p_slots_ready(struct p2p *x, struct p2p_peer *p);
/* What a datagram says (node/net/p2pquery.h). */
void p2p_slots_order(struct p2p *x, const char *order);

#endif
