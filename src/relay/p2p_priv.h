/* SPDX-License-Identifier: MIT */
/*
 * Inside the peer-to-peer part of quarry-relay.
 *
 *	p2p.c		start, one turn, limits over all peers
 *	p2p_net.c	sockets: listen, connect, accept, read, write
 *	p2p_slots.c	who may be connected; orders of other programs
 *	p2p_permit.h	what chosen addresses may
 *	p2p_target.c	nodes that the operator named
 *	p2p_discover.c	calling nodes of the address book
 *	p2p_dns.c	names of nodes and seeds
 *	p2p_evict.c	who makes room
 *	p2p_book.c	addresses of other nodes
 *	p2p_stats.c	rows about connections
 *	p2p_peer.c	one connection: messages in order, buffers, what to
 *			think of a peer that breaks the rules
 *	p2p_messages.c	which message is whose; handshake and pings
 *	p2p_blocks.h	headers first, then blocks from several peers at once
 *	p2p_lag.c	nodes that we called and that lag behind
 *	p2p_announce.c	news of any process to all peers; blocks
 *	p2p_trickle.c	transactions to all peers, and fee filters
 *	p2p_serve.c	what peers ask for
 *	p2p_compact.h	compact blocks, both ways
 *	p2p_cfilters.c	block filters for light clients
 *	p2p_votes.c	votes for finality, on own chains that have it
 *	p2p_txs.h	transactions: whom to ask, orphans, refusals
 */
#ifndef QUARRY_RELAY_P2P_PRIV_H
#define QUARRY_RELAY_P2P_PRIV_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/buf.h"
#include "node/net/peers.h"
#include "primitives/verdict.h"
#include "relay/p2p.h"
#include "relay/p2p_blocks.h"
#include "relay/p2p_book.h"
#include "relay/p2p_compact.h"
#include "relay/p2p_slots.h"
#include "relay/p2p_stats.h"
#include "relay/p2p_txs.h"
#include "wire/envelope.h"
#include "wire/msg_inv.h"

#define P2P_LISTEN_MAX P2P_DOORS
#define P2P_TARGETS_MAX 64
#define P2P_PEERS_MAX 2048
#define P2P_MEMORY_MAX ((size_t)96 << 20)	/* of all buffers of all peers */

/* A peer that does not read what it asked for is asked nothing more and read no
 * further once this much waits for it. */
#define P2P_OUT_PAUSE ((size_t)1 << 20)
#define P2P_OUT_MAX ((size_t)12 << 20)
#define P2P_IN_MAX 65536
#define P2P_IN_KEEP 4096	/* of it, while nothing is there */

#define P2P_KNOWN 4096		/* hashes remembered for each peer */
#define P2P_ANNOUNCE_MAX 1000	/* transactions that wait to be announced */

struct p2p_target {
	char url[96];			/* bitcoin://HOST:PORT */
	struct sockaddr_storage at;
	socklen_t at_len;		/* 0: its name is to be looked up */
	bool named;			/* before each call, as it may move */
	unsigned calls;			/* of its addresses each has its turn */
	int64_t row;			/* peer.id; 0: none */
	int64_t next_ms;
	unsigned failures;
	uint32_t tag;			/* of lookups */
	bool used, resolving;
	bool configured, by_row, once;	/* why it is here */
	bool connected;			/* or trying to */
};

struct p2p_news_tx {
	struct txid txid;
	struct wtxid wtxid;
	int64_t rate_sat_kvb;
};

struct event;

/* One that we called, and our tip. */
struct p2p_peer_lag {
	bool due;			/* it told of headers, or is new */
	bool protected;			/* it had as much as we */
	bool asked;			/* once more */
	int64_t until_ms;		/* 0: it is not behind */
	struct blkid mark;		/* our tip when it was seen to be */
	struct u256 work;		/* of mark */
};

/* Filters that are to be sent, as there is room. */
struct p2p_cfilters {
	struct blkid stop;
	uint32_t at;			/* height of the next */
	bool left;			/* there is a next */
};

