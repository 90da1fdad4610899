/* SPDX-License-Identifier: MIT */
#include "primitives/proposal.h"

static const uint8_t start[4] = {'Q', 'P', 'R', '1'};

bool proposal_parse(struct proposal *out, const void *p, size_t len)
{
	struct reader r = reader_of(p, len);
	const uint8_t *b = reader_take(&r, sizeof(start));
	int last = -1;
	unsigned n;

	memset(out, 0, sizeof(*out));
	if (len > PROPOSAL_SIZE_MAX || !b || memcmp(b, start, sizeof(start)))
		return false;
	b = reader_take(&r, 1);
	n = b ? *b : 0;
	if (n == 0 || n > MAKERS_MAX)
		return false;
	for (unsigned i = 0; i < n; i++) {
		b = reader_take(&r, 1 + MAKER_SIG_SIZE);
		if (!b || b[0] >= MAKERS_MAX || b[0] <= last)
			return false;
		last = b[0];
		out->sigs.have |= UINT32_C(1) << last;
		memcpy(out->sigs.sig[last], b + 1, MAKER_SIG_SIZE);
	}
	out->block = bytes_of(r.p, reader_left(&r));
	return out->block.len > 0;
}

void proposal_write(struct buf *out, const struct maker_sigs *sigs,
		    struct bytes block)
{
	buf_add(out, start, sizeof(start));
	buf_u8(out, (uint8_t)__builtin_popcount(sigs->have));
	for (unsigned i = 0; i < MAKERS_MAX; i++) {
		if (!(sigs->have >> i & 1))
			continue;
		buf_u8(out, (uint8_t)i);
		buf_add(out, sigs->sig[i], MAKER_SIG_SIZE);
	}
	buf_bytes(out, block);
}
