/* SPDX-License-Identifier: MIT */
/* Bitcoin's variable-length integer. */
#ifndef QUARRY_PRIMITIVES_COMPACTSIZE_H
#define QUARRY_PRIMITIVES_COMPACTSIZE_H

#include "base/buf.h"
#include "base/bytes.h"

/* No length in any message exceeds this (Bitcoin Core's MAX_SIZE). */
#define COMPACTSIZE_MAX 0x02000000u

/* Bytes that v takes: 1, 3, 5 or 9. */
static inline unsigned compactsize_size(uint64_t v)
{
	return v < 0xfd ? 1 : v <= 0xffff ? 3 : v <= 0xffffffff ? 5 : 9;
}

/* Fails the reader on an encoding that is not the shortest. */
static inline uint64_t compactsize_read_any(struct reader *r)
{
	uint8_t c = reader_u8(r);
	uint64_t v;

	if (c < 0xfd)
		return c;
	if (c == 0xfd) {
		v = reader_le16(r);
		if (v < 0xfd)
			r->failed = true;
	} else if (c == 0xfe) {
		v = reader_le32(r);
		if (v <= 0xffff)
			r->failed = true;
	} else {
		v = reader_le64(r);
		if (v <= 0xffffffff)
			r->failed = true;
	}
	return r->failed ? 0 : v;
}

/* As above, and fails on more than COMPACTSIZE_MAX. */
static inline uint64_t compactsize_read(struct reader *r)
{
	uint64_t v = compactsize_read_any(r);

	if (v > COMPACTSIZE_MAX) {
		r->failed = true;
		return 0;
	}
	return v;
}

/* Writes to p (room for 9); returns the bytes written. */
unsigned compactsize_put(uint8_t *p, uint64_t v);
void compactsize_add(struct buf *b, uint64_t v);

#endif
