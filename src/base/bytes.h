/* SPDX-License-Identifier: MIT */
/*
 * A view of bytes that somebody else owns, a bounded reader over one, and
 * fixed-width little- and big-endian access.
 *
 * The reader never reads past its end: a read that would sets `failed`, returns
 * zero, and every later read fails too, so a parser may test once at the end of
 * a group of fields.
 */
#ifndef QUARRY_BASE_BYTES_H
#define QUARRY_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *p;
	size_t len;
};

/* Of a text, without its NUL. */
static inline struct bytes bytes_of_text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static inline struct bytes bytes_of(const void *p, size_t len)
{
	return (struct bytes){p, len};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline uint16_t le16_get(const uint8_t *p)
{
	return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

static inline uint32_t le32_get(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t le64_get(const uint8_t *p)
{
	return (uint64_t)le32_get(p) | (uint64_t)le32_get(p + 4) << 32;
}

static inline void le16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void le32_put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline void le64_put(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline uint32_t be32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline uint64_t be64_get(const uint8_t *p)
{
	return (uint64_t)be32_get(p) << 32 | be32_get(p + 4);
}

static inline void be32_put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static inline void be64_put(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

struct reader {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

/* p may be NULL when len is 0. */
static inline struct reader reader_of(const void *p, size_t len)
{
	const uint8_t *b = p ? p : "";

	/* NULL + 0 is undefined in C. */
	return (struct reader){b, len ? b + len : b, false};
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->p);
}

/* The next n bytes in place, or NULL (and failed) when fewer are left. */
static inline const uint8_t *reader_take(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->failed || n > reader_left(r)) {
		r->failed = true;
		return NULL;
	}
	r->p += n;
	return p;
}

static inline uint8_t reader_u8(struct reader *r)
{
	const uint8_t *p = reader_take(r, 1);

	return p ? *p : 0;
}

static inline uint16_t reader_le16(struct reader *r)
{
	const uint8_t *p = reader_take(r, 2);

	return p ? le16_get(p) : 0;
}

static inline uint32_t reader_le32(struct reader *r)
{
	const uint8_t *p = reader_take(r, 4);

	return p ? le32_get(p) : 0;
}

static inline uint64_t reader_le64(struct reader *r)
{
	const uint8_t *p = reader_take(r, 8);

	return p ? le64_get(p) : 0;
}

/* Copies n bytes to out; zeroes out when fewer are left. */
static inline bool reader_copy(struct reader *r, void *out, size_t n)
{
	const uint8_t *p = reader_take(r, n);

	if (!p) {
		memset(out, 0, n);
		return false;
	}
	memcpy(out, p, n);
	return true;
}

#endif
