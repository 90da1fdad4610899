/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

static const char digits[] = "0123456789abcdef";

static const int8_t digit_value[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int hex_digit(char c)
{
	return digit_value[(unsigned char)c] - 1;
}

/* Eight digits at a time: the nibbles of four bytes, each in a byte of its own,
 * become characters by arithmetic. */
static uint64_t eight_digits(uint32_t v)
{
	uint64_t x = v, above;

	x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
	x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
	/* the high nibble comes first */
	x = (x >> 4 & UINT64_C(0x000f000f000f000f)) |
	    (x << 8 & UINT64_C(0x0f000f000f000f00));
	/* 1 in each byte that is above 9: it needs 'a' - '0' - 10 more */
	above = (x + UINT64_C(0x0606060606060606)) >> 4 &
		UINT64_C(0x0101010101010101);
	return x + UINT64_C(0x3030303030303030) + above * ('a' - '0' - 10);
}

void hex_digits(char *out, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i = 0;

	for (; n - i >= 4; i += 4) {
		uint64_t v = eight_digits((uint32_t)b[i] | (uint32_t)b[i + 1] << 8 |
					  (uint32_t)b[i + 2] << 16 |
					  (uint32_t)b[i + 3] << 24);
		char *to = out + 2 * i;

		/* written out, compilers make one store of it */
		to[0] = (char)v;
		to[1] = (char)(v >> 8);
		to[2] = (char)(v >> 16);
		to[3] = (char)(v >> 24);
		to[4] = (char)(v >> 32);
		to[5] = (char)(v >> 40);
		to[6] = (char)(v >> 48);
		to[7] = (char)(v >> 56);
	}
	for (; i < n; i++) {
		out[2 * i] = digits[b[i] >> 4];
		out[2 * i + 1] = digits[b[i] & 15];
	}
}

char *hex_text(char *out, const void *p, size_t n)
{
	hex_digits(out, p, n);
	out[2 * n] = '\0';
	return out;
}

char *hex_text_reversed(char *out, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		hex_digits(out + 2 * i, b + n - 1 - i, 1);
	out[2 * n] = '\0';
	return out;
}

bool hex_parse(void *out, size_t n, const char *text, size_t len)
{
	uint8_t *b = out;

	if (len / 2 != n || len % 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_digit(text[2 * i]), lo = hex_digit(text[2 * i + 1]);

		if ((hi | lo) < 0)
			return false;
		b[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

bool hex_parse_reversed(void *out, size_t n, const char *text, size_t len)
{
	uint8_t *b = out;

	if (!hex_parse(out, n, text, len))
		return false;
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t t = b[i];

		b[i] = b[n - 1 - i];
		b[n - 1 - i] = t;
	}
	return true;
}
