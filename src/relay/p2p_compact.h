/* SPDX-License-Identifier: MIT */
/*
 * Compact blocks (BIP152, version 2): what is remembered for them.
 *
 *	p2p_compact.c	those that come: put together from the pool, with what
 *			is missing asked for
 *	p2p_rebuild.c	one block's putting together
 *	p2p_extra.c	transactions that are not in the pool but may be in a
 *			block: refused, replaced, waiting for parents
 *	p2p_highband.c	those that go out, and who sends ours at once
 */
#ifndef QUARRY_RELAY_P2P_COMPACT_H
#define QUARRY_RELAY_P2P_COMPACT_H

#include "base/arena.h"
#include "base/buf.h"
#include "primitives/block.h"
#include "primitives/verdict.h"

#define P2P_PARTIALS 4		/* for each peer */
#define P2P_HIGHBAND_MAX 3	/* peers that send us blocks at once */
#define P2P_EXTRA 100

struct p2p;
struct p2p_peer;
struct msg_cmpctblock;

/* A block of which some transactions are missing. */
struct p2p_partial {
	struct blkid id;
	uint8_t header[HEADER_SIZE];
	uint32_t n_tx, n_missing;
	struct bytes *tx;	/* in the arena; p NULL: missing */
	struct arena arena;
};

struct p2p_peer_compact {
	bool provides;			/* it sent sendcmpct with version 2 */
	bool hb_from;			/* it wants blocks at once */
	bool hb_to;			/* it was asked to send so */
	struct p2p_partial *partial[P2P_PARTIALS];
};

struct p2p_extra_tx {
	uint8_t *raw;			/* NULL: empty */
	size_t len;
	struct wtxid wtxid;
};

struct p2p_compact {
	uint32_t hb[P2P_HIGHBAND_MAX];	/* serials, the one to go first first */
	unsigned n_hb;
	struct blkid told;		/* the block of which this is the message */
	struct buf message;
	unsigned next_extra;
	struct p2p_extra_tx extra[P2P_EXTRA];
};

void p2p_compact_init(struct p2p *x);
void p2p_compact_free(struct p2p *x);

/* p2p_compact.c */
NODISCARD enum status p2p_on_cmpctblock(struct p2p *x, struct p2p_peer *p,
					struct bytes in);
NODISCARD enum status p2p_on_blocktxn(struct p2p *x, struct p2p_peer *p,
				      struct bytes in);
/* The block is here or refused: nobody needs to send more of it. */
void p2p_compact_done(struct p2p *x, const struct blkid *id);
void p2p_compact_release(struct p2p_peer *p);

/* p2p_rebuild.c */
/* Fills in what the pool has. ST_OK; ST_PARSE: this cannot be done, ask for the
 * whole block; or a status. */
NODISCARD enum status p2p_rebuild_new(struct p2p *x, struct p2p_partial **out,
				      const struct blkid *id,
				      const struct msg_cmpctblock *m);
void p2p_rebuild_free(struct p2p_partial *part);
/* Takes over the missing transactions in order. ST_PARSE: too few or too many. */
NODISCARD enum status p2p_rebuild_fill(struct p2p_partial *part,
				       const struct tx *tx, uint32_t n);
/* The block's bytes, once nothing is missing. */
NODISCARD enum status p2p_rebuild_write(struct buf *out,
					const struct p2p_partial *part);

/* p2p_extra.c */
void p2p_extra_add(struct p2p *x, struct bytes raw, const struct wtxid *wtxid);

/* p2p_highband.c */
NODISCARD enum status p2p_on_sendcmpct(struct p2p *x, struct p2p_peer *p,
				       struct bytes in);
NODISCARD enum status p2p_on_getblocktxn(struct p2p *x, struct p2p_peer *p,
					 struct bytes in);
/* Says that we understand compact blocks; after the handshake. */
void p2p_highband_greet(struct p2p *x, struct p2p_peer *p);
/* The peer brought a new tip: it is to send its blocks at once from now on. */
NODISCARD enum status p2p_highband_choose(struct p2p *x, struct p2p_peer *p);
/* Sends the compact block. raw: the block's bytes. */
NODISCARD enum status p2p_highband_put(struct p2p *x, struct p2p_peer *p,
				       const struct blkid *id, struct bytes raw);
/* A block that passed all checks but those of coins and scripts, if it is the
 * next on the tip: to those who want it at once. Looks at what may have been
 * changed on the way, too: *mutated. */
NODISCARD enum status p2p_highband_early(struct p2p *x, const struct blkid *id,
					 struct bytes raw, bool *mutated);
/* Whether the tip is so old that blocks are still being fetched. */
NODISCARD enum status p2p_is_behind(struct p2p *x, int64_t age_s, bool *behind);
/* Whether the first synchronisation is under way: the tip has less than the least
 * work or is older than a day, and no other was seen in this run. */
NODISCARD enum status p2p_is_syncing(struct p2p *x, bool *syncing);

#endif
