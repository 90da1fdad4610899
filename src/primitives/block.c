/* SPDX-License-Identifier: MIT */
/* Reading and writing blocks, and their Merkle trees. */
#include "primitives/block.h"

#include "crypto/sha256.h"
#include "primitives/compactsize.h"

#define TX_MIN_SIZE 10

enum status block_parse(struct block *b, const void *p, size_t len,
			struct arena *a)
{
	struct reader r = reader_of(p, len);
	const uint8_t *head = reader_take(&r, HEADER_SIZE);
	uint64_t n;

	memset(b, 0, sizeof(*b));
	if (!head)
		return ST_PARSE;
	header_read(&b->header, head);
	header_hash_raw(&b->id, head);
	n = compactsize_read(&r);
	if (r.failed || n > reader_left(&r) / TX_MIN_SIZE)
		return ST_PARSE;
	b->n_tx = (uint32_t)n;
	b->base_size = HEADER_SIZE + compactsize_size(n);
	b->tx = arena_array(a, b->n_tx, struct tx);
	if (!b->tx)
		return ST_NOMEM;
	for (uint32_t i = 0; i < b->n_tx; i++) {
		enum status st = tx_read(&b->tx[i], &r, a);

		if (st != ST_OK)
			return st;
		b->base_size += b->tx[i].base_size;
	}
	if (reader_left(&r))
		return ST_PARSE;
	b->raw = bytes_of(p, len);
	return ST_OK;
}

void block_write(struct buf *out, const struct block *b)
{
	uint8_t head[HEADER_SIZE];

	header_write(head, &b->header);
	buf_add(out, head, sizeof(head));
	compactsize_add(out, b->n_tx);
	for (uint32_t i = 0; i < b->n_tx; i++)
		tx_write(out, &b->tx[i], true);
}

/* One level up, in place; an odd last one is paired with itself. */
static size_t merkle_level(struct hash256 *h, size_t n, bool *mutated)
{
	for (size_t i = 0; mutated && i + 1 < n; i += 2) {
		if (hash256_equal(&h[i], &h[i + 1]))
			*mutated = true;
	}
	sha256d64_many(h[0].b, h[0].b, n / 2);
	if (n % 2) {
		uint8_t pair[64];

		memcpy(pair, h[n - 1].b, 32);
		memcpy(pair + 32, h[n - 1].b, 32);
		sha256d64_many(h[n / 2].b, pair, 1);
	}
	return n / 2 + n % 2;
}

void merkle_root(struct hash256 *root, bool *mutated, struct hash256 *leaves,
		 size_t n)
{
	bool seen = false;

	while (n > 1)
		n = merkle_level(leaves, n, &seen);
	if (n)
		*root = leaves[0];
	else
		memset(root, 0, sizeof(*root));
	if (mutated)
		*mutated = seen;
}

enum status block_merkle_root(struct hash256 *root, bool *mutated,
			      const struct block *b, bool witness,
			      struct arena *scratch)
{
	struct hash256 *h = arena_array(scratch, b->n_tx, struct hash256);

	if (!h)
		return ST_NOMEM;
	for (uint32_t i = 0; i < b->n_tx; i++)
		h[i] = witness ? b->tx[i].wtxid.h : b->tx[i].txid.h;
	if (witness && b->n_tx)
		memset(&h[0], 0, sizeof(h[0]));
	merkle_root(root, mutated, h, b->n_tx);
	return ST_OK;
}

unsigned merkle_branch(struct hash256 *branch, struct hash256 *leaves, size_t n,
		       size_t pos)
{
	unsigned depth = 0;

	while (n > 1) {
		size_t side = pos ^ 1;

		branch[depth++] = leaves[side < n ? side : pos];
		n = merkle_level(leaves, n, NULL);
		pos /= 2;
	}
	return depth;
}

void merkle_branch_root(struct hash256 *root, const struct hash256 *leaf,
			const struct hash256 *branch, unsigned n, size_t pos)
{
	uint8_t pair[64];

	*root = *leaf;
	for (unsigned i = 0; i < n; i++, pos /= 2) {
		memcpy(pair + (pos & 1 ? 32 : 0), root->b, 32);
		memcpy(pair + (pos & 1 ? 0 : 32), branch[i].b, 32);
		sha256d(root->b, pair, 64);
	}
}
