/* SPDX-License-Identifier: MIT */
#include "consensus/header_check.h"

#include <inttypes.h>

#include "consensus/maker_turn.h"
#include "consensus/retarget.h"
#include "primitives/target.h"

/* BIP94: how far before its parent a period's first block may lie. */
#define TIMEWARP_LIMIT_S 600

bool header_check_work(const struct params *p, const struct header *h,
		       const struct blkid *id, struct verdict *v)
{
	struct u256 target;

	if (!target_from_bits(&target, h->bits) ||
	    u256_cmp(&target, &p->pow_limit) > 0)
		return verdict_refuse(v, V_HIGH_HASH,
				      "bits %08" PRIx32 " are out of range",
				      h->bits);
	if (!target_met(id, &target))
		return verdict_refuse(v, V_HIGH_HASH,
				      "hash above the target of bits %08" PRIx32,
				      h->bits);
	return true;
}

/* Versions are compared signed: the ones with the top bit set are below 2. */
static bool version_outdated(const struct params *p, int32_t version,
			     uint32_t height)
{
	return (version < 2 && height >= p->bip34_height) ||
	       (version < 3 && height >= p->bip66_height) ||
	       (version < 4 && height >= p->bip65_height);
}

enum status header_check_context(const struct params *p,
				 const struct chain_view *view,
				 const struct header *h, int64_t now_s,
				 struct verdict *v)
{
	uint32_t height = view->height + 1, bits;
	int64_t mtp, time = h->time;
	enum status st;

	st = retarget_next_bits(p, view, h->time, &bits);
	if (st != ST_OK)
		return st;
	if (h->bits != bits) {
		verdict_refuse(v, V_BAD_DIFFBITS,
			       "bits %08" PRIx32 ", required are %08" PRIx32,
			       h->bits, bits);
		return ST_OK;
	}
	st = chain_median_time(view, view->height, &mtp);
	if (st != ST_OK)
		return st;
	if (time <= mtp) {
		verdict_refuse(v, V_TIME_TOO_OLD,
			       "time %" PRId64 ", median time past %" PRId64,
			       time, mtp);
		return ST_OK;
	}
	if (p->bip94 && p->retarget_interval &&
	    height % p->retarget_interval == 0 &&
	    time < (int64_t)view->parent.time - TIMEWARP_LIMIT_S) {
		verdict_refuse(v, V_TIMEWARP,
			       "time %" PRId64 ", parent's time %" PRIu32, time,
			       view->parent.time);
		return ST_OK;
	}
	if (!maker_turn_check_header(p, view, h, v))
		return ST_OK;
	if (time > now_s + (maker_chain(p) ? maker_turn_ahead_s(p)
					   : FUTURE_LIMIT_S)) {
		verdict_refuse(v, V_TIME_TOO_NEW,
			       "time %" PRId64 ", clock %" PRId64, time, now_s);
		return ST_OK;
	}
	if (version_outdated(p, h->version, height))
		verdict_refuse(v, V_BAD_VERSION, "0x%08" PRIx32,
			       (uint32_t)h->version);
	return ST_OK;
}
