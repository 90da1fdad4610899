/* SPDX-License-Identifier: MIT */
/*
 * Inside quarry-relay: the state of the daemon.
 *
 * News (a connected block, a transaction that came into the pool) stand in one
 * ring with the bytes to send. Each peer has its place in the ring and is sent
 * one after the other, so that a parent goes before its child and a slow peer
 * delays nobody. A peer that fell behind the ring goes on with what is there:
 * it catches up by itself, as we do.
 *
 *	relay_main.c	start, turn by turn, stop
 *	loop.c		what is ready: sockets, timers, signals
 *	contacts.c	peers: handshake, polls, what to think of them
 *	spread.c	the ring, and sending
 *	votes.c		votes for finality, to and fro
 *	p2p.h		the same for nodes of any make, by Bitcoin's protocol
 */
#ifndef QUARRY_RELAY_RELAY_H
#define QUARRY_RELAY_RELAY_H

#include "base/arena.h"
#include "base/url.h"
#include "node/net/peers.h"
#include "relay/loop.h"
#include "relay/p2p.h"
#include "remote/peer_client.h"
#include "sync/sync.h"

#define RELAY_CONTACTS_MAX 256
#define RELAY_RING 1024
#define RELAY_RING_BYTES ((size_t)32 << 20)

struct contact {
	struct peer_info info;
	bool listed;		/* still in the database */
	bool asked;		/* probe, status or peers are on their way */
	bool pin_is_new;
	uint8_t challenge[NODEPROOF_CHALLENGE_SIZE];	/* as it was asked */
	int64_t poll_ms;	/* monotonic: when to ask for its status again */
	int64_t noted_ms;	/* when its row was last written */
	int64_t peers_ms;	/* when to ask for its peers again */
	uint64_t place;		/* next number in the ring */
	bool sending;
	uint64_t sending_no;	/* number in the ring, or 0 for a filled block */
	struct hash256 sending_hash;
	int64_t hold_ms;	/* it was busy: nothing before then */
	unsigned held;		/* times in a row */
	/* blocks of our chain that it lacks below one we sent */
	uint32_t fill_at, fill_end;
	struct {
		int64_t place;		/* row of ours: sent up to there */
		int64_t seen;		/* row of its: read up to there */
		bool asked, above;	/* on their way; by height */
		bool rest;		/* some could not be used */
		uint32_t final;		/* height, when it was asked */
		int64_t again_ms;	/* when ours are sent again */
	} votes;
	/* its branch was ruled out by votes: catching up waits, longer each time */
	unsigned astray;
	int64_t astray_ms;
};

struct news {
	enum peer_kind kind;	/* PEER_SEND_... */
	struct hash256 hash;
	struct blob *raw;
};

/* The database is locked, full or broken. */
struct trouble {
	enum status what;	/* ST_OK: none now */
	char said[200];		/* in the log; "": nothing */
	int64_t since_ms;	/* when that began */
	int64_t retry_ms;	/* when to look again */
	int64_t over_ms;	/* when it last ended */
};

struct relay {
	struct node *node;
	struct trouble trouble;
	struct loop *loop;
	bool news_ready;	/* somebody nudged us */
	struct fetch *fetch;
	struct p2p *p2p;	/* NULL: not asked for */
	struct sync *sync;	/* catching up, or NULL */
	struct sync_options sync_options;
	char sync_url[URL_TEXT_SIZE];
	const char *sync_urls[1];
	bool sync_wanted;
	int64_t sync_retry_ms;
	bool wrote;		/* we did: node_changed tells of others alone */
	struct url own;
	bool allow_http;
	char mine_address[128];	/* of mine_on_submit; "": off */
	struct arena arena;

	unsigned n_contacts;
	struct contact *contacts[RELAY_CONTACTS_MAX];
	int64_t refresh_ms;

	int64_t last_vote;	/* row */
	int64_t haste_ms;	/* no hurry before then */
	int64_t cursor;		/* of events */
	int64_t proposal;	/* of proposals' changes */
	uint64_t head;		/* number of the next news; they count from 1 */
	uint64_t tail;		/* the oldest still here */
	size_t ring_bytes;
	struct news ring[RELAY_RING];
};

/* contacts.c */
/* Reads the peers from the database and asks those that are due. */
NODISCARD enum status contacts_step(struct relay *r, bool refresh);
/* A result of kind PEER_PROBE, PEER_STATUS or PEER_PEERS. */
NODISCARD enum status contacts_result(struct relay *r, struct contact *c,
				      const struct fetch_result *f);
NODISCARD enum status contact_failed(struct relay *r, struct contact *c,
				     const char *why);
NODISCARD enum status contact_lied(struct relay *r, struct contact *c,
				   const char *why);
/* Catching up with a peer has ended. */
void contacts_synced(struct relay *r, const char *url,
		     const struct sync_report *p);
void contacts_free(struct relay *r);

/* votes.c */
/* An active peer: from here on. */
NODISCARD enum status votes_greet(struct relay *r, struct contact *c);
/* its_last: the number of its last vote, as it says. */
NODISCARD enum status votes_ask(struct relay *r, struct contact *c,
				int64_t its_last);
/* A result of kind PEER_VOTES or PEER_SEND_VOTES. */
NODISCARD enum status votes_result(struct relay *r, struct contact *c,
				   const struct fetch_result *f);
/* Sends what is due to one who is free. */
NODISCARD enum status votes_send(struct relay *r, struct contact *c);
/* When the database has changed. */
NODISCARD enum status votes_look(struct relay *r);
NODISCARD enum status votes_step(struct relay *r, struct contact *c);

/* spread.c */
/* Takes up what happened since the last call. */
NODISCARD enum status spread_events(struct relay *r);
/* Sends what is due to whoever is free. */
NODISCARD enum status spread_step(struct relay *r);
/* A result of a kind PEER_SEND_... */
NODISCARD enum status spread_result(struct relay *r, struct contact *c,
				    const struct fetch_result *f);
void spread_free(struct relay *r);

#endif
