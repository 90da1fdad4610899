/* SPDX-License-Identifier: MIT */
/*
 * Proof-of-work targets: the compact form nBits, the work a header stands for,
 * and difficulty for display.
 */
#ifndef QUARRY_PRIMITIVES_TARGET_H
#define QUARRY_PRIMITIVES_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/u256.h"
#include "primitives/hash.h"

/* The target nBits stands for. False when it is negative (sign bit with a
 * non-zero mantissa), zero, or does not fit 256 bits; *target is then zero. */
bool target_from_bits(struct u256 *target, uint32_t bits);
/* The shortest nBits for a target; loses all but the top 23 bits or so. */
uint32_t target_to_bits(const struct u256 *target);
/* True when the hash, read as a little-endian number, is at most the target. */
bool target_met(const struct blkid *id, const struct u256 *target);
/* Expected hashes to meet nBits: 2^256 / (target + 1). Zero for invalid nBits. */
struct u256 target_work(uint32_t bits);
/* Difficulty against bits 1d00ffff, as Bitcoin Core prints it. */
double target_difficulty(uint32_t bits);

#endif
