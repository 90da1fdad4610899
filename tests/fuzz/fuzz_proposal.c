/* SPDX-License-Identifier: MIT */
/* Proposals of blocks: what is taken, written anew, is the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "primitives/proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct proposal p;
	struct buf b;

	if (!proposal_parse(&p, data, len))
		return 0;
	BUG_ON(p.sigs.have == 0 || p.block.len == 0);
	buf_init(&b, 2 * PROPOSAL_SIZE_MAX);
	proposal_write(&b, &p.sigs, p.block);
	BUG_ON(buf_status(&b) != ST_OK || b.len != len ||
	       memcmp(b.p, data, len) != 0);
	buf_free(&b);
	return 0;
}
