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

/* Sixteen bytes at a time: their nibbles, each in a byte of its own, become
 * characters by arithmetic. The vectors are the compiler's, of any machine. */
typedef uint8_t lanes __attribute__((vector_size(16)));
typedef uint8_t unaligned_lanes __attribute__((vector_size(16), aligned(1)));

static lanes characters(lanes nibble)
{
	/* all ones in each byte that is above 9: it needs 'a' - '0' - 10 more */
	lanes above = (lanes)(nibble > 9);

	return nibble + '0' + (above & ('a' - '0' - 10));
}

static void sixteen(char *out, const uint8_t *b)
{
	const lanes v = *(const unaligned_lanes *)(const void *)b;
	/* the high nibble comes first */
	const lanes high = characters(v >> 4), low = characters(v & 15);
	unaligned_lanes *to = (unaligned_lanes *)(void *)out;

	to[0] = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4,
					20, 5, 21, 6, 22, 7, 23);
	to[1] = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27,
					12, 28, 13, 29, 14, 30, 15, 31);
}

void hex_digits(char *out, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i = 0;

	for (; n - i >= 16; i += 16)
		sixteen(out + 2 * i, b + i);
	/* the last sixteen again, where there are more than that */
	if (i && i < n) {
		sixteen(out + 2 * (n - 16), b + n - 16);
		return;
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
