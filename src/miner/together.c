/* SPDX-License-Identifier: MIT */
/* See together.h. */
#include "miner/together.h"

#include "base/log.h"
#include "node/core/announce.h"

#define BLOCK_BYTES_MAX ((size_t)8 << 20)
#define ARENA_MAX ((size_t)256 << 20)

void together_init(struct together *t, struct node *n, struct sealer *s)
{
	*t = (struct together){.node = n, .sealer = s, .round = -1};
}

static bool same_round(const struct together *t, const struct turn_info *turn)
{
	return t->round == turn->round &&
	       hash256_equal(&t->prev.h, &turn->tip.h);
}

bool together_is_due(const struct together *t, const struct turn_info *turn)
{
	return turn->open &&
	       (sealer_makers(t->sealer) >> turn->proposer & 1) &&
	       !same_round(t, turn);
}

/* Signs, and hands the message to the node. *taken: it is in the table. */
static enum status sign_and_take(struct together *t, const struct blkid *prev,
				 uint32_t height, int64_t round,
				 const struct hash256 *digest,
				 struct maker_sigs *sigs, struct bytes block,
				 bool *taken)
{
	char reason[VERDICT_DETAIL_SIZE + 64];
	struct proposal_result r;
	struct buf message;
	uint32_t may;
	enum status st = node_may_sign(t->node, prev, height, round,
				       sealer_makers(t->sealer) & ~sigs->have,
				       digest, &may);

	*taken = false;
	if (st != ST_OK || !may)
		return st;
	st = sealer_sign(t->sealer, may, block, digest->b, sigs);
	if (st != ST_OK)
		return st;
	buf_init(&message, BLOCK_BYTES_MAX);
	proposal_write(&message, sigs, block);
	st = buf_status(&message);
	if (st == ST_OK)
		st = node_take_proposal(t->node, message.p, message.len, &r);
	buf_free(&message);
	if (st != ST_OK)
		return st;
	*taken = r.verdict.code == VALID;
	if (*taken)
		announce_nudge(t->node);
	else
		log_warn("a block for height %u was not proposed: %s", height,
			 verdict_reject(reason, sizeof(reason), &r.verdict));
	return ST_OK;
}

enum status together_sign(struct together *t, const struct turn_info *turn)
{
	struct proposal_info *p;
	struct arena a;
	bool taken;
	enum status st;

	arena_init(&a, ARENA_MAX);
	p = arena_array(&a, 1, struct proposal_info);
	st = p ? proposal_at(t->node, &turn->tip, turn->round, &a, p) : ST_NOMEM;
	/* what stands in the table was judged when it came */
	if (st == ST_OK && (sealer_makers(t->sealer) & ~p->p.sigs.have)) {
		st = sign_and_take(t, &p->prev, p->height, p->round, &p->digest,
				   &p->p.sigs, p->p.block, &taken);
		if (st == ST_OK && taken)
			log_info("signed the block proposed for height %u by "
				 "maker %u", p->height, turn->proposer + 1);
	}
	arena_free(&a);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status together_propose(struct together *t, const struct turn_info *turn,
			     struct work *w, bool *good)
{
	const struct params *p = node_params(t->node);
	struct maker_sigs sigs = {0};
	struct hash256 digest;
	struct header h;
	struct arena a;
	struct block b;
	struct buf raw;
	bool found;
	enum status st;

	*good = false;
	if (!hash256_equal(&w->t.prev.h, &turn->tip.h) ||
	    proposal_round(p, turn->tip_time, w->t.header.time) != turn->round)
		return ST_OK;
	t->prev = turn->tip;
	t->round = turn->round;
	buf_init(&raw, BLOCK_BYTES_MAX);
	arena_init(&a, ARENA_MAX);
	st = work_open(w, &h);
	if (st == ST_OK)
		st = work_block(w, &h, &raw);
	if (st == ST_OK)
		st = block_parse(&b, raw.p, raw.len, &a);
	if (st == ST_OK)
		st = maker_digest(digest.b, p, &b, &a, &found);
	if (st == ST_OK && found)
		st = sign_and_take(t, &turn->tip, turn->height, turn->round,
				   &digest, &sigs, buf_view(&raw), good);
	arena_free(&a);
	buf_free(&raw);
	return st;
}

enum status together_ready(struct together *t, struct work *w, struct header *h,
			   bool *ready)
{
	const struct params *p = node_params(t->node);
	struct proposal_info *i;
	struct arena a;
	enum status st;

	*ready = false;
	arena_init(&a, ARENA_MAX);
	i = arena_array(&a, 1, struct proposal_info);
	st = i ? proposal_at(t->node, &t->prev, t->round, &a, i) : ST_NOMEM;
	if (st == ST_OK && maker_sigs_count(&i->p.sigs) >= p->makers_needed) {
		st = work_close(w, h, &i->p.sigs);
		*ready = st == ST_OK;
	}
	arena_free(&a);
	return st == ST_NOT_FOUND ? ST_OK : st;
}
