/* SPDX-License-Identifier: MIT */
/*
 * Catching up with other nodes: finds the branch with the most work among the
 * peers, of those that votes of validators leave free, and makes it ours, as far as
 * it is valid.
 *
 * 1. Every peer that is not waiting out a failure is asked for its status, all
 *    at once. Another genesis is another chain: banned.
 *    Where validators vote it is asked for its votes.
 * 2. A peer that says it has more work than we do is asked for headers after our
 *    locator. They are judged, proof of work included, before anything else is
 *    asked for.
 * 3. Blocks that are missing on the best branch of headers are fetched from all
 *    peers that offer it, a window at a time, and given to the node in order. A
 *    block that keeps us waiting is asked of a second peer.
 * 4. Peers are given votes that they did not show, and transactions that wait with
 *    them are fetched.
 * 5. Peers of Bitcoin's own protocol (bitcoin://) are called one by one.
 *
 * A peer that lies (bad proof of work, an invalid block, bytes without end) is
 * banned with the reason; one that fails backs off; neither keeps the others
 * waiting. If nobody delivers the best branch of headers, the branches of the
 * single peers are tried. Time, memory and the number of headers taken from one
 * peer are bounded.
 *
 * Only one process at a time does this on one database: the lease "resolve".
 */
#ifndef QUARRY_SYNC_SYNC_H
#define QUARRY_SYNC_SYNC_H

#include <signal.h>

#include "node/core/node.h"
#include "node/net/peers.h"
#include "remote/net_guard.h"

#define SYNC_PEERS_MAX 64
#define SYNC_P2P_MAX 8		/* of them bitcoin:// */

struct sync;

struct sync_options {
	struct net_guard guard;
	bool allow_http;
	int64_t budget_ms;
	/* Only these, waiting or not; all that are known when n_urls is 0. */
	const char *const *urls;
	size_t n_urls;
	const char *own_url;		/* never asked; may be NULL */
	bool mempool;			/* step 4 */
	bool p2p;			/* step 5, of sync_run alone */
	const volatile sig_atomic_t *stop; /* may be NULL */
};

struct sync_peer_report {
	char url[PEERS_URL_MAX];
	char what[160];		/* "same work as ours", "banned: ..." */
	bool answered;
	int64_t height;		/* as it said; -1 */
	uint32_t headers, blocks, txs, votes;	/* new to us */
	bool astray;		/* more work, on a branch that votes rule out */
};

struct sync_report {
	struct node_tip before, after;
	bool replaced;		/* the tip moved by what peers gave */
	bool out_of_time;
	uint32_t headers, blocks, txs, votes;
	uint32_t n_peers;
	struct sync_peer_report peers[SYNC_PEERS_MAX];
};

/* ST_BUSY: another process is at it. */
NODISCARD enum status sync_open(struct sync **out, struct node *n,
				const struct sync_options *o);
/* Goes on for up to wait_ms; *more false when there is nothing left to do. */
NODISCARD enum status sync_step(struct sync *s, int wait_ms, bool *more);
/* What was done so far; lives until sync_close. */
const struct sync_report *sync_report(struct sync *s);
void sync_close(struct sync *s);

/* All of it: waits up to the budget for the lease, then works. */
NODISCARD enum status sync_run(struct node *n, const struct sync_options *o,
			       struct sync_report *report);

#endif
