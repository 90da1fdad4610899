/* SPDX-License-Identifier: MIT */
/*
 * Known answers of everything that decides about validity. Each program asks
 * once at start, because a library built otherwise (another provider, a wrong
 * processor feature) would fork us off the network without a word.
 */
#ifndef QUARRY_CRYPTO_SELFTEST_H
#define QUARRY_CRYPTO_SELFTEST_H

/* NULL when all is well, else one sentence that says what is wrong. Takes about
 * a millisecond. */
const char *crypto_selftest(void);

#endif
