/* SPDX-License-Identifier: MIT */
/* Output descriptors: what is taken can be written, and what is written is taken
 * again and written alike; its scripts stay the same. */
#include "tests/fuzz/fuzz.h"

#include "wallet/descriptor.h"

static void check(struct arena *a, const struct params *p, const struct ec *ec,
		  const struct descriptor *d)
{
	char error[DESC_ERROR_SIZE];
	struct desc_scripts one, two;
	struct descriptor *again;
	struct buf first, second;

	buf_init(&first, 1 << 20);
	buf_init(&second, 1 << 20);
	desc_text(&first, d, p, ec);
	BUG_ON(buf_status(&first) != ST_OK);
	again = desc_parse(a, p, ec, buf_str(&first), first.len, true, error);
	BUG_ON(!again);
	desc_text(&second, again, p, ec);
	BUG_ON(!bytes_equal(buf_view(&first), buf_view(&second)));
	BUG_ON(desc_is_range(d) != desc_is_range(again));
	BUG_ON(desc_has_private(again));
	if (desc_expand(again, ec, 7, a, &two)) {
		BUG_ON(!desc_expand(d, ec, 7, a, &one) || one.n != two.n);
		for (unsigned i = 0; i < one.n; i++)
			BUG_ON(!bytes_equal(one.script[i], two.script[i]));
	}
	buf_free(&first);
	buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[DESC_ERROR_SIZE], *text;
	struct descriptor *d;
	struct params p;
	struct arena a;
	struct ec *ec;

	if (len > 4096)
		return 0;
	BUG_ON(!params_builtin(&p, "regtest"));
	ec = ec_open();
	text = malloc(len + 1);
	if (!ec || !text)
		abort();
	memcpy(text, data, len);
	text[len] = '\0';
	arena_init(&a, 16 << 20);
	d = desc_parse(&a, &p, ec, text, len, false, error);
	if (d)
		check(&a, &p, ec, d);
	else
		BUG_ON(!error[0]);
	arena_free(&a);
	ec_close(ec);
	free(text);
	return 0;
}
