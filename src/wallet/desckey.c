/* SPDX-License-Identifier: MIT */
#include "wallet/desckey.h"

#include <stdio.h>

#include "base/hex.h"
#include "crypto/hash160.h"
#include "crypto/hmac.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "primitives/base58.h"

#define HARDENED 0x80000000u
#define EXTENDED_SIZE 78

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
	uint8_t raw[BASE58_PAYLOAD_MAX];
	size_t n;

	if (!base58check_decode(raw, sizeof(raw), &n, s, len) ||
	    n != EXTENDED_SIZE)
		return false;
	k->depth = raw[4];
	memcpy(k->parent, raw + 5, 4);
	k->child = be32_get(raw + 9);
	memcpy(k->chain_code, raw + 13, 32);
	if (memcmp(raw, p->xpub_prefix, 4) == 0) {
		memcpy(k->pub, raw + 45, 33);
		k->pub_len = 33;
		k->extended = raw[45] < 4 &&
			      ec_pubkey_parse_ok(bytes_of(k->pub, 33));
	} else if (memcmp(raw, p->xprv_prefix, 4) == 0 && raw[45] == 0) {
		memcpy(k->secret, raw + 46, 32);
		k->pub_len = ec_pubkey_create(ec, k->pub, k->secret, true);
		k->has_secret = k->extended = k->pub_len == 33;
	}
	k->compressed = true;
	wipe(raw, sizeof(raw));
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

struct node_key {
	uint8_t pub[33];
	uint8_t chain_code[32];
	uint8_t secret[32];
	bool has_secret;
};

/* BIP32: one step down. */
static bool step(struct node_key *k, const struct ec *ec, uint32_t index)
{
	uint8_t data[37], out[64];
	bool good;

	if (index & HARDENED) {
		if (!k->has_secret)
			return false;
		data[0] = 0;
		memcpy(data + 1, k->secret, 32);
	} else {
		memcpy(data, k->pub, 33);
	}
	be32_put(data + 33, index);
	hmac_sha512(out, bytes_of(k->chain_code, 32), bytes_of(data, 37));
	if (k->has_secret) {
		good = ec_seckey_tweak_add(k->secret, out) &&
		       ec_pubkey_create(ec, k->pub, k->secret, true) == 33;
	} else {
		uint8_t next[33];

		good = ec_pubkey_tweak_add(next, bytes_of(k->pub, 33), out);
		memcpy(k->pub, next, 33);
	}
	memcpy(k->chain_code, out + 32, 32);
	wipe(data, sizeof(data));
	wipe(out, sizeof(out));
	return good;
}

static bool derive(const struct desc_key *k, const struct ec *ec,
		   uint32_t index, struct node_key *out)
{
	bool good = true;

	out->has_secret = k->has_secret;
	memcpy(out->pub, k->pub, 33);
	memcpy(out->chain_code, k->chain_code, 32);
	memcpy(out->secret, k->secret, 32);
	for (unsigned i = 0; good && i < k->n_path; i++)
		good = step(out, ec, k->path[i]);
	switch (k->wildcard) {
	case DESC_SINGLE:
		break;
	case DESC_RANGE:
		good = good && step(out, ec, index);
		break;
	case DESC_RANGE_HARDENED:
		good = good && step(out, ec, index | HARDENED);
		break;
	}
	return good;
}

size_t desc_key_public(const struct desc_key *k, const struct ec *ec,
		       uint32_t index, uint8_t out[65])
{
	struct node_key n;
	bool good;

	if (!k->extended) {
		memcpy(out, k->pub, k->pub_len);
		return k->pub_len;
	}
	good = derive(k, ec, index, &n);
	memcpy(out, n.pub, 33);
	wipe(&n, sizeof(n));
	return good ? 33 : 0;
}

bool desc_key_secret(const struct desc_key *k, const struct ec *ec,
		     uint32_t index, uint8_t out[32])
{
	struct node_key n;
	bool good = k->has_secret;

	if (good && k->extended) {
		good = derive(k, ec, index, &n);
		memcpy(out, n.secret, 32);
		wipe(&n, sizeof(n));
	} else if (good) {
		memcpy(out, k->secret, 32);
	}
	return good;
}

/* --- text --- */

static void path_text(struct buf *out, const uint32_t *path, unsigned n,
		      char mark)
{
	for (unsigned i = 0; i < n; i++) {
		buf_printf(out, "/%u", path[i] & ~HARDENED);
		if (path[i] & HARDENED)
			buf_u8(out, (uint8_t)mark);
	}
}

static void xpub_text(struct buf *out, const struct desc_key *k,
		      const struct params *p)
{
	uint8_t raw[EXTENDED_SIZE];
	char text[BASE58_TEXT_MAX];

	memcpy(raw, p->xpub_prefix, 4);
	raw[4] = k->depth;
	memcpy(raw + 5, k->parent, 4);
	be32_put(raw + 9, k->child);
	memcpy(raw + 13, k->chain_code, 32);
	memcpy(raw + 45, k->pub, 33);
	buf_text(out, base58check_encode(text, raw, sizeof(raw)));
}

void desc_key_text(struct buf *out, const struct desc_key *k,
		   const struct params *p, const struct ec *ec)
{
	(void)ec;
	if (k->has_origin) {
		buf_text(out, "[");
		buf_hex(out, k->origin_fingerprint, 4);
		path_text(out, k->origin_path, k->n_origin, k->hard_mark);
		buf_text(out, "]");
	}
	if (!k->extended) {
		buf_hex(out, k->pub, k->pub_len);
		return;
	}
	xpub_text(out, k, p);
	path_text(out, k->path, k->n_path, k->path_mark);
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
	path_text(out, k->origin_path, k->n_origin, 'h');
	path_text(out, k->path, k->n_path, 'h');
	if (k->wildcard != DESC_SINGLE)
		buf_printf(out, "/%u%s", index,
			   k->wildcard == DESC_RANGE ? "" : "h");
	buf_text(out, "]");
}
