/* SPDX-License-Identifier: MIT */
/* Hexadecimal text: what is parsed is written back as the same digits, and
 * parsing forwards and reversed accept the same texts. */
#include "tests/fuzz/fuzz.h"

#include "base/hex.h"

enum { MAX_BYTES = 256 };

static char lower(char c)
{
	return c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	uint8_t raw[MAX_BYTES], back[MAX_BYTES];
	char out[2 * MAX_BYTES + 1];
	size_t n = len / 2;
	bool good;

	if (n > MAX_BYTES)
		return 0;
	good = hex_parse(raw, n, text, len);
	BUG_ON(good != hex_parse_reversed(back, n, text, len));
	if (!good)
		return 0;
	BUG_ON(len % 2 != 0);
	hex_text(out, raw, n);
	BUG_ON(strlen(out) != len);
	for (size_t i = 0; i < len; i++)
		BUG_ON(out[i] != lower(text[i]));
	for (size_t i = 0; i < n; i++)
		BUG_ON(raw[i] != back[n - 1 - i]);
	return 0;
}
