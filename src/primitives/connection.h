/* SPDX-License-Identifier: MIT */
/*
 * A connection to a node of Bitcoin's network, as the relay tells of it and others
 * read it. Text from the peer is printable ASCII.
 */
#ifndef QUARRY_PRIMITIVES_CONNECTION_H
#define QUARRY_PRIMITIVES_CONNECTION_H

#include "primitives/net_addr.h"

#define CONNECTION_IN_FLIGHT_SIZE 256
#define CONNECTION_PERMISSIONS_SIZE 72

struct connection {
	int64_t id;
	char addr[64];		/* HOST:PORT, as it was asked for */
	char bind[NET_ADDR_TEXT_SIZE];
	char addr_local[NET_ADDR_TEXT_SIZE];	/* "" : it did not say */
	char kind[24];		/* Bitcoin Core's connection_type */
	/* Bitcoin Core's names, commas between */
	char permissions[CONNECTION_PERMISSIONS_SIZE];
	uint64_t services;
	int32_t version;	/* 0: no version message came yet */
	char agent[260];
	int32_t start_height;
	int64_t time_offset;	/* seconds */
	bool ready, relays_txs;
	/* UNIX seconds, 0: never */
	int64_t connected_at, sent_at, received_at, block_at, tx_at;
	int64_t ping_us, ping_min_us, ping_wait_us;	/* -1: not known, none */
	bool hb_to, hb_from;
	int64_t presynced, synced_headers, synced_blocks;	/* heights, -1 */
	char in_flight[CONNECTION_IN_FLIGHT_SIZE];	/* heights: "7,8,9" */
	bool addr_relay;
	int64_t addr_processed, addr_limited;
	int64_t feefilter_sat_kvb;
	int64_t bytes_in, bytes_out;
	char why[120];		/* the rule it broke last, "" */
};

/* Messages of one kind; bytes with their envelopes. */
struct connection_traffic {
	char command[16];	/* "*other*": unknown ones */
	int64_t messages_in, bytes_in, messages_out, bytes_out;
};

/* The relay itself. */
struct relay_state {
	bool running;
	bool active;		/* the operator did not switch P2P off */
	char agent[260];	/* what our version message says */
	uint64_t services;
	char local[512];	/* where it listens: HOST:PORT, by blanks */
	int64_t told_at_ms;	/* UNIX ms: when the connections were written */
	int64_t bytes_in, bytes_out;	/* since it started */
	int64_t day_at, day_out;	/* bytes sent since then, UNIX s; at most a
					 * day; 0: none */
};

struct ban {
	char subnet[NET_SUBNET_TEXT_SIZE];
	bool by_rule;		/* else the operator's wish */
	int64_t created_at, until;	/* UNIX seconds */
	char why[120];
};

/* An entry of the address book. */
struct known_address {
	int64_t id;
	struct net_addr at;
	uint64_t services;
	int64_t seen_at;	/* as told, UNIX seconds */
	bool tried;		/* a connection was made once */
	int64_t tried_at, success_at;	/* 0: never */
	int64_t failures;	/* since the last success */
	bool anchor;
};

#endif
