/* SPDX-License-Identifier: MIT */
/* See proposal.h. */
#include "node/mine/proposal.h"

#include <stdlib.h>

#include "consensus/maker_sign.h"
#include "consensus/maker_turn.h"
#include "crypto/ec.h"
#include "node/chain/accept.h"
#include "node/core/priv.h"
#include "primitives/block.h"
#include "store/store_block.h"
#include "store/store_proposal.h"

#define ARENA_MAX ((size_t)256 << 20)
/* Proposals of this many heights below the tip are still kept. */
#define KEEP_HEIGHTS 2

int64_t proposal_round(const struct params *p, uint32_t parent_time,
		       uint32_t time)
{
	int64_t past = (int64_t)time - parent_time - p->spacing_s;

	return past < 0 ? -1 : past / p->turn_timeout_s;
}

static enum status info_of(const struct proposal_row *row, struct arena *a,
			   struct proposal_info *out)
{
	const uint8_t *raw = arena_copy(a, row->message.p, row->message.len);

	*out = (struct proposal_info){
		.change = row->change,
		.digest = row->digest,
		.prev = {row->prev},
		.height = row->height,
		.round = row->round,
	};
	if (!raw)
		return ST_NOMEM;
	out->raw = bytes_of(raw, row->message.len);
	return proposal_parse(&out->p, raw, row->message.len) ? ST_OK
							      : ST_CORRUPT;
}

enum status proposal_next(struct node *n, int64_t after, struct arena *a,
			  struct proposal_info *out)
{
	struct proposal_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_proposal_next(n->db, after, &row);
	if (st == ST_OK)
		st = info_of(&row, a, out);
	node_read_end(n, own);
	return st;
}

enum status proposal_at(struct node *n, const struct blkid *tip, int64_t round,
			struct arena *a, struct proposal_info *out)
{
	struct proposal_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_proposal_at(n->db, &tip->h, round, &row);
	if (st == ST_OK)
		st = info_of(&row, a, out);
	node_read_end(n, own);
	return st;
}

enum status node_may_sign(struct node *n, const struct blkid *prev,
			  uint32_t height, int64_t round, uint32_t makers,
			  const struct hash256 *digest, uint32_t *may)
{
	enum status st = node_write_begin(n);

	*may = 0;
	if (st != ST_OK)
		return st;
	for (unsigned i = 0; st == ST_OK && i < MAKERS_MAX; i++) {
		struct hash256 before;

		if (!(makers >> i & 1))
			continue;
		st = store_maker_signed(n->db, &prev->h, round, i, &before);
		if (st == ST_NOT_FOUND) {
			before = *digest;
			st = store_maker_sign(n->db, &prev->h, round, i, height,
					      digest);
		}
		if (st == ST_OK && hash256_equal(&before, digest))
			*may |= UINT32_C(1) << i;
	}
	return node_write_end(n, st);
}

/* What is being judged. */
struct taking {
	struct node *n;
	struct arena arena;
	struct proposal p;
	struct block b;
	struct block_row tip;
	struct proposal_row row;
};

/* Whose round it is, and that every signature is good. */
static bool check_signatures(struct taking *t, struct verdict *v)
{
	const struct params *p = &t->n->params;
	unsigned maker;

	t->row.round = proposal_round(p, t->tip.header.time, t->b.header.time);
	if (t->row.round < 0)
		return verdict_refuse(v, V_MAKER_TIME, "%s", "");
	maker = (unsigned)((maker_turn_first(p, t->row.height) + t->row.round) %
			   p->n_makers);
	if (!(t->p.sigs.have >> maker & 1))
		return verdict_refuse(v, V_MAKER_TURN,
				      "maker %u, whose turn it is, has not signed",
				      maker + 1);
	for (unsigned i = 0; i < MAKERS_MAX; i++) {
		if (!(t->p.sigs.have >> i & 1))
			continue;
		if (i >= p->n_makers ||
		    !ec_verify_schnorr(t->p.sigs.sig[i], p->maker[i],
				       t->row.digest.b))
			return verdict_refuse(v, V_SIGNET_SOLUTION,
					      "the signature of maker %u is wrong",
					      i + 1);
	}
	return true;
}

/* Adds what is there to what came; false when that has nothing new. */
static bool merge(struct maker_sigs *into, const struct maker_sigs *from)
{
	bool more = (into->have & ~from->have) != 0;

	for (unsigned i = 0; i < MAKERS_MAX; i++)
		if ((from->have & ~into->have) >> i & 1)
			memcpy(into->sig[i], from->sig[i], MAKER_SIG_SIZE);
	into->have |= from->have;
	return more;
}

