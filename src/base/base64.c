/* SPDX-License-Identifier: MIT */
/* Strict in both directions: every value has one text. */
#include "base/base64.h"

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_text(char *out, const void *p, size_t n)
{
	const uint8_t *b = p;
	char *o = out;

	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)b[i] << 16;

		if (left > 1)
			v |= (uint32_t)b[i + 1] << 8;
		if (left > 2)
			v |= b[i + 2];
		*o++ = digits[v >> 18];
		*o++ = digits[v >> 12 & 63];
		*o++ = left > 1 ? digits[v >> 6 & 63] : '=';
		*o++ = left > 2 ? digits[v & 63] : '=';
	}
	*o = '\0';
	return out;
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, of which `pad` are padding. */
static bool parse_group(uint8_t out[3], const char *text, unsigned pad)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < 4; i++) {
		int d = i < 4 - pad ? value_of(text[i]) : 0;

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	/* bits behind the last byte are zero in the one right spelling */
	return (v & ((1u << (8 * pad)) - 1)) == 0;
}

bool base64_parse(struct buf *out, const char *text, size_t len)
{
	size_t before = out->len, pad = 0;

	if (len % 4)
		return false;
	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < len; i += 4) {
		unsigned p = i + 4 == len ? (unsigned)pad : 0;
		uint8_t three[3];

		if (!parse_group(three, text + i, p)) {
			if (buf_status(out) == ST_OK)
				out->len = before;
			return false;
		}
		buf_add(out, three, 3 - p);
	}
	return buf_status(out) == ST_OK;
}
