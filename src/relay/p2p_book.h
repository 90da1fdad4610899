/* SPDX-License-Identifier: MIT */
/* Addresses of other nodes: taken from peers within limits, passed on to one or
 * two, and told to who asks. The rules and numbers are Bitcoin Core's. */
#ifndef QUARRY_RELAY_P2P_BOOK_H
#define QUARRY_RELAY_P2P_BOOK_H

#include "base/conf.h"
#include "primitives/connection.h"
#include "wire/msg_addr.h"

#define P2P_BOOK_KNOWN 2048
#define P2P_DOORS 8

struct p2p;
struct p2p_peer;

struct p2p_peer_book {
	bool enabled;		/* addresses are relayed with it */
	bool v2;		/* it wants addrv2 */
	bool asked;		/* we sent getaddr and no full answer came */
	bool answered;		/* its getaddr was answered */
	int64_t tokens_m;	/* addresses it may send now, in thousandths */
	int64_t tokens_ms;	/* when they were counted */
	int64_t processed, limited;
	uint32_t *known;	/* P2P_BOOK_KNOWN fingerprints, NULL before use */
	struct wire_addr *send;	/* WIRE_ADDR_MAX of them, NULL: none wait */
	unsigned n_send;
	int64_t send_ms, self_ms;
};

/* What getaddr is answered with. Each place where we listen has its own: else two
 * of them, of two networks, would show that they are one node's. */
struct p2p_sample {
	struct wire_addr *at;
	uint32_t n;
	int64_t until_ms;		/* made anew then */
};

struct p2p_book {
	bool has_self;
	struct net_addr self;		/* where others reach us */
	struct p2p_sample sample[P2P_DOORS];
	uint64_t key;			/* to whom an address goes, each day */
};

NODISCARD enum status p2p_book_open(struct p2p *x, const struct conf *conf,
				    char error[CONF_ERROR_SIZE]);
void p2p_book_free(struct p2p *x);
void p2p_book_peer_free(struct p2p_peer *p);
/* Its version came: asks those we called for addresses. */
void p2p_book_greet(struct p2p *x, struct p2p_peer *p);
NODISCARD enum status p2p_on_addr(struct p2p *x, struct p2p_peer *p,
				  struct bytes in);
NODISCARD enum status p2p_on_addrv2(struct p2p *x, struct p2p_peer *p,
				    struct bytes in);
NODISCARD enum status p2p_on_getaddr(struct p2p *x, struct p2p_peer *p,
				     struct bytes in);
/* Sends what waits. */
void p2p_book_step(struct p2p *x, struct p2p_peer *p);

#endif