/* Votes for finality (p2p_votes.c). */
struct p2p_peer_votes {
	bool wanted;			/* it sent sendvotes */
	bool lost;			/* some of its votes could not be taken */
	int64_t cursor;			/* row of the last vote it was sent */
	int64_t asked_ms, told_ms;	/* sendvotes to it, from it */
};

struct p2p_peer {
	uint32_t serial;		/* never used twice */
	int fd;
	struct event *on_read, *on_write;
	bool reading, writing;		/* whether they are waited for */
	bool can_read, can_write;	/* as far as is known */
	enum p2p_kind kind;
	bool inbound, local;
	unsigned door;			/* which of listen it came through */
	unsigned permits;		/* enum p2p_permit */
	struct net_addr at;
	bool connecting;
	bool dead;			/* closed at the end of the turn */
	struct p2p_target *target;	/* NULL: nobody named it */
	char name[64];			/* "127.0.0.1:4711" */
	char url[96];			/* of its row; inbound: without port */

	struct wire_parser parser;
	struct buf in;			/* read, not parsed; from in_at on */
	size_t in_at;
	struct buf out;			/* to be sent, from out_at on */
	size_t out_at;
	bool again;			/* the parser's message is handled again */
	unsigned tries;			/* of it that failed, without trouble */

	/* handshake */
	uint64_t nonce;			/* that we sent */
	bool sent_version, got_version, ready;
	bool wtxidrelay, sendheaders;
	bool relay;			/* wants transactions */
	int32_t version;
	int64_t feefilter_sat_kvb;
	int64_t since_ms, since_real_ms, ping_ms, ping_sent_us;
	uint64_t ping_nonce;		/* 0: none is out */
	struct p2p_peer_stats stats;
	struct p2p_peer_book book;

	/* what it has: fingerprints, each in its place, the newer wins */
	uint64_t *known;		/* P2P_KNOWN; NULL before it is ready */
	struct blkid best;		/* last header it showed or was shown */
	uint32_t best_height;
	bool has_best;
	struct p2p_peer_blocks blocks;
	struct p2p_peer_lag lag;

	struct p2p_peer_compact compact;
	struct p2p_cfilters cfilters;
	struct p2p_peer_votes votes;

	/* getdata to be answered, from getdata_at on */
	struct wire_inv *getdata;
	uint32_t n_getdata, getdata_at, n_notfound;

	unsigned n_tx_entries, n_tx_flight, n_ask;
	struct wire_inv *ask;		/* P2P_TX_ASK_MAX, once it is needed */
	unsigned n_announce;
	struct p2p_news_tx *announce;	/* P2P_ANNOUNCE_MAX, when it is ready */
	int64_t announce_ms;
	int64_t told_up_to;		/* pool_no: it may ask for these */
	bool mempool_due;		/* it asked for the pool (BIP35) */
	int64_t feefilter_ms, feefilter_look_ms;
	uint64_t feefilter_sent;
};

struct p2p_trickle {
	int64_t inbound_ms;		/* when those who called us are told next */
	int64_t again_ms;		/* when those are told again that were handed
					 * in here and that nobody asked for */
	int64_t newest;			/* pool_no of the last one seen */
};

struct p2p {
	struct node *node;
	struct event_base *base;
	struct evdns_base *dns;		/* NULL: not needed so far */
	char agent[WIRE_USER_AGENT_MAX + 1];
	struct p2p_slots slots;
	struct p2p_book book;
	struct p2p_stats stats;
	struct arena arena;		/* of one message or query */
	bool wrote;
	bool received;			/* something, in this turn */
	bool trouble;			/* see p2p_trouble */
	/* The clock of all that peers see, in ms and exactly, and the one of our
	 * own housekeeping: see clock_step. */
	int64_t now_ms, now_us, real_ms;
	int64_t mono_us, jumped_ms;
	int64_t held_s;			/* where a laboratory holds the clock; 0 */
	/* Goes slower than time while we are busy ourselves, so that a peer is
	 * not blamed for our own work. */
	int64_t patience_ms, patience_us;
	int64_t limits_ms;
	uint32_t last_serial;

