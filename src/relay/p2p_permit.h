/* SPDX-License-Identifier: MIT */
/*
 * Permissions of chosen addresses, as Bitcoin Core names them, and what they mean
 * here:
 *
 *	noban		is never banned, never made to go, told of transactions
 *			without delay and asked before strangers; with download
 *	relay		may send transactions where blocks alone are wanted, and
 *			as many announcements as it likes
 *	forcerelay	what it sends goes to all others although it is known;
 *			with relay
 *	mempool		may ask for the pool's contents (BIP35)
 *	download	gets old blocks when the day's limit is reached
 *	addr		tells and gets addresses without limits
 *	bloomfilter	is known by name alone: filters of BIP37 are not served
 */
#ifndef QUARRY_RELAY_P2P_PERMIT_H
#define QUARRY_RELAY_P2P_PERMIT_H

#include "base/conf.h"
#include "primitives/connection.h"

#define P2P_PERMITS_MAX 64

enum p2p_permit {
	P2P_BLOOM = 1 << 0,
	P2P_NOBAN = 1 << 1,
	P2P_FORCERELAY = 1 << 2,
	P2P_RELAY = 1 << 3,
	P2P_MEMPOOL = 1 << 4,
	P2P_DOWNLOAD = 1 << 5,
	P2P_ADDR = 1 << 6,
};

struct p2p_permit_rule {
	struct net_subnet who;
	unsigned permits;
	bool in, out;		/* of those who call us, of those we were told
				 * to call */
};

struct p2p_permits {
	unsigned n;
	struct p2p_permit_rule rule[P2P_PERMITS_MAX];
};

/* "noban,relay@192.0.2.0/24", or without permissions the usual ones; out: the
 * permissions, *rest: what stands behind them. ST_USAGE with one sentence. */
NODISCARD enum status permit_words(struct p2p_permit_rule *out, const char *key,
				   const char *text, const char **rest,
				   char error[CONF_ERROR_SIZE]);
/* p2p_whitelist and p2p_noban. */
NODISCARD enum status permit_read(struct p2p_permits *p, const struct conf *conf,
				  char error[CONF_ERROR_SIZE]);
/* What somebody at this address may. */
unsigned permit_of(const struct p2p_permits *p, const struct net_addr *a,
		   bool inbound);
/* Their names with commas between. Returns out. */
char *permit_text(char out[CONNECTION_PERMISSIONS_SIZE], unsigned permits);

#endif
