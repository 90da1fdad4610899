/* SPDX-License-Identifier: MIT */
/*
 * Elements are hashed evenly into n * M values, sorted, and the distances coded:
 * the quotient by 2^P in unary, the rest in P bits, first bit first.
 */
#include "primitives/gcs.h"

#include <stdlib.h>

#include "crypto/sha256.h"
#include "primitives/compactsize.h"

#define GCS_P 19
#define GCS_M 784931u
#define OP_RETURN_BYTE 0x6a

__extension__ typedef unsigned __int128 u128;

static uint64_t hash_into(const struct siphash_key *key, struct bytes e,
			  uint64_t range)
{
	return (uint64_t)((u128)siphash(key, e.p, e.len) * range >> 64);
}

static int compare_u64(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static void sort_u64(uint64_t *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), compare_u64);
}

/* Sorted hashes of the elements; NULL without memory. */
static uint64_t *hashes_of(const struct siphash_key *key,
			   const struct bytes *elements, uint32_t n,
			   uint64_t range, struct arena *a)
{
	uint64_t *v = arena_array(a, n, uint64_t);

	for (uint32_t i = 0; v && i < n; i++)
		v[i] = hash_into(key, elements[i], range);
	if (v)
		sort_u64(v, n);
	return v;
}

struct bit_writer {
	struct buf *out;
	uint8_t byte;
	unsigned used;
};

static void bit_put(struct bit_writer *w, unsigned bit)
{
	w->byte = (uint8_t)(w->byte | bit << (7 - w->used));
	if (++w->used == 8) {
		buf_u8(w->out, w->byte);
		w->byte = 0;
		w->used = 0;
	}
}

static void golomb_put(struct bit_writer *w, uint64_t v)
{
	for (uint64_t q = v >> GCS_P; q; q--)
		bit_put(w, 1);
	bit_put(w, 0);
	for (unsigned i = GCS_P; i-- > 0;)
		bit_put(w, v >> i & 1);
}

struct hashed {
	uint64_t hash;
	struct bytes e;
};

static int compare_hashed(const void *x, const void *y)
{
	const struct hashed *a = x, *b = y;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* Equal elements have equal hashes, so repeats are neighbours once sorted; what
 * is different and has the same hash by chance or art is kept. */
static uint32_t leave_out_repeats(struct hashed *v, uint32_t n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool seen = false;

		for (uint32_t k = kept; !seen && k > 0 &&
		     v[k - 1].hash == v[i].hash; k--)
			seen = bytes_equal(v[k - 1].e, v[i].e);
		if (!seen)
			v[kept++] = v[i];
	}
	return kept;
}

enum status gcs_build(struct buf *out, const struct siphash_key *key,
		      const struct bytes *elements, uint32_t n, struct arena *a)
{
	struct hashed *v = arena_array(a, n, struct hashed);
	struct bit_writer w = {out, 0, 0};
	uint64_t last = 0, range;
	uint32_t kept;

	if (!v)
		return ST_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		v[i] = (struct hashed){siphash(key, elements[i].p,
					       elements[i].len), elements[i]};
	if (n)
		qsort(v, n, sizeof(*v), compare_hashed);
	kept = leave_out_repeats(v, n);
	range = (uint64_t)kept * GCS_M;
	compactsize_add(out, kept);
	for (uint32_t i = 0; i < kept; i++) {
		/* bringing hashes into the range keeps their order */
		uint64_t at = (uint64_t)((u128)v[i].hash * range >> 64);

		golomb_put(&w, at - last);
		last = at;
	}
	if (w.used)
		buf_u8(out, w.byte);
	return buf_status(out);
}

struct bit_reader {
	struct bytes in;
	uint64_t at;		/* bits read */
	bool failed;
};

static unsigned bit_get(struct bit_reader *r)
{
	uint64_t at = r->at++;

	if (at / 8 >= r->in.len) {
		r->failed = true;
		return 0;
	}
	return r->in.p[at / 8] >> (7 - at % 8) & 1;
}

static uint64_t golomb_get(struct bit_reader *r)
{
	uint64_t q = 0, rest = 0;

	while (bit_get(r))
		q++;
	for (unsigned i = 0; i < GCS_P; i++)
		rest = rest << 1 | bit_get(r);
	return q << GCS_P | rest;
}

enum status gcs_match_any(struct bytes filter, const struct siphash_key *key,
			  const struct bytes *elements, uint32_t n,
			  struct arena *a, bool *match)
{
	struct reader r = reader_of(filter.p, filter.len);
	uint64_t count = compactsize_read(&r), value = 0, *v;
	struct bit_reader bits = {bytes_of(r.p, reader_left(&r)), 0, false};
	uint32_t at = 0;

	*match = false;
	/* Each element takes at least a quotient's end and P bits. */
	if (r.failed || count > bits.in.len * 8 / (GCS_P + 1))
		return ST_PARSE;
	v = hashes_of(key, elements, n, count * GCS_M, a);
	if (!v)
		return ST_NOMEM;
	for (uint64_t i = 0; i < count && at < n; i++) {
		value += golomb_get(&bits);
		if (bits.failed)
			return ST_PARSE;
		while (at < n && v[at] < value)
			at++;
		if (at < n && v[at] == value) {
			*match = true;
			return ST_OK;
		}
	}
	return ST_OK;
}

struct siphash_key filter_key(const struct blkid *block)
{
	return siphash_key_of(block->h.b);
}

enum status filter_basic(struct buf *out, const struct block *b,
			 const struct bytes *spent, uint32_t n_spent,
			 struct arena *a)
{
	struct siphash_key key = filter_key(&b->id);
	size_t room = n_spent;
	struct bytes *el;
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n_tx; i++)
		room += b->tx[i].n_out;
	el = arena_array(a, room, struct bytes);
	if (!el)
		return ST_NOMEM;
	for (uint32_t i = 0; i < b->n_tx; i++) {
		for (uint32_t j = 0; j < b->tx[i].n_out; j++) {
			struct bytes s = b->tx[i].out[j].script;

			if (s.len && s.p[0] != OP_RETURN_BYTE)
				el[n++] = s;
		}
	}
	for (uint32_t i = 0; i < n_spent; i++) {
		if (spent[i].len)
			el[n++] = spent[i];
	}
	return gcs_build(out, &key, el, n, a);
}

void filter_hash(struct hash256 *out, struct bytes filter)
{
	sha256d(out->b, filter.p, filter.len);
}

void filter_header(struct hash256 *out, const struct hash256 *hash,
		   const struct hash256 *prev)
{
	uint8_t pair[64];

	memcpy(pair, hash->b, 32);
	memcpy(pair + 32, prev->b, 32);
	sha256d(out->b, pair, 64);
}
