/* SPDX-License-Identifier: MIT */
/*
 * Threads that search nonces of one header at a time.
 *
 * The owner starts a header, waits, and gets one of three answers: found, no
 * nonce will do, or nothing so far. After the first two the pool rests until the
 * next header is started. All functions are for one thread, the owner's.
 */
#ifndef QUARRY_MINER_POOL_H
#define QUARRY_MINER_POOL_H

#include <stdint.h>

#include "base/status.h"
#include "base/u256.h"
#include "crypto/powscan.h"
#include "primitives/header.h"

struct pool;

enum pool_event { POOL_NOTHING, POOL_FOUND, POOL_EXHAUSTED };

/* threads >= 1; duty: percent of a core's time that each thread uses, 1 to 100.
 * ST_NOMEM when memory or threads are missing. */
NODISCARD enum status pool_open(struct pool **out, unsigned threads, unsigned duty,
				const struct powscan_kernel *kernel);
/* Stops the threads, which takes milliseconds. NULL is allowed. */
void pool_close(struct pool *p);

/* Searches the nonces of h from the one in it to 2^32 - 1; what was searched
 * before is dropped at once. */
void pool_start(struct pool *p, const struct header *h, const struct u256 *target);
/* Rests until the next pool_start. */
void pool_rest(struct pool *p);
/* Waits for news at most ms milliseconds. On POOL_FOUND *h is the header with
 * its nonce. */
enum pool_event pool_wait(struct pool *p, int ms, struct header *h);
/* Nonces looked at since pool_open. */
uint64_t pool_hashes(struct pool *p);

#endif
