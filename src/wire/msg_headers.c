/* SPDX-License-Identifier: MIT */
#include "wire/msg_headers.h"

#include "base/bug.h"
#include "wire/codec.h"

_Static_assert(sizeof(struct blkid) == 32, "lists of hashes are read at once");

enum status msg_locator_decode(struct msg_locator *m, struct bytes in,
			       struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	enum status st;

	memset(m, 0, sizeof(*m));
	m->version = reader_le32(&r);
	st = codec_count(&r, WIRE_LOCATOR_MAX, 32, &m->n);
	if (st != ST_OK)
		return st;
	m->have = arena_array(a, m->n, struct blkid);
	if (!m->have)
		return ST_NOMEM;
	if (m->n)
		(void)reader_copy(&r, m->have, (size_t)m->n * 32);
	(void)reader_copy(&r, m->stop.h.b, 32);
	return codec_end(&r);
}

void msg_locator_encode(struct buf *b, const struct msg_locator *m)
{
	BUG_ON(m->n > WIRE_LOCATOR_MAX);
	buf_le32(b, m->version);
	compactsize_add(b, m->n);
	buf_add(b, m->have, (size_t)m->n * 32);
	buf_add(b, m->stop.h.b, 32);
}

enum status msg_headers_decode(struct msg_headers *m, struct bytes in,
			       struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	enum status st = codec_count(&r, WIRE_HEADERS_MAX, HEADER_SIZE + 1, &m->n);

	m->raw = NULL;
	if (st != ST_OK)
		return st;
	m->raw = arena_alloc(a, m->n, HEADER_SIZE);
	if (!m->raw)
		return ST_NOMEM;
	for (uint32_t i = 0; i < m->n; i++) {
		(void)reader_copy(&r, m->raw + (size_t)i * HEADER_SIZE,
				  HEADER_SIZE);
		(void)compactsize_read(&r);
	}
	return codec_end(&r);
}

void msg_headers_encode(struct buf *b, const struct msg_headers *m)
{
	BUG_ON(m->n > WIRE_HEADERS_MAX);
	compactsize_add(b, m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		buf_add(b, m->raw + (size_t)i * HEADER_SIZE, HEADER_SIZE);
		buf_u8(b, 0);
	}
}
