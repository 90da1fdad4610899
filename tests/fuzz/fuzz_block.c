/* SPDX-License-Identifier: MIT */
/* Blocks: written back as the same bytes; every transaction's branch leads to
 * the Merkle root. */
#include "tests/fuzz/fuzz.h"

#include "primitives/block.h"

enum { MAX_LEAVES = 64 };

static void check_branches(const struct block *b, const struct hash256 *root)
{
	struct hash256 h[MAX_LEAVES], branch[32], up;

	for (uint32_t pos = 0; pos < b->n_tx; pos++) {
		unsigned n;

		for (uint32_t i = 0; i < b->n_tx; i++)
			h[i] = b->tx[i].txid.h;
		n = merkle_branch(branch, h, b->n_tx, pos);
		merkle_branch_root(&up, &b->tx[pos].txid.h, branch, n, pos);
		BUG_ON(!hash256_equal(&up, root));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct hash256 root;
	struct arena a;
	struct block b;
	struct buf out;
	bool mutated;

	arena_init(&a, 1 << 24);
	buf_init(&out, len);
	if (block_parse(&b, data, len, &a) == ST_OK) {
		block_write(&out, &b);
		BUG_ON(!bytes_equal(buf_view(&out), bytes_of(data, len)));
		BUG_ON(b.base_size > len);
		if (block_merkle_root(&root, &mutated, &b, false, &a) == ST_OK &&
		    b.n_tx > 0 && b.n_tx <= MAX_LEAVES)
			check_branches(&b, &root);
		BUG_ON(block_merkle_root(&root, &mutated, &b, true, &a) ==
		       ST_PARSE);
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
