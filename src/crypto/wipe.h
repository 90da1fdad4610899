/* SPDX-License-Identifier: MIT */
/* Forgetting secrets, and comparing them without telling how far they agree. */
#ifndef QUARRY_CRYPTO_WIPE_H
#define QUARRY_CRYPTO_WIPE_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrites n bytes; the compiler cannot leave it out. */
void wipe(void *p, size_t n);
/* Equality of n bytes in a time that depends on n alone. */
bool wipe_equal(const void *a, const void *b, size_t n);

#endif
