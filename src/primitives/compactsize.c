/* SPDX-License-Identifier: MIT */
/* Writing CompactSize; reading is inline in the header, parsers live on it. */
#include "primitives/compactsize.h"

unsigned compactsize_put(uint8_t *p, uint64_t v)
{
	if (v < 0xfd) {
		p[0] = (uint8_t)v;
		return 1;
	}
	if (v <= 0xffff) {
		p[0] = 0xfd;
		le16_put(p + 1, (uint16_t)v);
		return 3;
	}
	if (v <= 0xffffffff) {
		p[0] = 0xfe;
		le32_put(p + 1, (uint32_t)v);
		return 5;
	}
	p[0] = 0xff;
	le64_put(p + 1, v);
	return 9;
}

void compactsize_add(struct buf *b, uint64_t v)
{
	uint8_t t[9];

	buf_add(b, t, compactsize_put(t, v));
}