	unsigned n_listen;
	int listen[P2P_LISTEN_MAX];
	unsigned listen_permits[P2P_LISTEN_MAX];	/* of who comes there */
	struct event *on_accept[P2P_LISTEN_MAX];
	bool can_accept;
	int64_t accept_ms;		/* not before: files were short */
	uint32_t last_tag;
	struct p2p_target target[P2P_TARGETS_MAX];
	unsigned n_peers;
	struct p2p_peer *peer[P2P_PEERS_MAX];

	int64_t cursor;			/* of events */

	struct p2p_blocks *blocks;

	struct p2p_compact compact;
	bool serve_filters;		/* as configured */
	bool blocks_only;
	int64_t timeout_ms;		/* of handshakes */

	struct { bool look; int64_t look_ms, gap_ms; } votes;
	struct p2p_txs txs;
	struct p2p_trickle trickle;
	uint8_t input[P2P_IN_MAX];	/* by one recv */
};

/* p2p.c */
/* Now, by the clock of now_ms. */
int64_t p2p_now_us(const struct p2p *x);
/* Closes connections that ended; what they were asked for is free again. Not
 * while peers are being walked through. */
void p2p_sweep(struct p2p *x);

/* p2p_target.c */
/* One more, or the one that is there; NULL when there is no room. */
struct p2p_target *p2p_target_add(struct p2p *x, const char *name);
/* Those added by hand are these n, no others. */
void p2p_target_sync(struct p2p *x, const char *const *names, uint32_t n);
void p2p_target_ended(struct p2p_target *t);
/* It misbehaved: not again for a while. */
void p2p_target_later(struct p2p *x, struct p2p_target *t);
NODISCARD enum status p2p_target_bad(struct p2p *x, struct p2p_target *t,
				     const char *why);
/* Calls those that are due. */
NODISCARD enum status p2p_target_step(struct p2p *x);

/* p2p_discover.c */
NODISCARD enum status p2p_discover_open(struct p2p *x, const struct conf *conf,
					char error[CONF_ERROR_SIZE]);
NODISCARD enum status p2p_discover_step(struct p2p *x);

/* p2p_net.c */
/* HOST:PORT, IPv6 in brackets. */
bool p2p_net_is_name(const char *text);
bool p2p_addr_of(struct net_addr *out, const struct sockaddr_storage *at);
socklen_t p2p_sockaddr_of(struct sockaddr_storage *at, const struct net_addr *a);
/* Begins a connection. ST_IO with errno, or ST_NOMEM. */
NODISCARD enum status p2p_net_call(struct p2p *x, enum p2p_kind kind,
				   const struct sockaddr_storage *at, socklen_t len,
				   const char *name, struct p2p_peer **out);
NODISCARD enum status p2p_net_listen(struct p2p *x, const char *text,
				     char error[CONF_ERROR_SIZE]);
NODISCARD enum status p2p_net_accept(struct p2p *x);
NODISCARD enum status p2p_net_connect(struct p2p *x);
void p2p_net_read(struct p2p *x, struct p2p_peer *p);
void p2p_net_write(struct p2p *x, struct p2p_peer *p);
/* Sets up what the event loop tells of a new connection. */
NODISCARD bool p2p_net_attach(struct p2p *x, struct p2p_peer *p);
void p2p_net_detach(struct p2p_peer *p);
/* Makes the event loop wait for what the peer is ready for. */
void p2p_net_watch(struct p2p_peer *p);
void p2p_net_close(struct p2p *x);

