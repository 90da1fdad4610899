/* SPDX-License-Identifier: MIT */
/* JSON vector files and the hexadecimal bytes in them. */
#ifndef QUARRY_TESTS_UNIT_PRIMITIVES_VECTORS_H
#define QUARRY_TESTS_UNIT_PRIMITIVES_VECTORS_H

#include "tests/unit/unit.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/hex.h"

/* The parsed file $QUARRY_VECTORS/name, to be json_decref'd; skips the test
 * when it is not there. */
static inline json_t *vector_json(const char *name)
{
	size_t len = 0;
	char *text = unit_vector(name, &len);
	json_t *j;

	if (!text)
		skip();
	j = json_loadb(text, len, 0, NULL);
	free(text);
	assert_non_null(j);
	return j;
}

/* Replaces b's contents by the bytes of hexadecimal text. */
static inline void vector_hex(struct buf *b, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p;

	buf_reset(b);
	p = buf_extend(b, n);
	assert_int_equal(buf_status(b), ST_OK);
	assert_true(n == 0 || hex_parse(p, n, hex, strlen(hex)));
}

#endif
