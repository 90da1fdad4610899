/* SPDX-License-Identifier: MIT */
/* JSON: what is parsed is written as text that parses to the same text. */
#include "tests/fuzz/fuzz.h"

#include "json/read.h"
#include "json/write.h"

enum { MAX_BYTES = 4096 };

static void copy(struct buf *b, const struct json_doc *d)
{
	struct json_writer w;

	/* every byte in may become six (\u00XX) */
	buf_init(b, 8 * MAX_BYTES);
	json_begin(&w, b);
	json_echo(&w, d->root);
	BUG_ON(buf_status(b) != ST_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[JSON_ERROR_SIZE];
	struct json_doc d, again;
	struct buf one, two;
	int64_t sat = -1;
	enum status st;

	st = json_doc_parse(&d, data, len, MAX_BYTES, error);
	BUG_ON((st == ST_OK) != (d.root != NULL));
	BUG_ON((st == ST_OK) != (error[0] == '\0'));
	if (st != ST_OK)
		return 0;
	BUG_ON(json_as_sat(d.root, &sat) && sat < 0);
	copy(&one, &d);
	BUG_ON(json_doc_parse(&again, one.p, one.len, one.len, error) != ST_OK);
	copy(&two, &again);
	BUG_ON(!bytes_equal(buf_view(&one), buf_view(&two)));
	buf_free(&one);
	buf_free(&two);
	json_doc_free(&again);
	json_doc_free(&d);
	return 0;
}
