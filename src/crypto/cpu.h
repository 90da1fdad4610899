/* SPDX-License-Identifier: MIT */
/*
 * Which instruction sets this processor has and the operating system lets us
 * use (the vector registers must be saved on a task switch: XCR0).
 */
#ifndef QUARRY_CRYPTO_CPU_H
#define QUARRY_CRYPTO_CPU_H

enum cpu_feature {
	CPU_SHANI = 1 << 0,	/* SHA extensions with SSSE3 and SSE4.1 */
	CPU_AVX2 = 1 << 1,
	CPU_AVX512 = 1 << 2,	/* AVX-512F */
};

/* The set of usable features, zero on other architectures. Any thread. */
unsigned cpu_features(void);

#endif
