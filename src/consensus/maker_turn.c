/* SPDX-License-Identifier: MIT */
/* See maker_turn.h. */
#include "consensus/maker_turn.h"

#include <inttypes.h>

#include "consensus/header_check.h"
#include "primitives/compactsize.h"

unsigned maker_turn_first(const struct params *p, uint32_t height)
{
	return (height - 1) % p->n_makers;
}

/* By how many turns the maker comes after the first, 0 to n - 1. */
static unsigned turns_after(const struct params *p, uint32_t height,
			    unsigned maker)
{
	return (maker + p->n_makers - maker_turn_first(p, height)) %
	       p->n_makers;
}

int64_t maker_turn_opens(const struct params *p, uint32_t parent_time,
			 uint32_t height, unsigned maker)
{
	return (int64_t)parent_time + p->spacing_s +
	       (int64_t)turns_after(p, height, maker) * p->turn_timeout_s;
}

unsigned maker_turn_open(const struct params *p, uint32_t parent_time,
			 uint32_t height, int64_t time)
{
	int64_t past = time - parent_time - p->spacing_s;
	int64_t turns;

	if (past < 0)
		return 0;
	turns = past / p->turn_timeout_s + 1;
	return turns < p->n_makers ? (unsigned)turns : p->n_makers;
}

int64_t maker_turn_ahead_s(const struct params *p)
{
	int64_t quarter = p->turn_timeout_s / 4;

	if (quarter < 1)
		return 1;
	return quarter < FUTURE_LIMIT_S ? quarter : FUTURE_LIMIT_S;
}

bool maker_turn_check_header(const struct params *p,
			     const struct chain_view *view,
			     const struct header *h, struct verdict *v)
{
	int64_t opens = (int64_t)view->parent.time + p->spacing_s;

	if (!maker_chain(p) || h->time >= opens)
		return true;
	return verdict_refuse(v, V_MAKER_TIME,
			      "time %" PRIu32 ", the first turn comes at %" PRId64,
			      h->time, opens);
}

uint32_t maker_turn_signers(const struct params *p, const struct txin *in)
{
	struct reader r = reader_of(in->witness.p, in->witness.len);
	uint32_t signers = 0;

	if (in->n_witness != p->n_makers + 2u)
		return 0;
	for (unsigned i = p->n_makers; i-- > 0;) {
		size_t len = (size_t)compactsize_read(&r);

		reader_take(&r, len);
		/* what is not empty is a good signature, or the script had
		 * failed (BIP342) */
		if (len)
			signers |= UINT32_C(1) << i;
	}
	return r.failed ? 0 : signers;
}

static void refuse(const struct params *p, const struct chain_view *view,
		   const struct header *h, unsigned maker, struct verdict *v)
{
	uint32_t height = view->height + 1;

	verdict_refuse(v, V_MAKER_TURN,
		       "height %" PRIu32 " is for maker %u"
		       ", maker %u may sign from time %" PRId64
		       ", the block's time is %" PRIu32,
		       height, maker_turn_first(p, height) + 1, maker + 1,
		       maker_turn_opens(p, view->parent.time, height, maker),
		       h->time);
}

enum status maker_turn_check(const struct params *p,
			     const struct chain_view *view,
			     const struct block *b, struct arena *scratch,
			     struct verdict *v)
{
	uint32_t height = view->height + 1, signers;
	unsigned first, nearest = 0, open;
	struct signet_spend s;
	enum status st;
	bool found;

	if (!maker_chain(p))
		return ST_OK;
	st = signet_spend_make(&s, p, b, scratch, &found);
	if (st != ST_OK)
		return st;
	signers = found ? maker_turn_signers(p, &s.in) : 0;
	if (!signers) {
		verdict_refuse(v, V_MAKER_TURN,
			       "the solution does not show who signed");
		return ST_OK;
	}
	first = maker_turn_first(p, height);
	while (!(signers >> (first + nearest) % p->n_makers & 1))
		nearest++;
	open = maker_turn_open(p, view->parent.time, height, b->header.time);
	if (nearest >= open)
		refuse(p, view, &b->header, (first + nearest) % p->n_makers, v);
	return ST_OK;
}
