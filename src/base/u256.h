/* SPDX-License-Identifier: MIT */
/*
 * Unsigned 256-bit integers for targets and chain work: four 64-bit limbs,
 * least significant first. Arithmetic wraps modulo 2^256 unless said otherwise.
 */
#ifndef QUARRY_BASE_U256_H
#define QUARRY_BASE_U256_H

#include <stdbool.h>
#include <stdint.h>

struct u256 {
	uint64_t w[4];
};

static inline struct u256 u256_from(uint64_t v)
{
	return (struct u256){{v, 0, 0, 0}};
}

struct u256 u256_from_le(const uint8_t b[32]);
struct u256 u256_from_be(const uint8_t b[32]);
void u256_to_le(uint8_t b[32], const struct u256 *v);
void u256_to_be(uint8_t b[32], const struct u256 *v);

bool u256_is_zero(const struct u256 *v);
/* <0, 0, >0 */
int u256_cmp(const struct u256 *a, const struct u256 *b);
/* Position of the highest set bit plus one; 0 for zero. */
unsigned u256_bits(const struct u256 *v);

struct u256 u256_add(const struct u256 *a, const struct u256 *b);
struct u256 u256_sub(const struct u256 *a, const struct u256 *b);
struct u256 u256_not(const struct u256 *a);
struct u256 u256_shl(const struct u256 *a, unsigned n);
struct u256 u256_shr(const struct u256 *a, unsigned n);
/* a / d, rounded down; d is not zero. */
struct u256 u256_div(const struct u256 *a, const struct u256 *d);
/* a * m / d with a 320-bit product, so nothing wraps; d is not zero. A result
 * of 2^256 or more saturates to 2^256 - 1. */
struct u256 u256_muldiv(const struct u256 *a, uint64_t m, uint64_t d);
/* a * m modulo 2^256. */
struct u256 u256_mul64(const struct u256 *a, uint64_t m);
/* The nearest double, for display only. */
double u256_double(const struct u256 *a);

#endif
