/* SPDX-License-Identifier: MIT */
/*
 * What every unit test includes: cmocka with its prerequisites, and helpers to
 * find and read vector files.
 *
 * Vectors made by others are read where they lie, $QUARRY_VECTORS. When that
 * is unset or a file is not there the test calls skip(), which is counted.
 */
#ifndef QUARRY_TESTS_UNIT_UNIT_H
#define QUARRY_TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The whole file $QUARRY_VECTORS/name, to be freed; a NUL follows it. NULL when
 * it is not there. */
static inline char *unit_vector(const char *name, size_t *len)
{
	const char *dir = getenv("QUARRY_VECTORS");
	char path[4096];
	char *p = NULL;
	long n;
	FILE *f;

	*len = 0;
	if (!dir)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0 &&
	    fseek(f, 0, SEEK_SET) == 0 && (p = malloc((size_t)n + 1))) {
		*len = fread(p, 1, (size_t)n, f);
		p[*len] = '\0';
	}
	fclose(f);
	return p;
}

#endif
