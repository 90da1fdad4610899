/* SPDX-License-Identifier: MIT */
#include "crypto/der.h"

#define TAG_SEQUENCE 0x30
#define TAG_INTEGER 0x02
#define LONG_FORM 0x80

/* A BIP66 integer at the reader: tag, one length byte, at least one byte, not
 * negative, no zero byte in front but one that keeps it positive. */
static bool strict_integer(struct reader *r)
{
	const uint8_t *p;
	size_t n;

	if (reader_u8(r) != TAG_INTEGER)
		return false;
	n = reader_u8(r);
	p = reader_take(r, n);
	if (!p || n == 0 || (p[0] & 0x80))
		return false;
	return !(n > 1 && p[0] == 0 && !(p[1] & 0x80));
}

bool ec_der_is_strict(struct bytes sig)
{
	struct reader r;

	/* 2 + (2 + 1) + (2 + 1) + 1 at least, 2 + (2 + 33) * 2 + 1 at most. */
	if (sig.len < 9 || sig.len > 73)
		return false;
	r = reader_of(sig.p, sig.len - 1);
	if (reader_u8(&r) != TAG_SEQUENCE || reader_u8(&r) != sig.len - 3)
		return false;
	return strict_integer(&r) && strict_integer(&r) && reader_left(&r) == 0;
}

/* A length in short or long form. Values that cannot fit the input fail. */
static bool lax_length(struct reader *r, size_t *out)
{
	size_t n = reader_u8(r), v = 0;

	if (n & LONG_FORM) {
		n -= LONG_FORM;
		if (n > reader_left(r))
			return false;
		while (n > 0 && r->p[0] == 0) {
			reader_u8(r);
			n--;
		}
		/* Four bytes would be 16 MiB and more. */
		if (n >= 4)
			return false;
		for (; n > 0; n--)
			v = v << 8 | reader_u8(r);
		n = v;
	}
	*out = n;
	return !r->failed;
}

/* The value as 32 bytes; *fits is false when it has more than 256 bits. */
static bool lax_integer(struct reader *r, uint8_t out[32], bool *fits)
{
	const uint8_t *p;
	size_t n;

	if (reader_u8(r) != TAG_INTEGER || !lax_length(r, &n))
		return false;
	p = reader_take(r, n);
	if (!p)
		return false;
	while (n > 0 && *p == 0) {
		p++;
		n--;
	}
	memset(out, 0, 32);
	if (n > 32)
		*fits = false;
	else if (n > 0)
		memcpy(out + 32 - n, p, n);
	return true;
}

bool der_read_lax(struct bytes sig, uint8_t rs[64])
{
	struct reader r;
	bool fits = true;
	size_t skip;

	if (sig.len == 0)
		return false;
	r = reader_of(sig.p, sig.len);
	if (reader_u8(&r) != TAG_SEQUENCE)
		return false;
	/* How long the sequence says it is does not matter, but the bytes that
	 * say it must be there. */
	skip = reader_u8(&r);
	if ((skip & LONG_FORM) && !reader_take(&r, skip - LONG_FORM))
		return false;
	if (!lax_integer(&r, rs, &fits) || !lax_integer(&r, rs + 32, &fits))
		return false;
	if (!fits)
		memset(rs, 0, 64);
	return true;
}