/* *fresh: nothing of it is here; *more: something to be written. */
static enum status compare(struct taking *t, bool *fresh, bool *more,
			   struct verdict *v)
{
	struct proposal_row row;
	struct proposal there;
	enum status st = store_proposal_at(t->n->db, &t->row.prev, t->row.round,
					   &row);

	*fresh = *more = st == ST_NOT_FOUND;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (!hash256_equal(&row.digest, &t->row.digest)) {
		verdict_refuse(v, V_MAKER_TURN,
			       "another block was proposed in this round");
		return ST_OK;
	}
	if (!proposal_parse(&there, row.message.p, row.message.len))
		return ST_CORRUPT;
	*more = merge(&t->p.sigs, &there.sigs);
	return ST_OK;
}

static enum status write_row(struct taking *t, bool *written, struct verdict *v)
{
	struct block_row tip;
	struct buf message;
	bool fresh, more = false;
	enum status st = node_write_begin(t->n);

	*written = false;
	if (st != ST_OK)
		return st;
	buf_init(&message, 2 * PROPOSAL_SIZE_MAX);
	st = store_block_tip(t->n->db, &tip);
	if (st == ST_OK)
		st = compare(t, &fresh, &more, v);
	if (st == ST_OK && more && v->code == VALID) {
		proposal_write(&message, &t->p.sigs, t->p.block);
		t->row.message = buf_view(&message);
		st = buf_status(&message);
		if (st == ST_OK)
			st = store_proposal_put(t->n->db, &t->row);
		if (st == ST_OK && tip.height > KEEP_HEIGHTS)
			st = store_proposal_trim(t->n->db,
						 tip.height - KEEP_HEIGHTS);
		*written = st == ST_OK;
	}
	st = node_write_end(t->n, st);
	buf_free(&message);
	return st;
}

/* Form, place and signatures. */
static enum status judge(struct taking *t, bool *fresh, bool *more,
			 struct verdict *v)
{
	const struct params *p = &t->n->params;
	struct hash256 digest;
	bool found, own;
	enum status st;

	st = node_read_begin(t->n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_tip(t->n->db, &t->tip);
	if (st == ST_OK && !hash256_equal(&t->b.header.prev.h, &t->tip.hash.h)) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "not on the tip");
		node_read_end(t->n, own);
		return ST_OK;
	}
	if (st == ST_OK)
		st = maker_digest(digest.b, p, &t->b, &t->arena, &found);
	if (st == ST_OK && !found)
		verdict_refuse(v, V_SIGNET_SOLUTION, "no room for a solution");
	if (st == ST_OK && found) {
		t->row.digest = digest;
		t->row.prev = t->tip.hash.h;
		t->row.height = t->tip.height + 1;
		if (check_signatures(t, v))
			st = compare(t, fresh, more, v);
	}
	node_read_end(t->n, own);
	return st;
}

static enum status take(struct taking *t, struct proposal_result *out)
{
	struct verdict *v = &out->verdict;
	bool fresh = false, more = false, written;
	enum status st = judge(t, &fresh, &more, v);

	if (st != ST_OK || v->code != VALID)
		return st;
	if (fresh)
		st = node_judge_block(t->n, t->p.block.p, t->p.block.len, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	out->known = !more;
	return more ? write_row(t, &written, v) : ST_OK;
}

enum status node_take_proposal(struct node *n, const void *raw, size_t len,
			       struct proposal_result *out)
{
	struct taking *t;
	enum status st;

	*out = (struct proposal_result){0};
	verdict_init(&out->verdict);
	if (n->params.makers_needed < 2) {
		verdict_refuse(&out->verdict, V_MAKER_TURN,
			       "blocks of this chain are not signed together");
		return ST_OK;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return ST_NOMEM;
	t->n = n;
	arena_init(&t->arena, ARENA_MAX);
	st = proposal_parse(&t->p, raw, len)
		     ? block_parse(&t->b, t->p.block.p, t->p.block.len, &t->arena)
		     : ST_PARSE;
	if (st == ST_PARSE) {
		verdict_refuse(&out->verdict, V_BLOCK_DECODE, "%s", "");
		st = ST_OK;
	} else if (st == ST_OK) {
		st = take(t, out);
	}
	arena_free(&t->arena);
	free(t);
	return st;
}
