/* SPDX-License-Identifier: MIT */
/* Names of nodes -> addresses, without waiting. */
#ifndef QUARRY_RELAY_P2P_DNS_H
#define QUARRY_RELAY_P2P_DNS_H

#include "primitives/net_addr.h"

#define P2P_DNS_MAX 256		/* addresses taken of one answer */

struct p2p;

/* A lookup under way; done is called exactly once, maybe before p2p_dns_start
 * returns, with n 0 when there is no answer. */
struct p2p_lookup {
	struct p2p *x;
	char name[128];
	uint32_t tag;
	void (*done)(struct p2p *x, const char *name, uint32_t tag,
		     const struct net_addr *v, unsigned n);
};

/* Copies l. False without memory or without a resolver. */
NODISCARD bool p2p_dns_start(const struct p2p_lookup *l, uint16_t port);
/* Lookups under way end, without calls. */
void p2p_dns_close(struct p2p *x);

#endif
