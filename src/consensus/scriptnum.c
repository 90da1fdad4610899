/* SPDX-License-Identifier: MIT */
#include "consensus/scriptnum.h"

/* The last byte is needed unless it holds neither magnitude nor a sign for
 * which the byte before has no free bit. */
static bool is_minimal(struct bytes v)
{
	if (v.len == 0 || v.p[v.len - 1] & 0x7f)
		return true;
	return v.len > 1 && v.p[v.len - 2] & 0x80;
}

bool scriptnum_get(int64_t *out, struct bytes v, size_t max, bool minimal)
{
	uint64_t u = 0;
	bool negative;

	if (v.len > max || (minimal && !is_minimal(v)))
		return false;
	if (v.len == 0) {
		*out = 0;
		return true;
	}
	negative = v.p[v.len - 1] & 0x80;
	for (size_t i = 0; i < v.len; i++)
		u |= (uint64_t)v.p[i] << (8 * i);
	if (negative)
		u &= ~((uint64_t)0x80 << (8 * (v.len - 1)));
	*out = negative ? -(int64_t)u : (int64_t)u;
	return true;
}

unsigned scriptnum_put(uint8_t out[9], int64_t v)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	unsigned n = 0;

	for (; u; u >>= 8)
		out[n++] = (uint8_t)u;
	if (n && out[n - 1] & 0x80)
		out[n++] = 0;
	if (v < 0)
		out[n - 1] |= 0x80;
	return n;
}

bool script_is_true(struct bytes v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i])
			return i + 1 < v.len || v.p[i] != 0x80;
	}
	return false;
}
