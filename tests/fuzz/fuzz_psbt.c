/* SPDX-License-Identifier: MIT */
/* PSBTs: what is taken can be written, what is written is taken again and written
 * alike, and combined with itself it stays the same. */
#include "tests/fuzz/fuzz.h"

#include "wallet/psbt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct psbt one, two;
	struct buf first, second;
	const char *error;
	struct arena a;

	arena_init(&a, 64 << 20);
	buf_init(&first, 8 << 20);
	buf_init(&second, 8 << 20);
	if (len < 1 << 16 && psbt_parse(&one, data, len, &a, &error)) {
		psbt_write(&first, &one);
		BUG_ON(buf_status(&first) != ST_OK);
		BUG_ON(!psbt_parse(&two, first.p, first.len, &a, &error));
		BUG_ON(psbt_combine(&two, &one, &a) != PSBT_COMBINED);
		psbt_write(&second, &two);
		BUG_ON(!bytes_equal(buf_view(&first), buf_view(&second)));
	}
	buf_free(&first);
	buf_free(&second);
	arena_free(&a);
	return 0;
}
