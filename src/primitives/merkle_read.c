/* SPDX-License-Identifier: MIT */
/* Reading what merkle_proof.c writes, from anybody. */
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/merkle_proof.h"

/* No transaction has fewer than 60 bytes. */
#define TXS_MAX (4000000u / 60)

struct walk {
	const uint8_t *bits, *hash;
	uint64_t n_bits, n_hash;
	uint64_t bit, at;		/* used so far */
	struct merkle_proof *out;
	bool bad;
};

static uint32_t width(uint32_t n_tx, unsigned height)
{
	return (uint32_t)(((uint64_t)n_tx + (UINT64_C(1) << height) - 1) >> height);
}

/* At most 17 deep: TXS_MAX. */
static void walk_down(struct walk *w, unsigned height, uint32_t pos,
		      struct hash256 *out)
{
	struct hash256 left, right;
	uint8_t pair[64];
	bool marked;

	memset(out, 0, sizeof(*out));
	if (w->bad || w->bit >= w->n_bits) {
		w->bad = true;
		return;
	}
	marked = w->bits[w->bit / 8] >> w->bit % 8 & 1;
	w->bit++;
	if (height == 0 || !marked) {
		if (w->at >= w->n_hash) {
			w->bad = true;
			return;
		}
		memcpy(out->b, w->hash + 32 * w->at++, 32);
		if (height == 0 && marked)
			w->out->match[w->out->n_match++] = *out;
		return;
	}
	walk_down(w, height - 1, 2 * pos, &left);
	right = left;
	if (2 * pos + 1 < width(w->out->n_tx, height - 1)) {
		walk_down(w, height - 1, 2 * pos + 1, &right);
		if (hash256_equal(&left, &right))
			w->bad = true;
	}
	memcpy(pair, left.b, 32);
	memcpy(pair + 32, right.b, 32);
	sha256d(out->b, pair, 64);
}

enum status merkle_block_read(struct merkle_proof *out, const void *p,
			      size_t len, struct arena *a)
{
	struct reader r = reader_of(p, len);
	struct walk w = {.out = out};
	const uint8_t *head = reader_take(&r, HEADER_SIZE);
	unsigned height = 0;
	uint64_t n_bytes;

	*out = (struct merkle_proof){0};
	out->n_tx = reader_le32(&r);
	w.n_hash = compactsize_read(&r);
	w.hash = reader_take(&r, w.n_hash * 32);
	n_bytes = compactsize_read(&r);
	w.bits = reader_take(&r, n_bytes);
	w.n_bits = n_bytes * 8;
	if (r.failed || reader_left(&r) || !head || out->n_tx == 0 ||
	    out->n_tx > TXS_MAX || w.n_hash > out->n_tx || w.n_bits < w.n_hash)
		return ST_PARSE;
	header_read(&out->header, head);
	out->match = arena_array(a, out->n_tx, struct hash256);
	if (!out->match)
		return ST_NOMEM;
	while (width(out->n_tx, height) > 1)
		height++;
	walk_down(&w, height, 0, &out->root);
	if (w.bad || (w.bit + 7) / 8 != n_bytes || w.at != w.n_hash)
		return ST_PARSE;
	return ST_OK;
}
