/* SPDX-License-Identifier: MIT */
/*
 * What is told of connections: counters, times, what the peer said of itself.
 * Written to the database in one commit when somebody asked, soon after one came
 * or went, and else every ten seconds; half-open connections only then, so that
 * a flood of them costs no commits.
 */
#ifndef QUARRY_RELAY_P2P_STATS_H
#define QUARRY_RELAY_P2P_STATS_H

#include "node/net/netreport.h"
#include "primitives/connection.h"
#include "wire/envelope.h"
#include "wire/msg_version.h"

#define P2P_GONE_MAX 512
/* Who came and who went, between two reports. */
#define P2P_EVENTS_MAX 64

struct p2p;
struct p2p_peer;

struct p2p_count {
	int64_t messages_in, bytes_in, messages_out, bytes_out;
};

struct p2p_peer_stats {
	struct p2p_count by[WIRE_COMMAND_COUNT];
	int64_t bytes_in, bytes_out;	/* of the socket */
	/* UNIX seconds, 0: never */
	int64_t connected_at, sent_at, received_at, block_at, tx_at;
	int64_t ping_us, ping_min_us;	/* -1 */
	uint64_t services;
	int64_t time_offset;
	int32_t start_height;
	char agent[260];
	char bind[NET_ADDR_TEXT_SIZE];
	char addr_local[NET_ADDR_TEXT_SIZE];
	char why[120];			/* the rule it broke last */
	char end[120];			/* why it went */
	bool written, changed;
	bool told;			/* that it came */
};

struct p2p_stats {
	bool begun;		/* no row is of a connection that is gone by now */
	bool cleared;		/* rows of earlier runs are gone */
	bool asked, soon;
	int64_t next_ms, soon_ms;
	int64_t bytes_in, bytes_out;
	/* A day of p2p_upload_mb: since when, how much, how much there may be (0: any),
	 * and what each block of a day needs to be sent once. */
	int64_t day_at, day_out, day_max;
	uint32_t n_gone;
	int64_t gone[P2P_GONE_MAX];
	uint32_t n_events, untold;
	struct net_event event[P2P_EVENTS_MAX];
};

void p2p_stats_begin(struct p2p *x, struct p2p_peer *p);
void p2p_stats_version(struct p2p *x, struct p2p_peer *p,
		       const struct msg_version *v);
void p2p_stats_pong(struct p2p *x, struct p2p_peer *p);
void p2p_stats_in(struct p2p_peer *p, enum wire_command c, uint32_t length);
/* A message that begins at `at` in p->out is complete. */
void p2p_stats_out(struct p2p_peer *p, size_t at);
void p2p_stats_socket(struct p2p *x, struct p2p_peer *p, size_t in, size_t out);
/* Its id in the rows: the first is 0, as with Bitcoin Core. */
int64_t p2p_stats_id(const struct p2p_peer *p);
/* Whether so much was sent today that old blocks, or all that nobody waits for, are
 * no longer served. */
bool p2p_stats_spent(const struct p2p *x, bool old_blocks);
/* Its handshake is done, and it stays. */
void p2p_stats_ready(struct p2p *x, struct p2p_peer *p);
void p2p_stats_gone(struct p2p *x, const struct p2p_peer *p);
/* Writes what is due. */
NODISCARD enum status p2p_stats_step(struct p2p *x);
/* At the end: nobody is connected. */
NODISCARD enum status p2p_stats_end(struct p2p *x);

#endif