/* p2p_peer.c */
struct p2p_peer *p2p_peer_new(struct p2p *x, int fd, const char *name);
void p2p_peer_free(struct p2p_peer *p);
/* Memory for what only a peer with a handshake needs. */
NODISCARD bool p2p_peer_grow(struct p2p_peer *p);
struct p2p_peer *p2p_peer_by_serial(struct p2p *x, uint32_t serial);
size_t p2p_peer_memory(const struct p2p_peer *p);
/* Whether it is not to be read now: too much waits for it. */
bool p2p_peer_paused(const struct p2p_peer *p);
/* Handles messages that were read, as many as are due in one turn. */
NODISCARD enum status p2p_peer_handle(struct p2p *x, struct p2p_peer *p);
/* Ends the connection; nobody's fault. */
void p2p_peer_drop(struct p2p_peer *p, const char *why);
/* It broke a rule, and its row says which. The connection ends, and unless it is
 * on this machine or named by the operator its address may not come again for a
 * day; one with the permission noban stays. */
NODISCARD enum status p2p_misbehaved(struct p2p *x, struct p2p_peer *p,
				     const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* After a decoder: true to go on; else *st is what the handler returns. */
bool p2p_decoded(struct p2p *x, struct p2p_peer *p, const char *what,
		 enum status *st);
size_t p2p_begin(struct p2p *x, struct p2p_peer *p, enum wire_command c);
void p2p_end(struct p2p_peer *p, size_t at);
void p2p_put(struct p2p *x, struct p2p_peer *p, enum wire_command c,
	     struct bytes payload);
void p2p_put_inv(struct p2p *x, struct p2p_peer *p, enum wire_command c,
		 struct wire_inv *at, uint32_t n);
bool p2p_knows(const struct p2p_peer *p, const struct hash256 *h);
void p2p_note(struct p2p_peer *p, const struct hash256 *h);
bool p2p_may(const struct p2p_peer *p, enum p2p_permit what);
/* Whether it says that it can be asked for blocks. */
bool p2p_has_blocks(const struct p2p_peer *p);
/* Asked before others: we called it, or the operator vouches for it. */
bool p2p_is_preferred(const struct p2p_peer *p);
/* Whether it may send transactions. */
bool p2p_takes_txs(const struct p2p *x, const struct p2p_peer *p);
/* It has this block or its header. A better one that it showed stays its best: it is
 * asked for blocks up to there. */
void p2p_peer_has(struct p2p_peer *p, const struct blkid *id, uint32_t height);
/* Never 0. */
uint64_t p2p_random(void);
/* Milliseconds, evenly from 0 to below max. */
int64_t p2p_random_ms(int64_t max);

/* p2p_messages.c */
NODISCARD enum status p2p_dispatch(struct p2p *x, struct p2p_peer *p,
				   const struct wire_message *m);
/* What we offer, as bits of version messages. */
uint64_t p2p_services(struct p2p *x);
/* Sends our version. */
NODISCARD enum status p2p_peer_greet(struct p2p *x, struct p2p_peer *p);
NODISCARD enum status p2p_peer_timers(struct p2p *x, struct p2p_peer *p);
void p2p_ping_all(struct p2p *x);

/* p2p_headers.c, p2p_blocks.c, p2p_window.c: see p2p_blocks.h */
NODISCARD enum status p2p_on_headers(struct p2p *x, struct p2p_peer *p,
				     struct bytes in);
NODISCARD enum status p2p_on_block(struct p2p *x, struct p2p_peer *p,
				   struct bytes in);
/* Blocks of an inv; others in it are passed over. */
NODISCARD enum status p2p_blocks_inv(struct p2p *x, struct p2p_peer *p,
				     const struct wire_inv *at, uint32_t n);
/* Blocks of a notfound: they are asked of others. */
NODISCARD enum status p2p_blocks_notfound(struct p2p *x, struct p2p_peer *p,
					  const struct wire_inv *at, uint32_t n);
/* The peer goes: what it was asked for is asked of others. */
void p2p_blocks_release(struct p2p *x, struct p2p_peer *p);

/* p2p_lag.c */
/* changed: our tip may be another. */
NODISCARD enum status p2p_lag_step(struct p2p *x, bool changed);

/* p2p_announce.c */
NODISCARD enum status p2p_announce_events(struct p2p *x);
/* Whether the peer has the block's parent but, as far as we know, not the block. */
struct block_info;
bool p2p_announce_is_due(struct p2p *x, const struct p2p_peer *p,
			 const struct block_info *info);

/* p2p_trickle.c */
/* A transaction came into the pool. */
NODISCARD enum status p2p_trickle_tx(struct p2p *x, const struct txid *id);
/* It is known, and goes to all the same, who do not have it. */
NODISCARD enum status p2p_trickle_anyway(struct p2p *x, const struct txid *id);
/* Tells of those again that were handed in here and that nobody asked for, when it
 * is time. */
NODISCARD enum status p2p_trickle_again(struct p2p *x);
NODISCARD enum status p2p_announce_step(struct p2p *x, struct p2p_peer *p);
/* Says our least fee, when there is need. */
NODISCARD enum status p2p_feefilter_step(struct p2p *x, struct p2p_peer *p);

/* p2p_serve.c */
NODISCARD enum status p2p_on_getheaders(struct p2p *x, struct p2p_peer *p,
					struct bytes in);
NODISCARD enum status p2p_on_getblocks(struct p2p *x, struct p2p_peer *p,
				       struct bytes in);
NODISCARD enum status p2p_on_getdata(struct p2p *x, struct p2p_peer *p,
				     struct bytes in);
NODISCARD enum status p2p_on_mempool(struct p2p *x, struct p2p_peer *p,
				     struct bytes in);
/* Whether a block may be told to strangers: blocks beside the chain only while
 * they are young and if they were connected once, since what a node knows beyond
 * that would show which node it is. */
struct block_info;
NODISCARD enum status p2p_may_tell(struct p2p *x, const struct block_info *info,
				   bool *may);
/* One more, after a message that is no getdata. */
NODISCARD enum status p2p_serve_also(struct p2p *x, struct p2p_peer *p,
				     const struct wire_inv *want);
/* Answers what waits, as far as it can be sent. */
NODISCARD enum status p2p_serve_step(struct p2p *x, struct p2p_peer *p);

/* p2p_cfilters.c */
NODISCARD enum status p2p_on_getcfilters(struct p2p *x, struct p2p_peer *p,
					 struct bytes in);
NODISCARD enum status p2p_on_getcfheaders(struct p2p *x, struct p2p_peer *p,
					  struct bytes in);
NODISCARD enum status p2p_on_getcfcheckpt(struct p2p *x, struct p2p_peer *p,
					  struct bytes in);
/* Sends those that wait, as far as there is room. */
NODISCARD enum status p2p_cfilters_step(struct p2p *x, struct p2p_peer *p);
/* Whether filters of all blocks are to be had here. */
bool p2p_cfilters_served(struct p2p *x);

/* p2p_votes.c */
NODISCARD enum status p2p_votes_greet(struct p2p *x, struct p2p_peer *p);
NODISCARD enum status p2p_on_sendvotes(struct p2p *x, struct p2p_peer *p,
				       struct bytes in);
NODISCARD enum status p2p_on_vote(struct p2p *x, struct p2p_peer *p,
				  struct bytes in);
/* New votes to all who want them. */
NODISCARD enum status p2p_votes_step(struct p2p *x);

/* p2p_txs.c */
void p2p_txs_init(struct p2p *x);
void p2p_txs_free(struct p2p *x);
NODISCARD enum status p2p_on_inv(struct p2p *x, struct p2p_peer *p,
				 struct bytes in);
NODISCARD enum status p2p_on_notfound(struct p2p *x, struct p2p_peer *p,
				      struct bytes in);
NODISCARD enum status p2p_on_tx(struct p2p *x, struct p2p_peer *p,
				struct bytes in);
void p2p_txs_step(struct p2p *x);
void p2p_txs_release(struct p2p *x, struct p2p_peer *p);
/* A block came: refusals may no longer hold. */
void p2p_txs_new_tip(struct p2p *x);

#endif
