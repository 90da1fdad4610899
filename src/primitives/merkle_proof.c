/* SPDX-License-Identifier: MIT */
/*
 * The tree is walked from its root, first left, then right. Each node gives one
 * bit: whether a marked transaction is below it. A node without one gives its
 * hash and is not walked further; a marked transaction gives its hash, too.
 */
#include "primitives/merkle_proof.h"

#include "crypto/sha256.h"
#include "primitives/compactsize.h"

#define LEVELS_MAX 33

struct level {
	struct hash256 *hash;
	bool *marked;		/* something below is */
	uint32_t n;
};

struct walk {
	struct level level[LEVELS_MAX];
	uint8_t *bits;
	uint32_t n_bits;
	struct hash256 *hash;
	uint32_t n_hash;
};

static void level_above(struct level *up, const struct level *down)
{
	for (uint32_t i = 0; i < up->n; i++) {
		uint32_t left = 2 * i, right = left + 1;
		uint8_t pair[64];

		/* one without a neighbour is paired with itself */
		if (right == down->n)
			right = left;
		memcpy(pair, down->hash[left].b, 32);
		memcpy(pair + 32, down->hash[right].b, 32);
		sha256d(up->hash[i].b, pair, 64);
		up->marked[i] = down->marked[left] || down->marked[right];
	}
}

static enum status build(struct walk *w, const struct hash256 *txids, uint32_t n,
			 const bool *marked, struct arena *a, unsigned *height)
{
	unsigned h = 0;

	for (;; h++, n = n / 2 + n % 2) {
		struct level *l = &w->level[h];

		l->n = n;
		l->hash = arena_array(a, n, struct hash256);
		l->marked = arena_array(a, n, bool);
		if (!l->hash || !l->marked)
			return ST_NOMEM;
		if (h == 0) {
			memcpy(l->hash, txids, n * sizeof(*txids));
			memcpy(l->marked, marked, n * sizeof(*marked));
		} else {
			level_above(l, l - 1);
		}
		if (n == 1)
			break;
	}
	*height = h;
	return ST_OK;
}

/* At most 32 deep. */
static void walk_down(struct walk *w, unsigned height, uint32_t pos)
{
	const struct level *l = &w->level[height];

	if (l->marked[pos])
		w->bits[w->n_bits / 8] |= (uint8_t)(1u << w->n_bits % 8);
	w->n_bits++;
	if (height == 0 || !l->marked[pos]) {
		w->hash[w->n_hash++] = l->hash[pos];
		return;
	}
	walk_down(w, height - 1, 2 * pos);
	if (2 * pos + 1 < w->level[height - 1].n)
		walk_down(w, height - 1, 2 * pos + 1);
}

enum status merkle_block_write(struct buf *out, const struct header *h,
			       const struct hash256 *txids, uint32_t n,
			       const bool *marked, struct arena *a)
{
	uint8_t head[HEADER_SIZE];
	struct walk w = {.n_bits = 0};
	unsigned height = 0;
	enum status st;

	st = build(&w, txids, n, marked, a, &height);
	if (st != ST_OK)
		return st;
	/* a tree has fewer than 2n + 32 nodes */
	w.bits = arena_calloc(a, n / 4 + 8, 1);
	w.hash = arena_array(a, (size_t)n + 32, struct hash256);
	if (!w.bits || !w.hash)
		return ST_NOMEM;
	walk_down(&w, height, 0);
	header_write(head, h);
	buf_add(out, head, sizeof(head));
	buf_le32(out, n);
	compactsize_add(out, w.n_hash);
	for (uint32_t i = 0; i < w.n_hash; i++)
		buf_add(out, w.hash[i].b, 32);
	compactsize_add(out, (w.n_bits + 7) / 8);
	buf_add(out, w.bits, (w.n_bits + 7) / 8);
	return buf_status(out);
}
