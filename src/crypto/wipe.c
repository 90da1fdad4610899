/* SPDX-License-Identifier: MIT */
#include "crypto/wipe.h"

#include <openssl/crypto.h>

void wipe(void *p, size_t n)
{
	if (n)
		OPENSSL_cleanse(p, n);
}

bool wipe_equal(const void *a, const void *b, size_t n)
{
	return n == 0 || CRYPTO_memcmp(a, b, n) == 0;
}
