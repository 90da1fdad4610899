/* SPDX-License-Identifier: MIT */
/* See turn.h. */
#include "node/mine/turn.h"

#include "consensus/maker_turn.h"
#include "node/core/priv.h"
#include "node/query/query.h"
#include "primitives/block.h"
#include "store/store_block.h"

#define BLOCK_ARENA_MAX ((size_t)256 << 20)

enum status node_turn(struct node *n, struct turn_info *out)
{
	const struct params *p = &n->params;
	struct block_row tip;
	bool own;
	enum status st;

	*out = (struct turn_info){0};
	if (!maker_chain(p))
		return ST_NOT_FOUND;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	node_read_end(n, own);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	out->tip = tip.hash;
	out->tip_time = tip.header.time;
	out->height = tip.height + 1;
	out->first = maker_turn_first(p, out->height);
	out->now_s = node_now_s(n);
	out->opens_s = maker_turn_opens(p, out->tip_time, out->height, out->first);
	out->open = maker_turn_open(p, out->tip_time, out->height, out->now_s);
	if (out->open)
		out->round = (out->now_s - out->opens_s) / p->turn_timeout_s;
	out->proposer = (unsigned)((out->first + out->round) % p->n_makers);
	return ST_OK;
}

int64_t turn_wait_s(const struct params *p, const struct turn_info *t,
		    unsigned maker)
{
	return maker_turn_opens(p, t->tip_time, t->height, maker) - t->now_s;
}

static enum status signers_of(const struct params *p, struct bytes raw,
			      struct arena *a, uint32_t *signers)
{
	struct signet_spend s;
	struct block b;
	bool found;
	enum status st = block_parse(&b, raw.p, raw.len, a);

	if (st == ST_PARSE)
		return ST_CORRUPT;
	if (st == ST_OK)
		st = signet_spend_make(&s, p, &b, a, &found);
	if (st == ST_OK && found)
		*signers = maker_turn_signers(p, &s.in);
	return st;
}

enum status node_block_signers(struct node *n, uint32_t height,
			       uint32_t *signers)
{
	struct block_info info;
	struct arena a;
	struct bytes raw;
	enum status st;

	*signers = 0;
	if (!maker_chain(&n->params) || height == 0)
		return ST_OK;
	arena_init(&a, BLOCK_ARENA_MAX);
	st = query_block_at(n, height, &info);
	if (st == ST_OK)
		st = query_block_raw(n, &info.id, &a, &raw);
	if (st == ST_OK)
		st = signers_of(&n->params, raw, &a, signers);
	arena_free(&a);
	return st;
}
