/* SPDX-License-Identifier: MIT */
/*
 * The search for proof of work: which nonce makes the double SHA-256 of a block
 * header, read as a little-endian number, at most the target?
 *
 * Several kernels do the same with different instruction sets. All of them hash
 * the first 64 bytes once per job, precompute what does not depend on the nonce,
 * and compute of the last hash only the word that decides almost every case;
 * what passes is hashed again in full.
 */
#ifndef QUARRY_CRYPTO_POWSCAN_H
#define QUARRY_CRYPTO_POWSCAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u256.h"

struct powscan_job {
	uint8_t header[80];	/* wire form; the nonce in it is ignored */
	struct u256 target;
};

enum powscan_end {
	POWSCAN_FOUND,		/* nonce is set */
	POWSCAN_NONE,		/* no nonce of the range will do */
	POWSCAN_STOPPED,	/* the flag was set: next is where to go on */
};

struct powscan_result {
	uint32_t nonce;
	uint32_t next;		/* the first nonce not looked at */
	uint64_t hashes;	/* nonces looked at */
};

struct powscan_kernel;

/* The i-th kernel that this machine can run, the fastest first; NULL after the
 * last. There is always one, the portable. */
const struct powscan_kernel *powscan_kernel(size_t i);
/* By its name: "portable", "avx2", "sha-ni", "avx512"; NULL when there is no
 * such kernel or this machine cannot run it. */
const struct powscan_kernel *powscan_find(const char *name);
const char *powscan_name(const struct powscan_kernel *k);
/* What is known of a name that powscan_find refused: all names, for messages. */
#define POWSCAN_NAMES "portable, avx2, sha-ni, avx512"

/*
 * Looks at `count` nonces (up to 2^32) from `first` upwards, going on at 0 after
 * 2^32 - 1, and stops at the first that will do. `stop` may be NULL; when set it
 * is noticed within about a millisecond. Any number of threads.
 */
enum powscan_end powscan(const struct powscan_kernel *k,
			 const struct powscan_job *job, uint32_t first,
			 uint64_t count, const atomic_bool *stop,
			 struct powscan_result *out);

#endif
