/* SPDX-License-Identifier: MIT */
#include "wire/msg_compact.h"

#include "base/bug.h"
#include "crypto/sha256.h"
#include "wire/codec.h"

#define TX_MIN_SIZE 10

struct siphash_key compact_key(const uint8_t header[HEADER_SIZE], uint64_t nonce)
{
	uint8_t in[HEADER_SIZE + 8], h[32];

	memcpy(in, header, HEADER_SIZE);
	le64_put(in + HEADER_SIZE, nonce);
	sha256(h, in, sizeof(in));
	return siphash_key_of(h);
}

uint64_t compact_short_id(const struct siphash_key *key, const struct wtxid *id)
{
	return siphash_32(key, id->h.b) & 0xffffffffffffu;
}

static uint64_t short_id_read(struct reader *r)
{
	uint64_t low = reader_le32(r);

	return low | (uint64_t)reader_le16(r) << 32;
}

/* Indexes are sent as the distance from the one before, less one. */
static enum status index_read(struct reader *r, uint32_t *next, uint32_t *index)
{
	uint64_t gap = compactsize_read(r);

	if (r->failed || gap + *next >= WIRE_COMPACT_TX_MAX)
		return ST_PARSE;
	*index = *next + (uint32_t)gap;
	*next = *index + 1;
	return ST_OK;
}

static void index_write(struct buf *b, uint32_t *next, uint32_t index)
{
	BUG_ON(index < *next);
	compactsize_add(b, index - *next);
	*next = index + 1;
}

static enum status prefilled_read(struct msg_cmpctblock *m, struct reader *r,
				  struct arena *a)
{
	uint32_t next = 0;
	enum status st = codec_count(r, WIRE_COMPACT_TX_MAX - m->n_short,
				     1 + TX_MIN_SIZE, &m->n_prefilled);

	if (st != ST_OK)
		return st;
	m->prefilled = arena_array(a, m->n_prefilled, struct compact_prefilled);
	if (!m->prefilled)
		return ST_NOMEM;
	for (uint32_t i = 0; i < m->n_prefilled; i++) {
		st = index_read(r, &next, &m->prefilled[i].index);
		if (st == ST_OK)
			st = tx_read(&m->prefilled[i].tx, r, a);
		if (st != ST_OK)
			return st;
	}
	/* well-formed, but no honest message */
	return next > m->n_short + m->n_prefilled ? ST_TOO_BIG : ST_OK;
}

enum status msg_cmpctblock_decode(struct msg_cmpctblock *m, struct bytes in,
				  struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	enum status st;

	memset(m, 0, sizeof(*m));
	(void)reader_copy(&r, m->header, HEADER_SIZE);
	m->nonce = reader_le64(&r);
	st = codec_count(&r, WIRE_COMPACT_TX_MAX, WIRE_SHORT_ID_SIZE, &m->n_short);
	if (st != ST_OK)
		return st;
	m->short_ids = arena_array(a, m->n_short, uint64_t);
	if (!m->short_ids)
		return ST_NOMEM;
	for (uint32_t i = 0; i < m->n_short; i++)
		m->short_ids[i] = short_id_read(&r);
	return prefilled_read(m, &r, a);
}

void msg_cmpctblock_encode(struct buf *b, const struct msg_cmpctblock *m)
{
	uint32_t next = 0;

	BUG_ON(m->n_short + m->n_prefilled > WIRE_COMPACT_TX_MAX);
	buf_add(b, m->header, HEADER_SIZE);
	buf_le64(b, m->nonce);
	compactsize_add(b, m->n_short);
	for (uint32_t i = 0; i < m->n_short; i++) {
		buf_le32(b, (uint32_t)m->short_ids[i]);
		buf_le16(b, (uint16_t)(m->short_ids[i] >> 32));
	}
	compactsize_add(b, m->n_prefilled);
	for (uint32_t i = 0; i < m->n_prefilled; i++) {
		index_write(b, &next, m->prefilled[i].index);
		tx_write(b, &m->prefilled[i].tx, true);
	}
}

enum status compact_from_block(struct msg_cmpctblock *m,
			       const struct block *block, uint64_t nonce,
			       struct arena *a)
{
	struct siphash_key key;

	memset(m, 0, sizeof(*m));
	if (block->n_tx == 0)
		return ST_PARSE;
	if (block->n_tx > WIRE_COMPACT_TX_MAX)
		return ST_TOO_BIG;
	header_write(m->header, &block->header);
	m->nonce = nonce;
	m->n_short = block->n_tx - 1;
	m->n_prefilled = 1;
	m->short_ids = arena_array(a, m->n_short, uint64_t);
	m->prefilled = arena_array(a, 1, struct compact_prefilled);
	if (!m->short_ids || !m->prefilled)
		return ST_NOMEM;
	m->prefilled[0] = (struct compact_prefilled){0, block->tx[0]};
	key = compact_key(m->header, nonce);
	for (uint32_t i = 0; i < m->n_short; i++)
		m->short_ids[i] = compact_short_id(&key, &block->tx[i + 1].wtxid);
	return ST_OK;
}

enum status msg_getblocktxn_decode(struct msg_getblocktxn *m, struct bytes in,
				   struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	uint32_t next = 0;
	enum status st;

	memset(m, 0, sizeof(*m));
	(void)reader_copy(&r, m->block.h.b, 32);
	st = codec_count(&r, WIRE_COMPACT_TX_MAX, 1, &m->n);
	if (st != ST_OK)
		return st;
	m->index = arena_array(a, m->n, uint16_t);
	if (!m->index)
		return ST_NOMEM;
	for (uint32_t i = 0; i < m->n; i++) {
		uint32_t index = 0;

		st = index_read(&r, &next, &index);
		if (st != ST_OK)
			return st;
		m->index[i] = (uint16_t)index;
	}
	return ST_OK;
}

void msg_getblocktxn_encode(struct buf *b, const struct msg_getblocktxn *m)
{
	uint32_t next = 0;

	buf_add(b, m->block.h.b, 32);
	compactsize_add(b, m->n);
	for (uint32_t i = 0; i < m->n; i++)
		index_write(b, &next, m->index[i]);
}

enum status msg_blocktxn_decode(struct msg_blocktxn *m, struct bytes in,
				struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	enum status st;

	memset(m, 0, sizeof(*m));
	(void)reader_copy(&r, m->block.h.b, 32);
	st = codec_count(&r, WIRE_COMPACT_TX_MAX, TX_MIN_SIZE, &m->n);
	if (st != ST_OK)
		return st;
	m->tx = arena_array(a, m->n, struct tx);
	if (!m->tx)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < m->n; i++)
		st = tx_read(&m->tx[i], &r, a);
	return st;
}

void msg_blocktxn_encode(struct buf *b, const struct msg_blocktxn *m)
{
	buf_add(b, m->block.h.b, 32);
	compactsize_add(b, m->n);
	for (uint32_t i = 0; i < m->n; i++)
		tx_write(b, &m->tx[i], true);
}
