/* SPDX-License-Identifier: MIT */
/*
 * What all message decoders share.
 *
 * A decoder gets a payload and returns ST_OK, ST_PARSE (too short or not
 * canonical: Bitcoin Core drops such a message), ST_TOO_BIG (more entries than
 * the protocol allows: misbehaviour) or ST_NOMEM. Bytes after the last field are
 * ignored, as later versions of the protocol may append fields. Arrays live in
 * the arena; scripts, transactions and filters point into the payload.
 */
#ifndef QUARRY_WIRE_CODEC_H
#define QUARRY_WIRE_CODEC_H

#include "base/arena.h"
#include "primitives/compactsize.h"
#include "primitives/hash.h"

/* A count of entries that take at least `size` bytes each. */
static inline enum status codec_count(struct reader *r, uint32_t max,
				      size_t size, uint32_t *n)
{
	uint64_t v = compactsize_read(r);

	*n = 0;
	if (r->failed)
		return ST_PARSE;
	if (v > max)
		return ST_TOO_BIG;
	if (v > reader_left(r) / size)
		return ST_PARSE;
	*n = (uint32_t)v;
	return ST_OK;
}

/* A counted list of hashes, at most max. */
static inline enum status codec_hashes(struct reader *r, uint32_t max,
				       struct arena *a, struct hash256 **out,
				       uint32_t *n)
{
	enum status st = codec_count(r, max, 32, n);

	*out = NULL;
	if (st != ST_OK)
		return st;
	*out = arena_array(a, *n, struct hash256);
	if (!*out)
		return ST_NOMEM;
	if (*n)
		(void)reader_copy(r, *out, (size_t)*n * 32);
	return ST_OK;
}

static inline void codec_put_hashes(struct buf *b, const struct hash256 *h,
				    uint32_t n)
{
	compactsize_add(b, n);
	buf_add(b, h, (size_t)n * 32);
}

static inline enum status codec_end(const struct reader *r)
{
	return r->failed ? ST_PARSE : ST_OK;
}

#endif
