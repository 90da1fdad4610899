/* SPDX-License-Identifier: MIT */
/* The compact form: one byte of size in bytes, 23 bits of mantissa, one sign
 * bit, as OpenSSL's BN_bn2mpi once wrote it. */
#include "primitives/target.h"

#define SIGN_BIT 0x00800000u
#define MANTISSA 0x007fffffu

bool target_from_bits(struct u256 *target, uint32_t bits)
{
	unsigned size = bits >> 24;
	uint32_t mantissa = bits & MANTISSA;
	struct u256 t;

	*target = u256_from(0);
	if (size <= 3)
		mantissa >>= 8 * (3 - size);
	if (mantissa == 0 || (bits & SIGN_BIT))
		return false;
	if (size > 34 || (mantissa > 0xff && size > 33) ||
	    (mantissa > 0xffff && size > 32))
		return false;
	t = u256_from(mantissa);
	*target = size > 3 ? u256_shl(&t, 8 * (size - 3)) : t;
	return true;
}

uint32_t target_to_bits(const struct u256 *target)
{
	unsigned size = (u256_bits(target) + 7) / 8;
	uint32_t mantissa;
	struct u256 t;

	if (size <= 3) {
		mantissa = (uint32_t)target->w[0] << (8 * (3 - size));
	} else {
		t = u256_shr(target, 8 * (size - 3));
		mantissa = (uint32_t)t.w[0];
	}
	/* The top mantissa bit is the sign: move one byte down instead. */
	if (mantissa & SIGN_BIT) {
		mantissa >>= 8;
		size++;
	}
	return (uint32_t)size << 24 | mantissa;
}

bool target_met(const struct blkid *id, const struct u256 *target)
{
	struct u256 v = u256_from_le(id->h.b);

	return u256_cmp(&v, target) <= 0;
}

struct u256 target_work(uint32_t bits)
{
	struct u256 target, above, inverse, one = u256_from(1);

	if (!target_from_bits(&target, bits))
		return u256_from(0);
	/* 2^256 does not fit, but 2^256 / (t+1) = (2^256 - t - 1) / (t+1) + 1,
	 * and 2^256 - t - 1 is ~t. t+1 cannot wrap: no compact target is all
	 * ones. */
	inverse = u256_not(&target);
	above = u256_add(&target, &one);
	inverse = u256_div(&inverse, &above);
	return u256_add(&inverse, &one);
}

double target_difficulty(uint32_t bits)
{
	int shift = (int)(bits >> 24);
	uint32_t mantissa = bits & 0x00ffffff;
	double d;

	if (mantissa == 0)
		return 0;
	/* The same sequence of operations as Bitcoin Core, so that the last
	 * printed digit agrees too. */
	d = (double)0x0000ffff / (double)mantissa;
	for (; shift < 29; shift++)
		d *= 256.0;
	for (; shift > 29; shift--)
		d /= 256.0;
	return d;
}
