/* SPDX-License-Identifier: MIT */
/* Texts in pages: whatever comes in, no markup, no control character, nothing that
 * is no UTF-8 and nothing that turns text around comes out; what is escaped stays
 * as it is but for its '&'. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/html/page_escape.h"
#include "fcgi/html/page_filter.h"

static void look_at(struct bytes text)
{
	const uint8_t *end = text.len ? text.p + text.len : text.p;

	for (const uint8_t *p = text.p; p < end; p++) {
		BUG_ON(strchr("<>\"'`", *p) && *p);
		BUG_ON(*p < 0x20 || *p == 0x7f);
		/* continuation bytes belong to a beginning, which says how many */
		if (*p >= 0xc0) {
			int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;

			/* U+202A to U+202E, U+2066 to U+2069 */
			BUG_ON(more == 2 && end - p > 2 && p[0] == 0xe2 &&
			       p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae);
			BUG_ON(more == 2 && end - p > 2 && p[0] == 0xe2 &&
			       p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
			for (; more > 0; more--)
				BUG_ON(++p >= end || *p >> 6 != 2);
		} else {
			BUG_ON(*p >= 0x80);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const filters[] = {
		"", "|n", "|coin", "|coin0", "|size", "|date", "|iso", "|lower", "|url",
	};
	struct buf out;

	buf_init(&out, (8 + len) * 8);
	page_escape(&out, bytes_of(data, len), false);
	BUG_ON(buf_status(&out) != ST_OK || out.len < len);
	look_at(buf_view(&out));
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		buf_reset(&out);
		BUG_ON(!page_filter(&out, bytes_of(data, len),
				    bytes_of_text(filters[i])));
		look_at(buf_view(&out));
	}
	buf_free(&out);
	return 0;
}
