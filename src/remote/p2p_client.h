/* SPDX-License-Identifier: MIT */
/*
 * The asking side of Bitcoin's own protocol, one node at a time: connect, greet,
 * headers, blocks, good-bye. For programs that run once and end; quarry-relay
 * keeps connections and speaks all of the protocol.
 *
 * Each call waits until its answer is here, the time is up, or a signal came.
 * What is not asked for (announcements, addresses, transactions) is read and
 * forgotten; pings are answered. Memory is bounded by the codec (one message,
 * wire/envelope.h). As in peer_client.h only the form is judged:
 *
 *	ST_PARSE	it broke the protocol, or is on another network
 *	ST_NOT_FOUND	it does not have the block
 *	ST_TIMEOUT, ST_REMOTE, ST_DENIED (by net_guard), ST_CANCELLED, ST_NOMEM
 *
 * and whenever it is not ST_OK, p2p_client_why says it in printable ASCII.
 */
#ifndef QUARRY_REMOTE_P2P_CLIENT_H
#define QUARRY_REMOTE_P2P_CLIENT_H

#include <signal.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "primitives/hash.h"
#include "primitives/params.h"
#include "remote/net_guard.h"

struct p2p_client;

struct p2p_client_options {
	const struct net_guard *guard;
	const struct params *params;
	const char *host;	/* as in struct url: IPv6 in brackets */
	uint16_t port;
	uint32_t height;	/* of our tip */
	int64_t deadline_ms;	/* clock_mono_ms after which all calls fail */
	int answer_ms;		/* the longest wait for one answer */
	const volatile sig_atomic_t *stop; /* may be NULL */
};

/* Connects and shakes hands. *out is set whatever comes back, but for
 * ST_NOMEM, so that p2p_client_why can be asked; close it. */
NODISCARD enum status p2p_client_open(struct p2p_client **out,
				      const struct p2p_client_options *o);
void p2p_client_close(struct p2p_client *c);	/* NULL is fine */
const char *p2p_client_why(const struct p2p_client *c);

/* As it said in its greeting. */
int64_t p2p_client_height(const struct p2p_client *c);
/* Whether it says that it has all blocks, with witnesses. */
bool p2p_client_has_blocks(const struct p2p_client *c);

/* Up to 2,000 headers after the locator; *headers (count times 80 bytes) lives
 * in the arena. */
NODISCARD enum status p2p_client_headers(struct p2p_client *c,
					 const struct blkid *locator, uint32_t n,
					 struct arena *a,
					 const uint8_t **headers,
					 uint32_t *count);
/* Asks for n blocks; they come out of p2p_client_block in that order. */
NODISCARD enum status p2p_client_ask_blocks(struct p2p_client *c,
					    const struct blkid *ids, uint32_t n);
/* The next block that was asked for: its header hashes to id. *raw lives until
 * the next call. */
NODISCARD enum status p2p_client_block(struct p2p_client *c,
				       const struct blkid *id,
				       struct bytes *raw);

#endif
