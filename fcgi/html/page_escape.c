/* SPDX-License-Identifier: MIT */
#include "fcgi/html/page_escape.h"

#include <stdio.h>

/* The code point that text begins with and its bytes; 0 bytes when it is no
 * UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF). */
static unsigned utf8_next(struct bytes text, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t c = text.p[0];
	unsigned n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3
		   : c >> 3 == 30 ? 4 : 0;
	uint32_t v = n == 1 ? c : c & (0x7fu >> n);

	if (n == 0 || n > text.len)
		return 0;
	for (unsigned i = 1; i < n; i++) {
		if (text.p[i] >> 6 != 2)
			return 0;
		v = v << 6 | (text.p[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*cp = v;
	return n;
}

/* Whether it is invisible, or changes how what stands around it is read. */
static bool deceives(uint32_t cp)
{
	static const struct { uint32_t first, last; } range[] = {
		{0x80, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c},
		{0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
		{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0x3164, 0x3164}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff},
		{0xffa0, 0xffa0}, {0xfff0, 0xfffc}, {0xe0000, 0xe0fff},
	};

	if ((cp & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
		if (cp >= range[i].first && cp <= range[i].last)
			return true;
	return false;
}

static void escape_ascii(struct buf *out, uint8_t c, bool block)
{
	switch (c) {
	case '&':
		buf_text(out, "&amp;");
		return;
	case '<':
		buf_text(out, "&lt;");
		return;
	case '>':
		buf_text(out, "&gt;");
		return;
	case '"':
		buf_text(out, "&quot;");
		return;
	case '\'':
		buf_text(out, "&#39;");
		return;
	case '`':
		buf_text(out, "&#96;");
		return;
	default:
		break;
	}
	if (c >= 0x20 && c != 0x7f) {
		buf_u8(out, c);
	} else if (block && (c == '\n' || c == '\t')) {
		buf_u8(out, c);
	} else {
		/* U+2400 and on, U+2421 for DEL, in UTF-8 */
		buf_u8(out, 0xe2);
		buf_u8(out, 0x90);
		buf_u8(out, c == 0x7f ? 0xa1 : (uint8_t)(0x80 + c));
	}
}

void page_escape(struct buf *out, struct bytes text, bool block)
{
	while (text.len > 0) {
		uint32_t cp = 0;
		unsigned n = utf8_next(text, &cp);
		char number[16];

		if (n == 1) {
			escape_ascii(out, (uint8_t)cp, block);
		} else if (n == 0) {
			buf_text(out, "\xef\xbf\xbd");
			n = 1;
		} else if (deceives(cp)) {
			snprintf(number, sizeof(number), "[U+%04X]", (unsigned)cp);
			buf_text(out, number);
		} else {
			buf_add(out, text.p, n);
		}
		text.p += n;
		text.len -= n;
	}
}

void page_escape_url(struct buf *out, struct bytes text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || (c && strchr("-._~", c))) {
			buf_u8(out, c);
		} else {
			buf_u8(out, '%');
			buf_u8(out, (uint8_t)digits[c >> 4]);
			buf_u8(out, (uint8_t)digits[c & 15]);
		}
	}
}
