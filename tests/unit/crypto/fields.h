/* SPDX-License-Identifier: MIT */
/*
 * Picks values out of vector files without a JSON library, which this room may
 * not link: the files are trusted, and each value stands on a line of its own.
 */
#ifndef QUARRY_TESTS_UNIT_CRYPTO_FIELDS_H
#define QUARRY_TESTS_UNIT_CRYPTO_FIELDS_H

#include "tests/unit/unit.h"

#include "base/hex.h"

/* Hexadecimal text (whole bytes, any case) to bytes; returns how many. */
static inline size_t field_hex(uint8_t *out, size_t max, const char *text,
			       size_t len)
{
	assert_true(len % 2 == 0 && len / 2 <= max);
	assert_true(hex_parse(out, len / 2, text, len));
	return len / 2;
}

static inline size_t hex_of(uint8_t *out, size_t max, const char *text)
{
	return field_hex(out, max, text, strlen(text));
}

/* What follows `before` on this line up to one of the bytes in `ends`; NULL
 * when the line has no `before`. */
static inline const char *field_after(const char *line, const char *before,
				      const char *ends, size_t *len)
{
	const char *nl = strchr(line, '\n');
	const char *p = strstr(line, before);

	if (!p || (nl && p > nl))
		return NULL;
	p += strlen(before);
	*len = strcspn(p, ends);
	return p;
}

static inline const char *field_next_line(const char *p)
{
	p = strchr(p, '\n');
	return p ? p + 1 : NULL;
}

#define assert_hex(got, n, text)                                               \
	do {                                                                   \
		uint8_t hex_want_[512];                                        \
		assert_int_equal(hex_of(hex_want_, sizeof(hex_want_), (text)), n); \
		assert_memory_equal((got), hex_want_, (n));                    \
	} while (0)

/* Runs a NIST CAVP response file (Len in bits, Msg, MD) over one function.
 * Returns how many cases, 0 when the file is not there. */
static inline int field_cavp(const char *name, size_t md_len,
			     void (*hash)(uint8_t *out, const void *p, size_t n))
{
	static uint8_t msg[65536];
	uint8_t md[64], got[64];
	size_t len, n, bits = 0;
	char *file = unit_vector(name, &len);
	const char *f, *p;
	int cases = 0;

	for (p = file; p && *p; p = field_next_line(p)) {
		if ((f = field_after(p, "Len = ", "\r\n", &n))) {
			bits = strtoul(f, NULL, 10);
		} else if ((f = field_after(p, "Msg = ", "\r\n", &n))) {
			field_hex(msg, sizeof(msg), f, n);
		} else if ((f = field_after(p, "MD = ", "\r\n", &n))) {
			assert_int_equal(field_hex(md, sizeof(md), f, n), md_len);
			hash(got, msg, bits / 8);
			assert_memory_equal(got, md, md_len);
			cases++;
		}
	}
	free(file);
	return cases;
}

#endif
