/* SPDX-License-Identifier: MIT */
/* BIP173 and BIP350: 5-bit characters with a BCH checksum over GF(32). The two
 * forms differ only in the constant the checksum leaves. */
#include "primitives/bech32.h"

#include <string.h>

#include "base/bug.h"

#define CHECKSUM 6
#define TEXT_LIMIT 90
#define HRP_LIMIT 83

static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t form_constant(enum bech32_form form)
{
	return form == BECH32M ? 0x2bc830a3 : 1;
}

/* What the five bits that leave at the top put back, for each value of them. */
#define BACK(t)                                                               \
	((((t) & 1) ? 0x3b6a57b2u : 0) ^ (((t) & 2) ? 0x26508e6du : 0) ^       \
	 (((t) & 4) ? 0x1ea119fau : 0) ^ (((t) & 8) ? 0x3d4233ddu : 0) ^       \
	 (((t) & 16) ? 0x2a1462b3u : 0))
#define BACK4(t) BACK(t), BACK((t) + 1), BACK((t) + 2), BACK((t) + 3)

/* One step of the checksum: multiply by x, add v, reduce. */
static uint32_t polymod_step(uint32_t c, uint8_t v)
{
	static const uint32_t back[32] = {
		BACK4(0), BACK4(4), BACK4(8), BACK4(12),
		BACK4(16), BACK4(20), BACK4(24), BACK4(28),
	};

	return ((c & 0x1ffffff) << 5 ^ v) ^ back[c >> 25 & 31];
}

static uint32_t polymod_hrp(const char *hrp, size_t n)
{
	uint32_t c = 1;

	for (size_t i = 0; i < n; i++)
		c = polymod_step(c, (uint8_t)hrp[i] >> 5);
	c = polymod_step(c, 0);
	for (size_t i = 0; i < n; i++)
		c = polymod_step(c, (uint8_t)hrp[i] & 31);
	return c;
}

bool bech32_encode(char out[BECH32_TEXT_MAX], const char *hrp,
		   const uint8_t *values, size_t n, enum bech32_form form)
{
	size_t hrp_len = strlen(hrp), at;
	uint32_t c;

	BUG_ON(form == BECH32_NONE);
	if (hrp_len < 1 || hrp_len > HRP_LIMIT || n > TEXT_LIMIT ||
	    hrp_len + 1 + n + CHECKSUM > TEXT_LIMIT)
		return false;
	for (size_t i = 0; i < hrp_len; i++)
		if (hrp[i] < 33 || hrp[i] > 126 ||
		    (hrp[i] >= 'A' && hrp[i] <= 'Z'))
			return false;
	c = polymod_hrp(hrp, hrp_len);
	memcpy(out, hrp, hrp_len);
	at = hrp_len;
	out[at++] = '1';
	for (size_t i = 0; i < n; i++) {
		if (values[i] > 31)
			return false;
		c = polymod_step(c, values[i]);
		out[at++] = charset[values[i]];
	}
	for (int i = 0; i < CHECKSUM; i++)
		c = polymod_step(c, 0);
	c ^= form_constant(form);
	for (int i = 0; i < CHECKSUM; i++)
		out[at++] = charset[c >> 5 * (CHECKSUM - 1 - i) & 31];
	out[at] = '\0';
	return true;
}

