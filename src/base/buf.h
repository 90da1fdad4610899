/* SPDX-License-Identifier: MIT */
/*
 * One growable buffer with a mandatory maximum.
 *
 * Invariant: len <= cap, and len <= max (cap may be more). The first append that would pass max,
 * or for which memory is missing, frees the contents, sets `st` and makes every
 * later append a no-op: a caller may build a whole document and look at
 * buf_status once. After success `p` is not terminated; buf_str adds a NUL.
 */
#ifndef QUARRY_BASE_BUF_H
#define QUARRY_BASE_BUF_H

#include <stdarg.h>

#include "base/bytes.h"
#include "base/status.h"

struct buf {
	uint8_t *p;
	size_t len;
	size_t cap;
	size_t max;
	enum status st;
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
/* Forget the contents and the failure, keep the memory. */
void buf_reset(struct buf *b);
/* ST_OK, ST_TOO_BIG (max would be passed) or ST_NOMEM. */
enum status buf_status(const struct buf *b);

/* Room for n more bytes, already counted in len, to be filled by the caller;
 * NULL after failure. */
uint8_t *buf_extend(struct buf *b, size_t n);
/* Here, so that what fits costs no call and constants become plain stores. */
static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	uint8_t *at;

	if (b->p && b->st == ST_OK && n <= b->cap - b->len &&
	    n <= b->max - b->len) {
		at = b->p + b->len;
		b->len += n;
	} else {
		at = buf_extend(b, n);
	}
	if (at && n)
		memcpy(at, p, n);
}
void buf_bytes(struct buf *b, struct bytes v);
void buf_u8(struct buf *b, uint8_t v);
void buf_le16(struct buf *b, uint16_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);
void buf_text(struct buf *b, const char *s);
void buf_hex(struct buf *b, const void *p, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* The contents with a NUL after them (not counted in len); "" after failure.
 * Valid until the next change. */
const char *buf_str(struct buf *b);
struct bytes buf_view(const struct buf *b);

#endif
