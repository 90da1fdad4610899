/* SPDX-License-Identifier: MIT */
/* Reading and writing transactions; see tx.h for ownership. */
#include "primitives/tx.h"

#include "crypto/sha256.h"
#include "primitives/compactsize.h"

#define TXIN_MIN_SIZE 41
#define TXOUT_MIN_SIZE 9

static struct bytes read_script(struct reader *r)
{
	uint64_t n = compactsize_read(r);
	const uint8_t *p = reader_take(r, (size_t)n);

	return bytes_of(p, p ? (size_t)n : 0);
}

static enum status read_inputs(struct tx *tx, struct reader *r, uint64_t n,
			       struct arena *a)
{
	/* the bytes bound the count before memory is taken for it */
	if (r->failed || n > reader_left(r) / TXIN_MIN_SIZE) {
		r->failed = true;
		return ST_PARSE;
	}
	tx->n_in = (uint32_t)n;
	tx->in = arena_array(a, tx->n_in, struct txin);
	if (!tx->in)
		return ST_NOMEM;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct txin *in = &tx->in[i];

		reader_copy(r, in->prevout.txid.h.b, 32);
		in->prevout.n = reader_le32(r);
		in->script_sig = read_script(r);
		in->sequence = reader_le32(r);
		in->n_witness = 0;
		in->witness = bytes_of(NULL, 0);
	}
	return r->failed ? ST_PARSE : ST_OK;
}

static enum status read_outputs(struct tx *tx, struct reader *r,
				struct arena *a)
{
	uint64_t n = compactsize_read(r);

	if (r->failed || n > reader_left(r) / TXOUT_MIN_SIZE) {
		r->failed = true;
		return ST_PARSE;
	}
	tx->n_out = (uint32_t)n;
	tx->out = arena_array(a, tx->n_out, struct txout);
	if (!tx->out)
		return ST_NOMEM;
	for (uint32_t i = 0; i < tx->n_out; i++) {
		tx->out[i].value = (int64_t)reader_le64(r);
		tx->out[i].script = read_script(r);
	}
	return r->failed ? ST_PARSE : ST_OK;
}

static void read_witnesses(struct tx *tx, struct reader *r)
{
	for (uint32_t i = 0; i < tx->n_in && !r->failed; i++) {
		uint64_t n = compactsize_read(r);
		const uint8_t *start = r->p;

		for (uint64_t k = 0; k < n && !r->failed; k++)
			reader_take(r, (size_t)compactsize_read(r));
		if (r->failed)
			return;
		tx->in[i].n_witness = (uint32_t)n;
		tx->in[i].witness = bytes_of(start, (size_t)(r->p - start));
		if (n)
			tx->has_witness = true;
	}
	/* a witness flag over nothing but empty witnesses is not a second
	 * encoding of the same transaction */
	if (!tx->has_witness)
		r->failed = true;
}

enum status tx_read_nohash(struct tx *tx, struct reader *r, struct arena *a)
{
	const uint8_t *start = r->p;
	const uint8_t *wit_start = NULL;
	size_t wit_len = 0;
	enum status st;
	uint64_t n;

	memset(tx, 0, sizeof(*tx));
	tx->version = reader_le32(r);
	n = compactsize_read(r);
	if (n == 0 && !r->failed) {
		uint8_t flag = reader_u8(r);

		if (flag == 0 && !r->failed) {
			/* no inputs and no outputs, the old form */
			tx->in = arena_array(a, 0, struct txin);
			tx->out = arena_array(a, 0, struct txout);
			if (!tx->in || !tx->out)
				return ST_NOMEM;
		} else if (flag != 1) {
			r->failed = true;
		} else {
			n = compactsize_read(r);
			st = read_inputs(tx, r, n, a);
			if (st == ST_OK)
				st = read_outputs(tx, r, a);
			if (st == ST_NOMEM)
				return st;
			wit_start = r->p;
			if (!r->failed)
				read_witnesses(tx, r);
			wit_len = (size_t)(r->p - wit_start);
		}
	} else {
		st = read_inputs(tx, r, n, a);
		if (st == ST_OK)
			st = read_outputs(tx, r, a);
		if (st == ST_NOMEM)
			return st;
	}
	tx->locktime = reader_le32(r);
	if (r->failed)
		return ST_PARSE;
	tx->raw = bytes_of(start, (size_t)(r->p - start));
	tx->base_size = (uint32_t)(tx->raw.len - (wit_start ? wit_len + 2 : 0));
	return ST_OK;
}

