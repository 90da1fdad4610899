/* SPDX-License-Identifier: MIT */
/*
 * Between powscan.c and its kernels.
 *
 * In the second block of a header, words 0 to 2 (end of the merkle root, time,
 * bits) and 4 to 15 (padding) are fixed and word 3 is the nonce. So rounds 0 to
 * 2 are done once per job, round 3 adds the nonce to two known numbers, and the
 * schedule has few moving words at first.
 */
#ifndef QUARRY_CRYPTO_POWSCAN_KERNEL_H
#define QUARRY_CRYPTO_POWSCAN_KERNEL_H

#include <stdint.h>

struct powscan_prep {
	uint32_t mid[8];	/* state after the first block */
	uint32_t w[3];		/* words 0 to 2 of the second block */
	uint32_t s[8];		/* a to h after rounds 0 to 2 */
	uint32_t a3, e3;	/* a and e after round 3, less the nonce word */
	uint32_t hk4, hk5, hk6;	/* h + K + W of rounds 4 to 6 */
	uint32_t w16, w17;	/* the first scheduled words */
	uint32_t kw15, kw16, kw17;	/* K + W of rounds 15 to 17 */
	uint32_t c18, c19;	/* words 18 and 19 without the nonce's part */
	uint32_t c31;		/* the fixed part of word 31 */
	uint32_t limit;		/* top word of the target */
};

/*
 * Looks at `groups` groups of `lanes` nonces from `first` upwards, and stops
 * after the first group in which a hash's top word is at most limit; *mask then
 * has one bit per such nonce, bit 0 for the first of the group, and is zero
 * otherwise. Returns how many groups were looked at.
 */
typedef uint32_t powscan_run(const struct powscan_prep *p, uint32_t first,
			     uint32_t groups, uint32_t *mask);

struct powscan_kernel {
	const char *name;
	powscan_run *run;
	unsigned lanes;		/* at most 32 */
	unsigned needs;		/* enum cpu_feature */
};

struct powscan_job;
void powscan_prepare(struct powscan_prep *p, const struct powscan_job *job);

powscan_run powscan_portable, powscan_shani, powscan_avx2, powscan_avx512;

#endif
