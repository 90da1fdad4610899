/* SPDX-License-Identifier: MIT */
/* Proofs that transactions are in a block (BIP37's merkleblock), from anybody. */
#include "tests/fuzz/fuzz.h"

#include "primitives/merkle_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct merkle_proof p;
	struct arena a;

	arena_init(&a, 16 << 20);
	if (merkle_block_read(&p, data, len, &a) == ST_OK)
		BUG_ON(p.n_match > p.n_tx || p.n_tx == 0);
	arena_free(&a);
	return 0;
}
