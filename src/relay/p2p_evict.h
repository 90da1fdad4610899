/* SPDX-License-Identifier: MIT */
/*
 * Which inbound connection goes when one more comes and all places are taken.
 *
 * An attacker can open any number of connections, so those are kept that are hard
 * to outdo: of rare groups of addresses, with the shortest ping, that brought new
 * transactions or blocks last, and half of the rest by age (of which a half may be
 * of this machine). Of what remains, the youngest of the group with the most
 * connections goes. The protections and their numbers are Bitcoin Core's.
 */
#ifndef QUARRY_RELAY_P2P_EVICT_H
#define QUARRY_RELAY_P2P_EVICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct evict_candidate {
	uint32_t id;
	uint64_t group;		/* of its address */
	uint64_t keyed_group;	/* the same, hashed with a secret */
	int64_t since_ms;
	int64_t ping_us;	/* shortest; INT64_MAX: none yet */
	int64_t block_at, tx_at;
	bool relays_txs;
	bool serves;		/* all blocks, with witnesses */
	bool local;		/* this machine: also who comes through a hidden
				 * service, many behind one address */
	bool discouraged;	/* goes before others */
};

/* The id of the one to go, 0: none may. Changes the order of v. */
uint32_t evict_choose(struct evict_candidate *v, size_t n);

#endif
