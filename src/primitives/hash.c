/* SPDX-License-Identifier: MIT */
/* Hash values as text and as database blobs; see hash.h for the byte orders. */
#include "primitives/hash.h"

#include "base/hex.h"

bool hash256_is_zero(const struct hash256 *h)
{
	static const struct hash256 zero;

	return hash256_equal(h, &zero);
}

char *hash256_text(char out[HASH_TEXT_SIZE], const struct hash256 *h)
{
	return hex_text_reversed(out, h->b, 32);
}

bool hash256_parse(struct hash256 *h, const char *text, size_t len)
{
	return hex_parse_reversed(h->b, 32, text, len);
}

void hash256_to_display(uint8_t out[32], const struct hash256 *h)
{
	for (int i = 0; i < 32; i++)
		out[i] = h->b[31 - i];
}

void hash256_from_display(struct hash256 *h, const uint8_t in[32])
{
	for (int i = 0; i < 32; i++)
		h->b[i] = in[31 - i];
}
