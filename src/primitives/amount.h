/* SPDX-License-Identifier: MIT */
/*
 * Amounts in satoshi. Never a floating-point number: text is made from and
 * parsed to integers.
 */
#ifndef QUARRY_PRIMITIVES_AMOUNT_H
#define QUARRY_PRIMITIVES_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define COIN_SAT INT64_C(100000000)
#define MONEY_MAX_SAT (INT64_C(21000000) * COIN_SAT)
#define AMOUNT_TEXT_SIZE 24

/* CVE-2010-5139: each value and each running sum is kept in this range. */
static inline bool money_ok(int64_t sat)
{
	return sat >= 0 && sat <= MONEY_MAX_SAT;
}

/* "12.34500000", always eight decimals, "-" for negatives. Returns out. */
char *amount_text(char out[AMOUNT_TEXT_SIZE], int64_t sat);
/* Plain decimal coins ("1", "0.5", ".5" is refused, exponents "1e-8" as JSON
 * writes them are taken), at most eight decimals, no sign. False otherwise or
 * when it exceeds MONEY_MAX_SAT. */
NODISCARD bool amount_parse(int64_t *sat, const char *text, size_t len);

#endif