void tx_hash(struct tx *tx)
{
	struct sha256_ctx c;

	if (!tx->has_witness) {
		sha256d(tx->txid.h.b, tx->raw.p, tx->raw.len);
		tx->wtxid.h = tx->txid.h;
		return;
	}
	sha256d(tx->wtxid.h.b, tx->raw.p, tx->raw.len);
	/* version | (marker flag) | inputs and outputs | (witness) | locktime */
	sha256_init(&c);
	sha256_add(&c, tx->raw.p, 4);
	sha256_add(&c, tx->raw.p + 6, tx->base_size - 8);
	sha256_add(&c, tx->raw.p + tx->raw.len - 4, 4);
	sha256d_done(&c, tx->txid.h.b);
}

enum status tx_read(struct tx *tx, struct reader *r, struct arena *a)
{
	enum status st = tx_read_nohash(tx, r, a);

	if (st == ST_OK)
		tx_hash(tx);
	return st;
}

enum status tx_parse(struct tx *tx, const void *p, size_t len, struct arena *a)
{
	struct reader r = reader_of(p, len);
	enum status st = tx_read(tx, &r, a);

	if (st == ST_OK && reader_left(&r))
		return ST_PARSE;
	return st;
}

enum status tx_parse_base(struct tx *tx, const void *p, size_t len,
			  struct arena *a)
{
	struct reader r = reader_of(p, len);
	enum status st;

	memset(tx, 0, sizeof(*tx));
	tx->version = reader_le32(&r);
	st = read_inputs(tx, &r, compactsize_read(&r), a);
	if (st == ST_OK)
		st = read_outputs(tx, &r, a);
	if (st == ST_NOMEM)
		return st;
	tx->locktime = reader_le32(&r);
	if (r.failed || reader_left(&r))
		return ST_PARSE;
	tx->raw = bytes_of(p, len);
	tx->base_size = (uint32_t)len;
	tx_hash(tx);
	return ST_OK;
}

void tx_write(struct buf *b, const struct tx *tx, bool with_witness)
{
	bool wit = with_witness && tx->has_witness;

	buf_le32(b, tx->version);
	if (wit)
		buf_add(b, "\0\1", 2);
	compactsize_add(b, tx->n_in);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		const struct txin *in = &tx->in[i];

		buf_add(b, in->prevout.txid.h.b, 32);
		buf_le32(b, in->prevout.n);
		compactsize_add(b, in->script_sig.len);
		buf_bytes(b, in->script_sig);
		buf_le32(b, in->sequence);
	}
	compactsize_add(b, tx->n_out);
	for (uint32_t i = 0; i < tx->n_out; i++) {
		buf_le64(b, (uint64_t)tx->out[i].value);
		compactsize_add(b, tx->out[i].script.len);
		buf_bytes(b, tx->out[i].script);
	}
	for (uint32_t i = 0; wit && i < tx->n_in; i++) {
		compactsize_add(b, tx->in[i].n_witness);
		buf_bytes(b, tx->in[i].witness);
	}
	buf_le32(b, tx->locktime);
}

bool outpoint_is_null(const struct outpoint *o)
{
	return o->n == OUTPOINT_NULL_N && hash256_is_zero(&o->txid.h);
}

bool outpoint_equal(const struct outpoint *a, const struct outpoint *b)
{
	return a->n == b->n && hash256_equal(&a->txid.h, &b->txid.h);
}

bool tx_is_coinbase(const struct tx *tx)
{
	return tx->n_in == 1 && outpoint_is_null(&tx->in[0].prevout);
}

bool witness_next(struct bytes *left, struct bytes *item)
{
	struct reader r = reader_of(left->p, left->len);
	uint64_t n;
	const uint8_t *p;

	if (!left->len)
		return false;
	n = compactsize_read(&r);
	p = reader_take(&r, (size_t)n);
	if (!p)
		return false;
	*item = bytes_of(p, (size_t)n);
	*left = bytes_of(r.p, reader_left(&r));
	return true;
}
