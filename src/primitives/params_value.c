/* SPDX-License-Identifier: MIT */
/* One value of a chain document: from text into its member of struct params,
 * and what it should have been. */
#include <stdio.h>

#include "base/bug.h"
#include "base/hex.h"
#include "crypto/ec.h"
#include "primitives/amount.h"
#include "primitives/maker.h"
#include "primitives/params_fields.h"

/* Decimal digits without a leading zero. */
static bool uint_parse(uint32_t *out, const char *v, size_t len, uint32_t min,
		       uint32_t max)
{
	uint64_t n = 0;

	if (len == 0 || len > 10 || (len > 1 && v[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (v[i] < '0' || v[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(v[i] - '0');
	}
	*out = (uint32_t)n;
	return n >= min && n <= max;
}

static bool height_parse(uint32_t *out, const char *v, size_t len)
{
	if (len == 5 && memcmp(v, "never", 5) == 0) {
		*out = HEIGHT_NEVER;
		return true;
	}
	return uint_parse(out, v, len, 0, HEIGHT_NEVER - 1);
}

/* Copies a word of at most size - 1 characters, all of which `ok` takes. */
static bool word_parse(char *out, size_t size, const char *v, size_t len,
		       bool (*ok)(char))
{
	if (len == 0 || len >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!ok(v[i]))
			return false;
	memcpy(out, v, len);
	out[len] = '\0';
	return true;
}

static bool is_hrp_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_name_char(char c)
{
	return is_hrp_char(c) || c == '-';
}

static bool is_message_char(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool is_hosts_char(char c)
{
	return is_name_char(c) || c == '.' || c == ' ';
}

static bool bool_parse(bool *out, const char *v, size_t len)
{
	*out = len == 3 && memcmp(v, "yes", 3) == 0;
	return *out || (len == 2 && memcmp(v, "no", 2) == 0);
}

static bool retarget_parse(enum retarget_rule *out, const char *v, size_t len)
{
	static const char *const words[] = {
		[RETARGET_NONE] = "none",
		[RETARGET_BITCOIN] = "2016",
		[RETARGET_ASERT] = "asert",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strlen(words[i]) == len && memcmp(words[i], v, len) == 0) {
			*out = (enum retarget_rule)i;
			return true;
		}
	}
	return false;
}

static bool number_parse(struct u256 *out, const char *v, size_t len)
{
	uint8_t b[32];

	if (!hex_parse(b, sizeof(b), v, len))
		return false;
	*out = u256_from_be(b);
	return true;
}

/* "91842 HASH" into the unnamed struct at `at`. */
static bool block_parse_text(uint8_t *at, const char *v, size_t len)
{
	const size_t id = offsetof(struct params, bip30_exception[0].id) -
			  offsetof(struct params, bip30_exception[0]);
	const char *gap = memchr(v, ' ', len);
	struct blkid block;
	uint32_t height;

	if (!gap || !height_parse(&height, v, (size_t)(gap - v)) ||
	    !hash256_parse(&block.h, gap + 1, len - (size_t)(gap + 1 - v)))
		return false;
	memcpy(at, &height, sizeof(height));
	memcpy(at + id, &block, sizeof(block));
	return true;
}

/* Points on the curve, none twice: one with two turns would be counted once. */
static bool makers_parse(struct params *p, const char *v, size_t len)
{
	const size_t digits = 2 * sizeof(p->maker[0]);

	for (;; v += digits + 1, len -= digits + 1) {
		uint8_t *key = p->maker[p->n_makers];

		if (p->n_makers == MAKERS_MAX || len < digits ||
		    !hex_parse(key, sizeof(p->maker[0]), v, digits) ||
		    !ec_xonly_ok(key) || maker_index(p, key) >= 0)
			return false;
		p->n_makers++;
		if (len == digits)
			return true;
		if (v[digits] != ' ')
			return false;
	}
}

/* Keys that are points, in ascending order: each once, and one way to write the
 * same list. */
static bool validators_parse(struct params *p, const char *v, size_t len)
{
	const char *end = v + len;

	p->finality_validators.n = 0;
	while (v < end) {
		uint32_t n = p->finality_validators.n;
		struct params_validator *to = &p->finality_validators.v[n];
		const char *gap = memchr(v, ' ', (size_t)(end - v));
		size_t one = (size_t)((gap ? gap : end) - v);

		if (n == PARAMS_VALIDATORS_MAX || one < 66 || v[64] != ':' ||
		    !hex_parse(to->key, 32, v, 64) || !ec_xonly_ok(to->key) ||
		    !uint_parse(&to->weight, v + 65, one - 65, 1, 1000000000) ||
		    (n && memcmp(to[-1].key, to->key, 32) >= 0))
			return false;
		p->finality_validators.n++;
		v += one;
		if (gap && ++v == end)
			return false;
	}
	return p->finality_validators.n > 0;
}

bool params_value_parse(struct params *p, const struct params_field *f,
			const char *v, size_t len)
{
	uint8_t *at = (uint8_t *)p + f->offset;
	uint8_t bits[4];
	uint32_t n;

	switch (f->kind) {
	case PK_NAME:
		return word_parse((char *)at, f->size, v, len, is_name_char) &&
		       v[0] >= 'a' && v[0] <= 'z';
	case PK_BOOL:
		return bool_parse((bool *)at, v, len);
	case PK_UINT:
		if (!uint_parse(&n, v, len, f->min, f->max))
			return false;
		if (f->size == 1)
			*at = (uint8_t)n;
		else if (f->size == 2)
			memcpy(at, &(uint16_t){(uint16_t)n}, 2);
		else
			memcpy(at, &n, sizeof(n));
		return true;
	case PK_HEIGHT:
		return height_parse((uint32_t *)(void *)at, v, len);
	case PK_RETARGET:
		return retarget_parse(&p->retarget, v, len);
	case PK_COINS:
		return amount_parse((int64_t *)(void *)at, v, len) &&
		       *(const int64_t *)(const void *)at > 0;
	case PK_NUMBER:
		return number_parse((struct u256 *)(void *)at, v, len);
	case PK_HASH:
		return hash256_parse((struct hash256 *)at, v, len);
	case PK_BLOCK:
		return block_parse_text(at, v, len);
	case PK_BYTES:
		return hex_parse(at, f->size, v, len);
	case PK_CHALLENGE:
		p->signet_challenge_len = (uint16_t)(len / 2);
		return len >= 2 && len <= 2 * f->size &&
		       hex_parse(at, len / 2, v, len);
	case PK_MAKERS:
		return makers_parse(p, v, len);
	case PK_KEY:
		p->genesis_output_key_len = (uint8_t)(len / 2);
		return (len == 66 || len == 130) &&
		       hex_parse(at, len / 2, v, len);
	case PK_HRP:
		return word_parse((char *)at, f->size, v, len, is_hrp_char);
	case PK_MESSAGE:
		return len <= PARAMS_MESSAGE_MAX &&
		       word_parse((char *)at, f->size, v, len, is_message_char);
	case PK_HOSTS:
		return word_parse((char *)at, f->size, v, len, is_hosts_char);
	case PK_BITS:
		if (!hex_parse(bits, sizeof(bits), v, len))
			return false;
		p->genesis.bits = be32_get(bits);
		return true;
	case PK_VALIDATORS:
		return validators_parse(p, v, len);
	}
	BUG("document field of kind %d", (int)f->kind);
}

void params_value_form(char *out, size_t size, const struct params_field *f)
{
	switch (f->kind) {
	case PK_NAME:
		snprintf(out, size, "a lower-case letter and then at most %zu "
			 "letters, digits or hyphens", f->size - 2);
		return;
	case PK_BOOL:
		snprintf(out, size, "yes or no");
		return;
	case PK_UINT:
		snprintf(out, size, "a whole number from %u to %u", f->min,
			 f->max);
		return;
	case PK_HEIGHT:
		snprintf(out, size, "a height or the word never");
		return;
	case PK_RETARGET:
		snprintf(out, size, "2016, none or asert");
		return;
	case PK_COINS:
		snprintf(out, size, "coins with at most eight decimals, from "
			 "0.00000001 to 21000000");
		return;
	case PK_NUMBER:
	case PK_HASH:
		snprintf(out, size, "64 hexadecimal digits");
		return;
	case PK_BLOCK:
		snprintf(out, size, "a height, a space and a block hash");
		return;
	case PK_BYTES:
		snprintf(out, size, "%zu hexadecimal digits", 2 * f->size);
		return;
	case PK_CHALLENGE:
		snprintf(out, size, "2 to %zu hexadecimal digits, two a byte",
			 2 * f->size);
		return;
	case PK_MAKERS:
		snprintf(out, size, "1 to %d keys of 64 hexadecimal digits with a "
			 "space between two, all different", MAKERS_MAX);
		return;
	case PK_KEY:
		snprintf(out, size, "66 or 130 hexadecimal digits");
		return;
	case PK_HRP:
		snprintf(out, size, "1 to %zu lower-case letters or digits",
			 f->size - 1);
		return;
	case PK_MESSAGE:
		snprintf(out, size, "1 to %d printable ASCII characters",
			 PARAMS_MESSAGE_MAX);
		return;
	case PK_HOSTS:
		snprintf(out, size, "names of hosts with a space between two, at most "
			 "%zu characters", f->size - 1);
		return;
	case PK_BITS:
		snprintf(out, size, "8 hexadecimal digits");
		return;
	case PK_VALIDATORS:
		snprintf(out, size, "at most %d KEY:WEIGHT by ascending key, "
			 "one space between two", PARAMS_VALIDATORS_MAX);
		return;
	}
}
