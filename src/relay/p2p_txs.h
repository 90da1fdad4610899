/* SPDX-License-Identifier: MIT */
/*
 * Transactions of others: what is remembered of them.
 *
 *	p2p_txreq.c	who told of which, and who is asked for it when
 *	p2p_txs.c	those that come: into the pool, or refused
 *	p2p_orphans.c	those whose parents are not here
 */
#ifndef QUARRY_RELAY_P2P_TXS_H
#define QUARRY_RELAY_P2P_TXS_H

#include "base/status.h"
#include "base/bytes.h"
#include "primitives/tx.h"
#include "primitives/verdict.h"

#define P2P_TX_ENTRIES 200000	/* transactions announced to us */
#define P2P_TX_BUCKETS 16384
#define P2P_TX_PER_PEER 5000
#define P2P_TX_FLIGHT_MAX 100	/* then a peer's others wait a while longer */
#define P2P_TX_ASK_MAX 1000	/* in one getdata */
#define P2P_ORPHANS 100
#define P2P_REFUSED 16384

struct p2p;
struct p2p_peer;

/* One peer's word for it. */
struct p2p_teller {
	uint32_t serial;
	bool preferred;			/* we called it */
	int64_t ready_ms;		/* not to be asked before */
};

/* A transaction somebody says to have. */
struct p2p_tx {
	struct hash256 hash;
	bool wtx;
	uint16_t n, room;
	struct p2p_teller *teller;	/* those who were not asked, and who is */
	uint32_t asked;			/* serial, 0: nobody */
	int64_t at_ms;			/* asked at */
	int32_t next;			/* in its bucket; -1 */
};

struct p2p_orphan {
	uint8_t *raw;			/* NULL: the place is free */
	size_t len;
	struct wtxid wtxid;
	uint32_t peer;
	int64_t until_ms;
};

struct p2p_txs {
	int64_t scan_ms;		/* when to look through them again */
	struct p2p_tx *at;		/* dense */
	int32_t n, room;
	int32_t bucket[P2P_TX_BUCKETS];
	struct p2p_orphan orphan[P2P_ORPHANS];
	uint64_t refused[P2P_REFUSED];	/* fingerprints; till the next block */
	uint64_t cheap[P2P_REFUSED];	/* refused for their fee alone: with a
					 * child they may do */
};

/* p2p_txreq.c */
void p2p_txreq_init(struct p2p *x);
void p2p_txreq_free(struct p2p *x);
/* The peer has it: it will be asked when its turn comes. */
void p2p_txreq_add(struct p2p *x, struct p2p_peer *p, const struct hash256 *h,
		   bool wtx);
/* The peer answered, with the transaction or without: the next may be asked. */
void p2p_txreq_answered(struct p2p *x, struct p2p_peer *p,
			const struct hash256 *h);
/* Nobody needs to be asked for it any more. */
void p2p_txreq_forget(struct p2p *x, const struct hash256 *h);
void p2p_txreq_release(struct p2p *x, struct p2p_peer *p);
/* Sends what is due. */
void p2p_txreq_step(struct p2p *x);

/* p2p_orphans.c */
void p2p_orphans_free(struct p2p *x);
bool p2p_orphans_have(const struct p2p *x, const struct hash256 *wtxid);
void p2p_orphans_add(struct p2p *x, struct p2p_peer *p, const struct tx *tx);
void p2p_orphans_drop(struct p2p_orphan *o);
void p2p_orphans_release(struct p2p *x, struct p2p_peer *p);
/* Those that waited for too long. */
void p2p_orphans_expire(struct p2p *x);
/* The next, from `at` on, that spends an output of the transaction; NULL. serial:
 * of this peer's only; 0: of anybody's. */
struct p2p_orphan *p2p_orphans_child(struct p2p *x, unsigned *at,
				     const struct txid *parent,
				     uint32_t serial);

#endif
