/* SPDX-License-Identifier: MIT */
#include "base/u256.h"

#include "base/bug.h"
#include "base/bytes.h"

__extension__ typedef unsigned __int128 u128;

struct u256 u256_from_le(const uint8_t b[32])
{
	struct u256 v;

	for (int i = 0; i < 4; i++)
		v.w[i] = le64_get(b + 8 * i);
	return v;
}

struct u256 u256_from_be(const uint8_t b[32])
{
	struct u256 v;

	for (int i = 0; i < 4; i++)
		v.w[3 - i] = be64_get(b + 8 * i);
	return v;
}

void u256_to_le(uint8_t b[32], const struct u256 *v)
{
	for (int i = 0; i < 4; i++)
		le64_put(b + 8 * i, v->w[i]);
}

void u256_to_be(uint8_t b[32], const struct u256 *v)
{
	for (int i = 0; i < 4; i++)
		be64_put(b + 8 * i, v->w[3 - i]);
}

bool u256_is_zero(const struct u256 *v)
{
	return !(v->w[0] | v->w[1] | v->w[2] | v->w[3]);
}

int u256_cmp(const struct u256 *a, const struct u256 *b)
{
	for (int i = 3; i >= 0; i--) {
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	}
	return 0;
}

unsigned u256_bits(const struct u256 *v)
{
	for (int i = 3; i >= 0; i--) {
		if (v->w[i])
			return (unsigned)(64 * i + 64 -
					  __builtin_clzll(v->w[i]));
	}
	return 0;
}

struct u256 u256_add(const struct u256 *a, const struct u256 *b)
{
	struct u256 r;
	u128 c = 0;

	for (int i = 0; i < 4; i++) {
		c += (u128)a->w[i] + b->w[i];
		r.w[i] = (uint64_t)c;
		c >>= 64;
	}
	return r;
}

struct u256 u256_not(const struct u256 *a)
{
	return (struct u256){{~a->w[0], ~a->w[1], ~a->w[2], ~a->w[3]}};
}

struct u256 u256_sub(const struct u256 *a, const struct u256 *b)
{
	struct u256 one = u256_from(1), nb = u256_not(b), r;

	r = u256_add(a, &nb);
	return u256_add(&r, &one);
}

struct u256 u256_shl(const struct u256 *a, unsigned n)
{
	struct u256 r = {{0}};
	unsigned limb = n / 64, bit = n % 64;

	if (n >= 256)
		return r;
	for (unsigned i = limb; i < 4; i++) {
		r.w[i] = a->w[i - limb] << bit;
		if (bit && i > limb)
			r.w[i] |= a->w[i - limb - 1] >> (64 - bit);
	}
	return r;
}

struct u256 u256_shr(const struct u256 *a, unsigned n)
{
	struct u256 r = {{0}};
	unsigned limb = n / 64, bit = n % 64;

	if (n >= 256)
		return r;
	for (unsigned i = 0; i + limb < 4; i++) {
		r.w[i] = a->w[i + limb] >> bit;
		if (bit && i + limb + 1 < 4)
			r.w[i] |= a->w[i + limb + 1] << (64 - bit);
	}
	return r;
}

struct u256 u256_div(const struct u256 *a, const struct u256 *d)
{
	struct u256 q = {{0}}, rem = *a;
	unsigned na = u256_bits(a), nd = u256_bits(d);

	BUG_ON(nd == 0);
	if (na < nd)
		return q;
	for (unsigned s = na - nd + 1; s-- > 0;) {
		struct u256 t = u256_shl(d, s);

		if (u256_cmp(&rem, &t) >= 0) {
			rem = u256_sub(&rem, &t);
			q.w[s / 64] |= (uint64_t)1 << (s % 64);
		}
	}
	return q;
}

struct u256 u256_muldiv(const struct u256 *a, uint64_t m, uint64_t d)
{
	uint64_t prod[5];
	struct u256 q;
	u128 c = 0;
	uint64_t rem = 0, top = 0;

	BUG_ON(d == 0);
	for (int i = 0; i < 4; i++) {
		c += (u128)a->w[i] * m;
		prod[i] = (uint64_t)c;
		c >>= 64;
	}
	prod[4] = (uint64_t)c;
	for (int i = 4; i >= 0; i--) {
		u128 t = (u128)rem << 64 | prod[i];

		if (i == 4)
			top = (uint64_t)(t / d);
		else
			q.w[i] = (uint64_t)(t / d);
		rem = (uint64_t)(t % d);
	}
	if (top)
		return (struct u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX,
				      UINT64_MAX}};
	return q;
}

struct u256 u256_mul64(const struct u256 *a, uint64_t m)
{
	struct u256 r;
	u128 c = 0;

	for (int i = 0; i < 4; i++) {
		c += (u128)a->w[i] * m;
		r.w[i] = (uint64_t)c;
		c >>= 64;
	}
	return r;
}

double u256_double(const struct u256 *a)
{
	double d = 0;

	for (int i = 3; i >= 0; i--)
		d = d * 18446744073709551616.0 + (double)a->w[i];
	return d;
}
