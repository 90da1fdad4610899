/* SPDX-License-Identifier: MIT */
#include "crypto/rand.h"

#include <limits.h>

#include <openssl/rand.h>

static enum status fill(int (*source)(unsigned char *, int), unsigned char *p,
			size_t n)
{
	while (n) {
		int part = n > INT_MAX ? INT_MAX : (int)n;

		if (source(p, part) != 1)
			return ST_IO;
		p += part;
		n -= (size_t)part;
	}
	return ST_OK;
}

enum status rand_bytes(void *p, size_t n)
{
	return fill(RAND_bytes, p, n);
}

enum status rand_secret(void *p, size_t n)
{
	return fill(RAND_priv_bytes, p, n);
}
