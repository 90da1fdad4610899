/* SPDX-License-Identifier: MIT */
/* Scripts: forms, addresses and both texts of any bytes. */
#include "tests/fuzz/fuzz.h"

#include "primitives/address.h"
#include "primitives/script.h"

static void check_form(struct bytes script)
{
	struct script_form f = script_classify(script);
	char text[ADDRESS_TEXT_SIZE];
	struct params p;
	struct buf back;

	BUG_ON(f.data.len > script.len);
	BUG_ON(f.data.len &&
	       (f.data.p < script.p ||
		f.data.p + f.data.len > script.p + script.len));
	BUG_ON(f.kind == SCRIPT_MULTISIG && (f.m < 1 || f.m > f.n || f.n > 20));
	BUG_ON(f.kind == SCRIPT_NULL_DATA && !script_is_unspendable(script));
	BUG_ON(!params_builtin(&p, "regtest"));
	if (!address_from_script(text, &p, script))
		return;
	/* An address is a faithful name of its script. */
	buf_init(&back, 64);
	BUG_ON(address_to_script(&back, &p, text, strlen(text)) != ADDRESS_OK);
	BUG_ON(!bytes_equal(buf_view(&back), script));
	buf_free(&back);
}

static void check_text(struct bytes script)
{
	const size_t max = 24 * script.len + 64;
	struct buf b;

	buf_init(&b, max);
	script_asm_core(&b, script, false);
	BUG_ON(buf_status(&b) != ST_OK);
	buf_reset(&b);
	script_asm_core(&b, script, true);
	BUG_ON(buf_status(&b) != ST_OK);
	buf_reset(&b);
	script_asm_esplora(&b, script);
	BUG_ON(buf_status(&b) != ST_OK);
	for (size_t i = 0; i < b.len; i++)
		BUG_ON(b.p[i] < 0x20 || b.p[i] > 0x7e);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes script = bytes_of(data, len), left = script, item;
	size_t before = left.len;
	uint8_t op;

	if (len > 4096)
		return 0;
	while (script_next(&left, &op, &item)) {
		BUG_ON(left.len >= before || item.len >= before - left.len);
		before = left.len;
	}
	BUG_ON(left.len != before);
	check_form(script);
	check_text(script);
	return 0;
}
