/* SPDX-License-Identifier: MIT */
/* Base58: a big number in base 58, leading zero bytes as leading '1's. Quadratic
 * in the length, which is bounded. */
#include "primitives/base58.h"

#include <string.h>

#include "base/bug.h"
#include "crypto/sha256.h"

#define CHECKSUM 4

static const char alphabet[] =
	"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static int base58_digit(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Five digits at a time: their value fits 32 bits. */
#define GROUP 5
#define GROUP_BASE 656356768u

char *base58_encode(char out[BASE58_TEXT_MAX], const void *p, size_t len)
{
	const uint8_t *in = p;
	/* Groups, least significant first; log(256) / log(58) < 1.37. */
	uint32_t group[BASE58_TEXT_MAX / GROUP + 1];
	char digits[BASE58_TEXT_MAX + 2 * GROUP];
	size_t n = 0, zeros = 0, at = 0, left = 0;

	BUG_ON(len > BASE58_PAYLOAD_MAX + CHECKSUM);
	while (zeros < len && in[zeros] == 0)
		zeros++;
	/* four bytes at a time; of the first as many as are left over */
	for (size_t i = zeros, take = (len - zeros) % 4; i < len; take = 4) {
		uint64_t carry = 0;

		if (!take)
			take = 4;
		for (size_t k = 0; k < take; k++)
			carry = carry << 8 | in[i++];
		for (size_t j = 0; j < n; j++) {
			carry += (uint64_t)group[j] << 8 * take;
			group[j] = (uint32_t)(carry % GROUP_BASE);
			carry /= GROUP_BASE;
		}
		/* what is left may be more than one group holds */
		for (; carry; carry /= GROUP_BASE)
			group[n++] = (uint32_t)(carry % GROUP_BASE);
	}
	for (size_t j = 0; j < n; j++)
		for (int k = 0; k < GROUP; k++, group[j] /= 58)
			digits[left++] = alphabet[group[j] % 58];
	/* the highest group may begin with noughts */
	while (left > 0 && digits[left - 1] == alphabet[0])
		left--;
	while (at < zeros)
		out[at++] = alphabet[0];
	while (left > 0)
		out[at++] = digits[--left];
	out[at] = '\0';
	return out;
}

bool base58_decode(uint8_t *out, size_t max, size_t *len, const char *text,
		   size_t text_len)
{
	/* Bytes, least significant first. */
	uint8_t bytes[BASE58_TEXT_MAX];
	size_t n = 0, zeros = 0;

	if (text_len >= BASE58_TEXT_MAX)
		return false;
	while (zeros < text_len && text[zeros] == '1')
		zeros++;
	for (size_t i = zeros; i < text_len; i++) {
		int d = base58_digit(text[i]);
		unsigned carry;

		if (d < 0)
			return false;
		carry = (unsigned)d;
		for (size_t j = 0; j < n; j++) {
			carry += 58u * bytes[j];
			bytes[j] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry)
			bytes[n++] = (uint8_t)carry;
	}
	if (zeros + n > max)
		return false;
	*len = zeros + n;
	memset(out, 0, zeros);
	for (size_t i = 0; i < n; i++)
		out[zeros + i] = bytes[n - 1 - i];
	return true;
}

char *base58check_encode(char out[BASE58_TEXT_MAX], const void *p, size_t len)
{
	uint8_t buf[BASE58_PAYLOAD_MAX + CHECKSUM];
	uint8_t sum[32];

	BUG_ON(len > BASE58_PAYLOAD_MAX);
	memcpy(buf, p, len);
	sha256d(sum, p, len);
	memcpy(buf + len, sum, CHECKSUM);
	return base58_encode(out, buf, len + CHECKSUM);
}

bool base58check_decode(uint8_t *out, size_t max, size_t *len, const char *text,
			size_t text_len)
{
	uint8_t buf[BASE58_PAYLOAD_MAX + CHECKSUM];
	uint8_t sum[32];
	size_t n;

	if (!base58_decode(buf, sizeof(buf), &n, text, text_len) ||
	    n < CHECKSUM || n - CHECKSUM > max)
		return false;
	n -= CHECKSUM;
	sha256d(sum, buf, n);
	if (memcmp(buf + n, sum, CHECKSUM) != 0)
		return false;
	memcpy(out, buf, n);
	*len = n;
	return true;
}
