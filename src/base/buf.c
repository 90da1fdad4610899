/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->st = ST_OK;
}

enum status buf_status(const struct buf *b)
{
	return b->st;
}

static void buf_fail(struct buf *b, enum status st)
{
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
	b->st = st;
}

uint8_t *buf_extend(struct buf *b, size_t n)
{
	uint8_t *at;

	if (b->st != ST_OK)
		return NULL;
	if (n > b->max - b->len) {
		buf_fail(b, ST_TOO_BIG);
		return NULL;
	}
	if (n > b->cap - b->len || !b->p) {
		size_t want = b->cap < 64 ? 64 : b->cap;
		uint8_t *p;

		while (want < b->len + n)
			want += want / 2;
		/* one byte past max leaves room for the NUL of buf_str */
		p = realloc(b->p, want + 1);
		if (!p) {
			buf_fail(b, ST_NOMEM);
			return NULL;
		}
		b->p = p;
		b->cap = want;
	}
	at = b->p + b->len;
	b->len += n;
	return at;
}

void buf_bytes(struct buf *b, struct bytes v)
{
	buf_add(b, v.p, v.len);
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_add(b, &v, 1);
}

void buf_le16(struct buf *b, uint16_t v)
{
	uint8_t t[2];

	le16_put(t, v);
	buf_add(b, t, sizeof(t));
}

void buf_le32(struct buf *b, uint32_t v)
{
	uint8_t t[4];

	le32_put(t, v);
	buf_add(b, t, sizeof(t));
}

void buf_le64(struct buf *b, uint64_t v)
{
	uint8_t t[8];

	le64_put(t, v);
	buf_add(b, t, sizeof(t));
}

void buf_text(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	uint8_t *at;

	if (n > SIZE_MAX / 2) {
		buf_fail(b, ST_TOO_BIG);
		return;
	}
	at = buf_extend(b, 2 * n);
	if (at)
		hex_digits((char *)at, p, n);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	uint8_t *at;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(small)) {
		buf_add(b, small, (size_t)n);
	} else if (n >= 0) {
		at = buf_extend(b, (size_t)n);
		/* the NUL lands in the spare byte behind cap */
		if (at)
			vsnprintf((char *)at, (size_t)n + 1, fmt, again);
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

const char *buf_str(struct buf *b)
{
	if (b->st != ST_OK || !b->p)
		return "";
	b->p[b->len] = '\0';
	return (const char *)b->p;
}

struct bytes buf_view(const struct buf *b)
{
	return bytes_of(b->p, b->len);
}
