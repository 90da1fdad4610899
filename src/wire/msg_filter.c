/* SPDX-License-Identifier: MIT */
#include "wire/msg_filter.h"

#include "base/bug.h"
#include "wire/codec.h"

enum status msg_getcf_decode(struct msg_getcf *m, struct bytes in)
{
	struct reader r = reader_of(in.p, in.len);

	m->type = reader_u8(&r);
	m->start = reader_le32(&r);
	(void)reader_copy(&r, m->stop.h.b, 32);
	return codec_end(&r);
}

void msg_getcf_encode(struct buf *b, const struct msg_getcf *m)
{
	buf_u8(b, m->type);
	buf_le32(b, m->start);
	buf_add(b, m->stop.h.b, 32);
}

enum status msg_getcfcheckpt_decode(struct msg_getcf *m, struct bytes in)
{
	struct reader r = reader_of(in.p, in.len);

	m->type = reader_u8(&r);
	m->start = 0;
	(void)reader_copy(&r, m->stop.h.b, 32);
	return codec_end(&r);
}

void msg_getcfcheckpt_encode(struct buf *b, const struct msg_getcf *m)
{
	buf_u8(b, m->type);
	buf_add(b, m->stop.h.b, 32);
}

enum status msg_cfilter_decode(struct msg_cfilter *m, struct bytes in)
{
	struct reader r = reader_of(in.p, in.len);
	enum status st;
	uint32_t n;

	m->type = reader_u8(&r);
	(void)reader_copy(&r, m->block.h.b, 32);
	st = codec_count(&r, COMPACTSIZE_MAX, 1, &n);
	m->filter = bytes_of(st == ST_OK ? reader_take(&r, n) : NULL, n);
	return st;
}

void msg_cfilter_encode(struct buf *b, const struct msg_cfilter *m)
{
	buf_u8(b, m->type);
	buf_add(b, m->block.h.b, 32);
	compactsize_add(b, m->filter.len);
	buf_bytes(b, m->filter);
}

enum status msg_cfheaders_decode(struct msg_cfheaders *m, struct bytes in,
				 struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);

	m->type = reader_u8(&r);
	(void)reader_copy(&r, m->stop.h.b, 32);
	(void)reader_copy(&r, m->prev.b, 32);
	return codec_hashes(&r, WIRE_CFHEADERS_MAX, a, &m->filter_hash, &m->n);
}

void msg_cfheaders_encode(struct buf *b, const struct msg_cfheaders *m)
{
	BUG_ON(m->n > WIRE_CFHEADERS_MAX);
	buf_u8(b, m->type);
	buf_add(b, m->stop.h.b, 32);
	buf_add(b, m->prev.b, 32);
	codec_put_hashes(b, m->filter_hash, m->n);
}

enum status msg_cfcheckpt_decode(struct msg_cfcheckpt *m, struct bytes in,
				 struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);

	m->type = reader_u8(&r);
	(void)reader_copy(&r, m->stop.h.b, 32);
	return codec_hashes(&r, WIRE_CFHEADERS_MAX, a, &m->header, &m->n);
}

void msg_cfcheckpt_encode(struct buf *b, const struct msg_cfcheckpt *m)
{
	buf_u8(b, m->type);
	buf_add(b, m->stop.h.b, 32);
	codec_put_hashes(b, m->header, m->n);
}
