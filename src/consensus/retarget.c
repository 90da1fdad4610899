/* SPDX-License-Identifier: MIT */
#include "consensus/retarget.h"

#include "base/bug.h"
#include "primitives/target.h"

__extension__ typedef __int128 i128;

static uint32_t bits_within(const struct params *p, struct u256 target)
{
	if (u256_is_zero(&target))
		target = u256_from(1);
	if (u256_cmp(&target, &p->pow_limit) > 0)
		target = p->pow_limit;
	return target_to_bits(&target);
}

uint32_t retarget_step(const struct params *p, uint32_t last_bits,
		       int64_t actual_s)
{
	int64_t wanted_s = (int64_t)p->retarget_interval * p->spacing_s;
	struct u256 target;

	BUG_ON(wanted_s <= 0);
	if (actual_s < wanted_s / 4)
		actual_s = wanted_s / 4;
	if (actual_s > wanted_s * 4)
		actual_s = wanted_s * 4;
	/* what stands on a chain has passed header_check_work, so it is valid */
	target_from_bits(&target, last_bits);
	target = u256_muldiv(&target, (uint64_t)actual_s, (uint64_t)wanted_s);
	return bits_within(p, target);
}

bool retarget_may_follow(const struct params *p, uint32_t height,
			 uint32_t old_bits, uint32_t new_bits)
{
	int64_t wanted_s = (int64_t)p->retarget_interval * p->spacing_s;
	struct u256 target, least, most;
	uint32_t low, high;

	if (p->retarget == RETARGET_NONE)
		return new_bits == old_bits;
	if (p->retarget == RETARGET_ASERT || p->min_difficulty)
		return true;
	if (height % p->retarget_interval != 0)
		return new_bits == old_bits;
	low = retarget_step(p, old_bits, wanted_s / 4);
	high = retarget_step(p, old_bits, wanted_s * 4);
	return target_from_bits(&target, new_bits) &&
	       target_from_bits(&least, low) && target_from_bits(&most, high) &&
	       u256_cmp(&target, &least) >= 0 && u256_cmp(&target, &most) <= 0;
}

/* target * factor * 2^(shift - 16), rounded down; 2^256 - 1 when larger. */
static struct u256 asert_scale(const struct u256 *target, uint32_t factor,
			       int shift)
{
	const struct u256 zero = {{0}}, most = u256_not(&zero);
	struct u256 r;

	if (shift <= 16) {
		unsigned down = (unsigned)(16 - shift);
		unsigned first = down < 63 ? down : 63;

		/* floor(floor(x / a) / b) is floor(x / ab): nothing is lost */
		r = u256_muldiv(target, factor, UINT64_C(1) << first);
		return u256_shr(&r, down - first);
	}
	r = u256_muldiv(target, factor, 1);
	if (u256_bits(&r) + (unsigned)(shift - 16) > 256)
		return most;
	return u256_shl(&r, (unsigned)(shift - 16));
}

uint32_t retarget_asert(const struct params *p, uint32_t anchor_bits,
			int64_t time_delta_s, int64_t height_delta)
{
	struct u256 target;
	i128 late_s, exponent, shift;
	uint64_t frac;
	uint32_t factor;

	BUG_ON(p->asert_half_life_s == 0 || height_delta < 0);
	BUG_ON(!target_from_bits(&target, anchor_bits));
	late_s = (i128)time_delta_s -
		 (i128)p->spacing_s * ((i128)height_delta + 1);
	exponent = late_s * 65536 / p->asert_half_life_s;
	frac = (uint64_t)exponent & 0xffff;
	shift = (exponent - (i128)frac) / 65536;
	if (shift > 256)
		return bits_within(p, p->pow_limit);
	if (shift < -256 - 17)
		return bits_within(p, u256_from(0));
	/* 2^x on [0, 1), within 0.013 per cent; the sum stays below 2^64 */
	factor = 65536 + (uint32_t)((UINT64_C(195766423245049) * frac +
				     UINT64_C(971821376) * frac * frac +
				     UINT64_C(5127) * frac * frac * frac +
				     (UINT64_C(1) << 47)) >> 48);
	return bits_within(p, asert_scale(&target, factor, (int)shift));
}

/* Testnet: twenty minutes after its parent a block may have the limit; one that
 * comes earlier has the bits of the last block that did not use this. */
static enum status min_difficulty_bits(const struct params *p,
				       const struct chain_view *view,
				       uint32_t time, uint32_t *bits)
{
	struct header h = view->parent;
	uint32_t height = view->height;

	if ((int64_t)time > (int64_t)h.time + 2 * (int64_t)p->spacing_s) {
		*bits = p->pow_limit_bits;
		return ST_OK;
	}
	while (height > 0 && height % p->retarget_interval != 0 &&
	       h.bits == p->pow_limit_bits) {
		enum status st = chain_header(view, --height, &h);

		if (st != ST_OK)
			return st;
	}
	*bits = h.bits;
	return ST_OK;
}

static enum status bitcoin_bits(const struct params *p,
				const struct chain_view *view, uint32_t time,
				uint32_t *bits)
{
	uint32_t interval = p->retarget_interval;
	struct header first;
	enum status st;

	BUG_ON(interval == 0);
	if ((view->height + 1) % interval != 0) {
		if (p->min_difficulty)
			return min_difficulty_bits(p, view, time, bits);
		*bits = view->parent.bits;
		return ST_OK;
	}
	st = chain_header(view, view->height - (interval - 1), &first);
	if (st != ST_OK)
		return st;
	/* signed: the last block's time may lie before the first one's */
	*bits = retarget_step(p, p->bip94 ? first.bits : view->parent.bits,
			      (int64_t)view->parent.time - first.time);
	return ST_OK;
}

enum status retarget_next_bits(const struct params *p,
			       const struct chain_view *view, uint32_t time,
			       uint32_t *bits)
{
	switch (p->retarget) {
	case RETARGET_NONE:
		*bits = view->parent.bits;
		return ST_OK;
	case RETARGET_BITCOIN:
		return bitcoin_bits(p, view, time, bits);
	case RETARGET_ASERT:
		*bits = retarget_asert(p, p->genesis.bits,
				       (int64_t)view->parent.time -
				       ((int64_t)p->genesis.time -
					p->spacing_s), view->height);
		return ST_OK;
	}
	BUG("retarget rule %d", (int)p->retarget);
}