enum bech32_form bech32_decode(char hrp[84], uint8_t values[84], size_t *n,
			       const char *text, size_t len)
{
	bool lower = false, upper = false;
	size_t sep = 0;
	uint32_t c;

	if (len < 1 + 1 + CHECKSUM || len > TEXT_LIMIT)
		return BECH32_NONE;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 33 || text[i] > 126)
			return BECH32_NONE;
		lower |= text[i] >= 'a' && text[i] <= 'z';
		upper |= text[i] >= 'A' && text[i] <= 'Z';
		if (text[i] == '1')
			sep = i;
	}
	if ((lower && upper) || sep < 1 || sep + 1 + CHECKSUM > len)
		return BECH32_NONE;
	for (size_t i = 0; i < sep; i++)
		hrp[i] = text[i] >= 'A' && text[i] <= 'Z' ?
			(char)(text[i] + 32) : text[i];
	hrp[sep] = '\0';
	c = polymod_hrp(hrp, sep);
	*n = len - sep - 1 - CHECKSUM;
	for (size_t i = sep + 1; i < len; i++) {
		char ch = text[i] >= 'A' && text[i] <= 'Z' ?
			(char)(text[i] + 32) : text[i];
		const char *at = strchr(charset, ch);
		uint8_t v;

		if (!at)
			return BECH32_NONE;
		v = (uint8_t)(at - charset);
		c = polymod_step(c, v);
		if (i - sep - 1 < *n)
			values[i - sep - 1] = v;
	}
	if (c == form_constant(BECH32))
		return BECH32;
	return c == form_constant(BECH32M) ? BECH32M : BECH32_NONE;
}

bool bech32_regroup(uint8_t *out, size_t max, size_t *n, const uint8_t *in,
		    size_t len, unsigned from, unsigned to, bool pad)
{
	uint32_t acc = 0, mask = (1u << to) - 1;
	unsigned bits = 0;
	size_t at = 0;

	BUG_ON(from < 1 || from > 8 || to < 1 || to > 8);
	for (size_t i = 0; i < len; i++) {
		if (in[i] >> from)
			return false;
		/* At most to - 1 bits wait, so 15 are in use. */
		acc = (acc << from | in[i]) & 0xffff;
		bits += from;
		while (bits >= to) {
			bits -= to;
			if (at == max)
				return false;
			out[at++] = (uint8_t)(acc >> bits & mask);
		}
	}
	if (pad && bits > 0) {
		if (at == max)
			return false;
		out[at++] = (uint8_t)(acc << (to - bits) & mask);
	} else if (!pad && (bits >= from || (acc & ((1u << bits) - 1)))) {
		return false;
	}
	*n = at;
	return true;
}

/* BIP141: 2..40 bytes, version 0..16, version 0 only with 20 or 32. */
static bool program_ok(uint8_t version, size_t len)
{
	return version <= 16 && len >= 2 && len <= 40 &&
	       (version != 0 || len == 20 || len == 32);
}

/* Bytes to groups of five bits, the last filled with noughts. */
static size_t regroup_8_to_5(uint8_t *out, struct bytes in)
{
	uint64_t acc = 0;
	size_t at = 0, i = 0;
	unsigned bits;

	for (; in.len - i >= 5; i += 5) {
		for (unsigned k = 0; k < 5; k++)
			acc = acc << 8 | in.p[i + k];
		for (unsigned k = 0; k < 8; k++)
			out[at++] = (uint8_t)(acc >> (35 - 5 * k) & 31);
	}
	bits = (unsigned)(in.len - i) * 8;
	for (; i < in.len; i++)
		acc = acc << 8 | in.p[i];
	acc <<= 40 - bits;
	for (unsigned k = 0; bits > 5 * k; k++)
		out[at++] = (uint8_t)(acc >> (35 - 5 * k) & 31);
	return at;
}

bool bech32_address_encode(char out[BECH32_TEXT_MAX], const char *hrp,
			   uint8_t version, struct bytes program)
{
	uint8_t values[1 + 64];
	size_t n;

	if (!program_ok(version, program.len))
		return false;
	values[0] = version;
	n = regroup_8_to_5(values + 1, program);
	return bech32_encode(out, hrp, values, 1 + n,
			     version ? BECH32M : BECH32);
}

bool bech32_address_decode(const char *hrp, uint8_t *version,
			   uint8_t program[40], size_t *program_len,
			   const char *text, size_t len)
{
	char found[84];
	uint8_t values[84];
	enum bech32_form form;
	size_t n;

	form = bech32_decode(found, values, &n, text, len);
	if (form == BECH32_NONE || n < 1 || strcmp(found, hrp) != 0 ||
	    (form == BECH32) != (values[0] == 0))
		return false;
	*version = values[0];
	return bech32_regroup(program, 40, program_len, values + 1, n - 1, 5, 8,
			      false) &&
	       program_ok(*version, *program_len);
}
