/* SPDX-License-Identifier: MIT */
/* Satoshi to decimal coins and back, by integers alone. */
#include "primitives/amount.h"

#include <inttypes.h>
#include <stdio.h>

char *amount_text(char out[AMOUNT_TEXT_SIZE], int64_t sat)
{
	/* The magnitude of INT64_MIN fits only an unsigned type. */
	uint64_t v = sat < 0 ? -(uint64_t)sat : (uint64_t)sat;

	snprintf(out, AMOUNT_TEXT_SIZE, "%s%" PRIu64 ".%08" PRIu64,
		 sat < 0 ? "-" : "", v / (uint64_t)COIN_SAT,
		 v % (uint64_t)COIN_SAT);
	return out;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number is mantissa * 10^exponent. Zeros at the mantissa's end are counted
 * in `exponent` instead of kept, so that "1.000000000000" needs no large type
 * and has, like Bitcoin Core's ParseFixedPoint, no decimals too many. */
struct decimal {
	uint64_t mantissa;
	int exponent;
	int zeros;	/* not multiplied in so far */
};

#define MANTISSA_LIMIT UINT64_C(1000000000000000000)

static bool decimal_digit(struct decimal *d, char c)
{
	if (c == '0') {
		d->zeros++;
		return true;
	}
	for (int i = 0; d->mantissa && i <= d->zeros; i++) {
		if (d->mantissa >= MANTISSA_LIMIT / 10)
			return false;
		d->mantissa *= 10;
	}
	d->zeros = 0;
	d->mantissa += (uint64_t)(c - '0');
	return true;
}

/* Exponents beyond four digits are out of any use, also for zero. */
static bool exponent_parse(int *out, const char *p, const char *end)
{
	bool negative = false;
	int v = 0;

	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (p == end || end - p > 4)
		return false;
	for (; p < end; p++) {
		if (!digit(*p))
			return false;
		v = v * 10 + (*p - '0');
	}
	*out = negative ? -v : v;
	return true;
}

bool amount_parse(int64_t *sat, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	struct decimal d = {0};
	int exponent = 0;

	/* A bound that keeps all counters far from overflow. */
	if (len == 0 || len > 64 || !digit(*p))
		return false;
	if (*p == '0' && len > 1 && digit(p[1]))
		return false;
	for (; p < end && digit(*p); p++)
		if (!decimal_digit(&d, *p))
			return false;
	if (p < end && *p == '.') {
		p++;
		if (p == end || !digit(*p))
			return false;
		for (; p < end && digit(*p); p++) {
			if (!decimal_digit(&d, *p))
				return false;
			d.exponent--;
		}
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		if (!exponent_parse(&exponent, p + 1, end))
			return false;
		p = end;
	}
	if (p != end)
		return false;
	if (d.mantissa == 0) {
		*sat = 0;
		return true;
	}
	exponent += d.exponent + d.zeros + 8;
	if (exponent < 0)
		return false;
	for (; exponent > 0; exponent--) {
		if (d.mantissa > (uint64_t)MONEY_MAX_SAT)
			return false;
		d.mantissa *= 10;
	}
	if (d.mantissa > (uint64_t)MONEY_MAX_SAT)
		return false;
	*sat = (int64_t)d.mantissa;
	return true;
}
