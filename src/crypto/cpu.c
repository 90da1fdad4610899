/* SPDX-License-Identifier: MIT */
/*
 * CPUID is slow inside virtual machines (it traps), so the answer is kept. It
 * is the same for every thread: two that ask at once store the same word.
 */
#include "crypto/cpu.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>

static unsigned detect(void)
{
	unsigned a, b, c, d, set = 0;

	/* GCC's and clang's test for AVX includes the one of XCR0. */
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		set |= CPU_AVX2;
	if (__builtin_cpu_supports("avx512f"))
		set |= CPU_AVX512;
	/* "sha" is not a name that every compiler knows here: leaf 7, EBX 29. */
	if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
	    __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1))
		set |= CPU_SHANI;
	return set;
}
#else
static unsigned detect(void)
{
	return 0;
}
#endif

#define CPU_KNOWN (1u << 31)

unsigned cpu_features(void)
{
	static atomic_uint known;
	unsigned set = atomic_load_explicit(&known, memory_order_relaxed);

	if (!set) {
		set = detect() | CPU_KNOWN;
		atomic_store_explicit(&known, set, memory_order_relaxed);
	}
	return set & ~CPU_KNOWN;
}
