/* SPDX-License-Identifier: MIT */
#include "wire/msg_inv.h"

#include "base/bug.h"
#include "wire/codec.h"

enum status msg_inv_decode(struct msg_inv *m, struct bytes in, struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	enum status st = codec_count(&r, WIRE_INV_MAX, 36, &m->n);

	m->at = NULL;
	if (st != ST_OK)
		return st;
	m->at = arena_array(a, m->n, struct wire_inv);
	if (!m->at)
		return ST_NOMEM;
	for (uint32_t i = 0; i < m->n; i++) {
		m->at[i].type = reader_le32(&r);
		(void)reader_copy(&r, m->at[i].hash.b, 32);
	}
	return codec_end(&r);
}

void msg_inv_encode(struct buf *b, const struct msg_inv *m)
{
	BUG_ON(m->n > WIRE_INV_MAX);
	compactsize_add(b, m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		buf_le32(b, m->at[i].type);
		buf_add(b, m->at[i].hash.b, 32);
	}
}
