/* SPDX-License-Identifier: MIT */
#include "wallet/desckey.h"

#include <stdio.h>

#include "base/hex.h"
#include "crypto/hash160.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "wallet/hdkey.h"

#define HARDENED HDKEY_HARDENED

/* The phrase shows at most 120 characters of the text. */
#define fail(error, fmt, text, len)                                            \
	(snprintf(error, DESC_ERROR_SIZE, fmt,                                 \
		  (int)((len) > 120 ? 120 : (len)), text), false)

/* One step of a path: digits, and ' or h for a hardened one. */
static bool parse_step(const char *s, size_t n, uint32_t *step, char *mark,
		       char error[DESC_ERROR_SIZE])
{
	bool hard = n > 0 && (s[n - 1] == '\'' || s[n - 1] == 'h');
	size_t digits = n - hard;
	uint64_t v = 0;

	if (hard)
		*mark = s[n - 1];
	if (digits == 0 || digits > 10)
		return fail(error, "Key path value '%.*s' is not a valid uint32",
			    s, n);
	for (size_t i = 0; i < digits; i++) {
		if (s[i] < '0' || s[i] > '9')
			return fail(error,
				    "Key path value '%.*s' is not a valid uint32",
				    s, digits);
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (v >= HARDENED)
		return fail(error, "Key path value %.*s is out of range", s,
			    digits);
	*step = (uint32_t)v | (hard ? HARDENED : 0);
	return true;
}

/* "/1/2h" */
static bool parse_path(const char *s, size_t len, uint32_t path[DESC_PATH_MAX],
		       unsigned *n, char *mark, char error[DESC_ERROR_SIZE])
{
	const char *end = s + len;

	while (s < end) {
		const char *from = ++s;

		while (s < end && *s != '/')
			s++;
		if (*n == DESC_PATH_MAX)
			return fail(error, "Key path is too long%.*s", "", 0);
		if (!parse_step(from, (size_t)(s - from), &path[(*n)++], mark,
				error))
			return false;
	}
	return true;
}

static bool parse_origin(struct desc_key *k, const char **text, size_t *len,
			 char error[DESC_ERROR_SIZE])
{
	const char *s = *text, *close = memchr(s, ']', *len);
	size_t n;

	if (*len == 0 || *s != '[') {
		if (close)
			return fail(error, "Key origin start '[ character expected "
				    "but not found, got '%.*s' instead", s, 1);
		return true;
	}
	if (!close)
		return fail(error, "Key origin start '[ character found without "
			    "its end: '%.*s'", s, *len);
	n = (size_t)(close - s) - 1;
	s++;
	k->hard_mark = k->path_mark = 'h';
	if (strcspn(s, "/]") != 8) {
		snprintf(error, DESC_ERROR_SIZE, "Fingerprint is not 4 bytes (%zu "
			 "characters instead of 8 characters)",
			 strcspn(s, "/]"));
		return false;
	}
	if (!hex_parse(k->origin_fingerprint, 4, s, 8))
		return fail(error, "Fingerprint '%.*s' is not hex", s, 8);
	k->has_origin = true;
	k->hard_mark = 'h';
	if (!parse_path(s + 8, n - 8, k->origin_path, &k->n_origin,
			&k->hard_mark, error))
		return false;
	*len -= (size_t)(close + 1 - *text);
	*text = close + 1;
	return true;
}

/* --- single keys --- */

static bool parse_hex(struct desc_key *k, const char *s, size_t len,
		      enum desc_key_place place, char error[DESC_ERROR_SIZE])
{
	for (size_t i = 0; i < len; i++)
		if (hex_digit(s[i]) < 0)
			return false;
	k->pub_len = len / 2;
	if ((len != 64 && len != 66 && len != 130) ||
	    !hex_parse(k->pub, k->pub_len, s, len))
		return fail(error, "Pubkey '%.*s' is invalid", s, len);
	if (k->pub_len == 32) {
		k->xonly = true;
		if (place == DESC_KEY_XONLY && ec_xonly_ok(k->pub))
			return true;
		return fail(error, "Pubkey '%.*s' is invalid", s, len);
	}
	if (!ec_pubkey_parse_ok(bytes_of(k->pub, k->pub_len)))
		return fail(error, "Pubkey '%.*s' is invalid", s, len);
	if (k->pub[0] > 4)
		return fail(error, "Hybrid public keys are not allowed%.*s", "", 0);
	if (k->pub_len == 65 && place != DESC_KEY_ANY)
		return fail(error, "Uncompressed keys are not allowed%.*s", "", 0);
	k->compressed = k->pub_len == 33;
	return true;
}

static bool parse_wif(struct desc_key *k, const struct params *p,
		      const struct ec *ec, const char *s, size_t len,
		      enum desc_key_place place, char error[DESC_ERROR_SIZE])
{
	if (address_wif_decode(k->secret, &k->compressed, p, s, len) != ADDRESS_OK)
		return false;
	k->pub_len = ec_pubkey_create(ec, k->pub, k->secret, k->compressed);
	k->has_secret = k->pub_len != 0;
	if (!k->compressed && place != DESC_KEY_ANY)
		return fail(error, "Uncompressed keys are not allowed%.*s", "", 0);
	return k->has_secret;
}

/* --- extended keys --- */

static bool parse_extended(struct desc_key *k, const struct params *p,
			   const struct ec *ec, const char *s, size_t len)
{
	struct hdkey x;

	k->extended = hdkey_parse(&x, p, ec, s, len);
	if (k->extended) {
		k->depth = x.depth;
		k->child = x.child;
		memcpy(k->parent, x.parent, 4);
		memcpy(k->chain_code, x.chain_code, 32);
		memcpy(k->pub, x.pub, 33);
		memcpy(k->secret, x.secret, 32);
		k->pub_len = 33;
		k->has_secret = x.has_secret;
		k->compressed = true;
	}
	hdkey_wipe(&x);
	return k->extended;
}

static bool parse_steps(struct desc_key *k, const char *s, size_t len,
			char error[DESC_ERROR_SIZE])
{
	k->path_mark = 'h';
	if (len >= 2 && memcmp(s + len - 2, "/*", 2) == 0) {
		k->wildcard = DESC_RANGE;
		len -= 2;
	} else if (len >= 3 && memcmp(s + len - 3, "/*", 2) == 0 &&
		   (s[len - 1] == '\'' || s[len - 1] == 'h')) {
		k->wildcard = DESC_RANGE_HARDENED;
		k->path_mark = s[len - 1];
		len -= 3;
	}
	return parse_path(s, len, k->path, &k->n_path, &k->path_mark, error);
}

bool desc_key_parse(struct desc_key *k, const struct params *p,
		    const struct ec *ec, const char *text, size_t len,
		    enum desc_key_place place, char error[DESC_ERROR_SIZE])
{
	const char *slash;
	size_t n;

	*k = (struct desc_key){0};
	error[0] = '\0';
	if (!parse_origin(k, &text, &len, error))
		return false;
	if (len == 0)
		return fail(error, "No key provided%.*s", "", 0);
	slash = memchr(text, '/', len);
	n = slash ? (size_t)(slash - text) : len;
	if (!slash) {
		if (len % 2 == 0 && parse_hex(k, text, len, place, error))
			return true;
		if (!error[0] && parse_wif(k, p, ec, text, len, place, error))
			return true;
		if (error[0])
			return false;
	}
	if (!parse_extended(k, p, ec, text, n))
		return fail(error, "key '%.*s' is not valid", text, n);
	return parse_steps(k, text + n, len - n, error);
}

void desc_key_wipe(struct desc_key *k)
{
	wipe(k, sizeof(*k));
}

/* --- derivation --- */

static struct hdkey extended_of(const struct desc_key *k)
{
	struct hdkey x = {.has_secret = k->has_secret, .depth = k->depth,
			  .child = k->child};

	memcpy(x.pub, k->pub, 33);
	memcpy(x.chain_code, k->chain_code, 32);
	memcpy(x.secret, k->secret, 32);
	memcpy(x.parent, k->parent, 4);
	return x;
}

static bool derive(const struct desc_key *k, const struct ec *ec,
		   uint32_t index, struct hdkey *out)
{
	bool good;

	*out = extended_of(k);
	good = hdkey_walk(out, ec, k->path, k->n_path);
	switch (k->wildcard) {
	case DESC_SINGLE:
		break;
	case DESC_RANGE:
		good = good && hdkey_step(out, ec, index);
		break;
	case DESC_RANGE_HARDENED:
		good = good && hdkey_step(out, ec, index | HARDENED);
		break;
	}
	return good;
}

size_t desc_key_public(const struct desc_key *k, const struct ec *ec,
		       uint32_t index, uint8_t out[65])
{
	struct hdkey n;
	bool good;

	if (!k->extended) {
		memcpy(out, k->pub, k->pub_len);
		return k->pub_len;
	}
	good = derive(k, ec, index, &n);
	memcpy(out, n.pub, 33);
	hdkey_wipe(&n);
	return good ? 33 : 0;
}

bool desc_key_secret(const struct desc_key *k, const struct ec *ec,
		     uint32_t index, uint8_t out[32])
{
	struct hdkey n;
	bool good = k->has_secret;

	if (good && k->extended) {
		good = derive(k, ec, index, &n);
		memcpy(out, n.secret, 32);
		hdkey_wipe(&n);
	} else if (good) {
		memcpy(out, k->secret, 32);
	}
	return good;
}

/* --- text --- */

void desc_key_text(struct buf *out, const struct desc_key *k,
		   const struct params *p, const struct ec *ec)
{
	struct hdkey x;

	(void)ec;
	if (k->has_origin) {
		buf_text(out, "[");
		buf_hex(out, k->origin_fingerprint, 4);
		hdkey_path_text(out, k->origin_path, k->n_origin, k->hard_mark);
		buf_text(out, "]");
	}
	if (!k->extended) {
		buf_hex(out, k->pub, k->pub_len);
		return;
	}
	x = extended_of(k);
	hdkey_text(out, &x, p, false);
	hdkey_wipe(&x);
	hdkey_path_text(out, k->path, k->n_path, k->path_mark);
	if (k->wildcard != DESC_SINGLE)
		buf_text(out, "/*");
	if (k->wildcard == DESC_RANGE_HARDENED)
		buf_u8(out, (uint8_t)k->path_mark);
}

void desc_key_origin_text(struct buf *out, const struct desc_key *k,
			  uint32_t index)
{
	uint8_t hash[20], key[33] = {2};

	if (k->xonly) {
		memcpy(key + 1, k->pub, 32);
		hash160(hash, key, 33);
	} else {
		hash160(hash, k->pub, k->pub_len);
	}
	buf_text(out, "[");
	buf_hex(out, k->has_origin ? k->origin_fingerprint : hash, 4);
	hdkey_path_text(out, k->origin_path, k->n_origin, 'h');
	hdkey_path_text(out, k->path, k->n_path, 'h');
	if (k->wildcard != DESC_SINGLE)
		buf_printf(out, "/%u%s", index,
			   k->wildcard == DESC_RANGE ? "" : "h");
	buf_text(out, "]");
}
