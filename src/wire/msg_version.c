/* SPDX-License-Identifier: MIT */
#include "wire/msg_version.h"

#include "base/bug.h"
#include "wire/codec.h"

static void endpoint_read(struct wire_endpoint *e, struct reader *r)
{
	const uint8_t *p;

	e->services = reader_le64(r);
	(void)reader_copy(r, e->ip, 16);
	p = reader_take(r, 2);
	e->port = p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static void endpoint_write(struct buf *b, const struct wire_endpoint *e)
{
	buf_le64(b, e->services);
	buf_add(b, e->ip, 16);
	buf_u8(b, (uint8_t)(e->port >> 8));
	buf_u8(b, (uint8_t)e->port);
}

enum status msg_version_decode(struct msg_version *v, struct bytes in)
{
	struct reader r = reader_of(in.p, in.len);
	const uint8_t *agent;
	uint64_t n;

	memset(v, 0, sizeof(*v));
	v->relay = true;
	v->version = (int32_t)reader_le32(&r);
	v->services = reader_le64(&r);
	v->time = (int64_t)reader_le64(&r);
	endpoint_read(&v->to, &r);
	if (r.failed || !reader_left(&r))
		return codec_end(&r);
	endpoint_read(&v->from, &r);
	v->nonce = reader_le64(&r);
	if (r.failed || !reader_left(&r))
		return codec_end(&r);
	n = compactsize_read(&r);
	if (n > WIRE_USER_AGENT_MAX)
		return ST_PARSE;
	agent = reader_take(&r, (size_t)n);
	if (!agent)
		return ST_PARSE;
	v->agent_len = (uint32_t)n;
	memcpy(v->agent, agent, (size_t)n);
	if (!reader_left(&r))
		return ST_OK;
	v->height = (int32_t)reader_le32(&r);
	if (!r.failed && reader_left(&r))
		v->relay = reader_u8(&r) != 0;
	return codec_end(&r);
}

void msg_version_encode(struct buf *b, const struct msg_version *v)
{
	BUG_ON(v->agent_len > WIRE_USER_AGENT_MAX);
	buf_le32(b, (uint32_t)v->version);
	buf_le64(b, v->services);
	buf_le64(b, (uint64_t)v->time);
	endpoint_write(b, &v->to);
	endpoint_write(b, &v->from);
	buf_le64(b, v->nonce);
	compactsize_add(b, v->agent_len);
	buf_add(b, v->agent, v->agent_len);
	buf_le32(b, (uint32_t)v->height);
	buf_u8(b, v->relay);
}

enum status msg_u64_decode(uint64_t *v, struct bytes in)
{
	struct reader r = reader_of(in.p, in.len);

	*v = reader_le64(&r);
	return codec_end(&r);
}

void msg_u64_encode(struct buf *b, uint64_t v)
{
	buf_le64(b, v);
}

enum status msg_sendcmpct_decode(struct msg_sendcmpct *m, struct bytes in)
{
	struct reader r = reader_of(in.p, in.len);

	m->high_bandwidth = reader_u8(&r) != 0;
	m->version = reader_le64(&r);
	return codec_end(&r);
}

void msg_sendcmpct_encode(struct buf *b, const struct msg_sendcmpct *m)
{
	buf_u8(b, m->high_bandwidth);
	buf_le64(b, m->version);
}
