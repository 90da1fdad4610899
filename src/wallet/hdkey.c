/* SPDX-License-Identifier: MIT */
#include "wallet/hdkey.h"

#include "crypto/hash160.h"
#include "crypto/hmac.h"
#include "crypto/wipe.h"
#include "primitives/base58.h"

#define TEXT_BYTES 78	/* of an extended key before base58 */

bool hdkey_master(struct hdkey *k, const struct ec *ec, struct bytes seed)
{
	uint8_t out[64];
	bool good;

	*k = (struct hdkey){.has_secret = true};
	hmac_sha512(out, bytes_of_text("Bitcoin seed"), seed);
	memcpy(k->secret, out, 32);
	memcpy(k->chain_code, out + 32, 32);
	good = ec_pubkey_create(ec, k->pub, k->secret, true) == 33;
	wipe(out, sizeof(out));
	return good;
}

void hdkey_fingerprint(uint8_t out[4], const struct hdkey *k)
{
	uint8_t h[20];

	hash160(h, k->pub, 33);
	memcpy(out, h, 4);
}

bool hdkey_step(struct hdkey *k, const struct ec *ec, uint32_t index)
{
	uint8_t data[37], out[64], next[33];
	bool good;

	if ((index & HDKEY_HARDENED && !k->has_secret) || k->depth == 255)
		return false;
	hdkey_fingerprint(k->parent, k);
	if (index & HDKEY_HARDENED) {
		data[0] = 0;
		memcpy(data + 1, k->secret, 32);
	} else {
		memcpy(data, k->pub, 33);
	}
	be32_put(data + 33, index);
	hmac_sha512(out, bytes_of(k->chain_code, 32), bytes_of(data, 37));
	if (k->has_secret)
		good = ec_seckey_tweak_add(k->secret, out) &&
		       ec_pubkey_create(ec, next, k->secret, true) == 33;
	else
		good = ec_pubkey_tweak_add(next, bytes_of(k->pub, 33), out);
	if (good)
		memcpy(k->pub, next, 33);
	memcpy(k->chain_code, out + 32, 32);
	k->depth++;
	k->child = index;
	wipe(data, sizeof(data));
	wipe(out, sizeof(out));
	return good;
}

bool hdkey_walk(struct hdkey *k, const struct ec *ec, const uint32_t *path,
		unsigned n)
{
	bool good = true;

	for (unsigned i = 0; good && i < n; i++)
		good = hdkey_step(k, ec, path[i]);
	return good;
}

bool hdkey_parse(struct hdkey *k, const struct params *p, const struct ec *ec,
		 const char *text, size_t len)
{
	static const uint8_t none[4];
	uint8_t raw[BASE58_PAYLOAD_MAX];
	bool good = false;
	size_t n;

	*k = (struct hdkey){0};
	if (!base58check_decode(raw, sizeof(raw), &n, text, len) ||
	    n != TEXT_BYTES)
		return false;
	k->depth = raw[4];
	memcpy(k->parent, raw + 5, 4);
	k->child = be32_get(raw + 9);
	memcpy(k->chain_code, raw + 13, 32);
	if (memcmp(raw, p->xpub_prefix, 4) == 0) {
		memcpy(k->pub, raw + 45, 33);
		good = raw[45] < 4 && ec_pubkey_parse_ok(bytes_of(k->pub, 33));
	} else if (memcmp(raw, p->xprv_prefix, 4) == 0 && raw[45] == 0) {
		memcpy(k->secret, raw + 46, 32);
		good = ec_pubkey_create(ec, k->pub, k->secret, true) == 33;
		k->has_secret = good;
	}
	wipe(raw, sizeof(raw));
	/* a master key has no parent */
	return good && (k->depth || (!k->child && !memcmp(k->parent, none, 4)));
}

void hdkey_text(struct buf *out, const struct hdkey *k, const struct params *p,
		bool private_too)
{
	uint8_t raw[TEXT_BYTES];
	char text[BASE58_TEXT_MAX];

	memcpy(raw, private_too ? p->xprv_prefix : p->xpub_prefix, 4);
	raw[4] = k->depth;
	memcpy(raw + 5, k->parent, 4);
	be32_put(raw + 9, k->child);
	memcpy(raw + 13, k->chain_code, 32);
	if (private_too) {
		raw[45] = 0;
		memcpy(raw + 46, k->secret, 32);
	} else {
		memcpy(raw + 45, k->pub, 33);
	}
	buf_text(out, base58check_encode(text, raw, sizeof(raw)));
	if (private_too) {
		wipe(raw, sizeof(raw));
		wipe(text, sizeof(text));
	}
}

bool hdkey_path_parse(uint32_t path[HDKEY_PATH_MAX], unsigned *n,
		      const char *text, size_t len)
{
	const char *end = text + len;

	*n = 0;
	if (len && *text == 'm') {
		text++;
		if (text == end)
			return true;
		if (*text++ != '/')
			return false;
	}
	while (text < end) {
		uint64_t v = 0;
		unsigned digits = 0;

		while (text < end && *text >= '0' && *text <= '9' && digits < 10) {
			v = v * 10 + (uint64_t)(*text++ - '0');
			digits++;
		}
		if (!digits || v >= HDKEY_HARDENED || *n == HDKEY_PATH_MAX)
			return false;
		if (text < end && (*text == 'h' || *text == 'H' || *text == '\'')) {
			v |= HDKEY_HARDENED;
			text++;
		}
		path[(*n)++] = (uint32_t)v;
		if (text == end)
			return true;
		if (*text++ != '/')
			return false;
	}
	return false;
}

void hdkey_path_text(struct buf *out, const uint32_t *path, unsigned n,
		     char mark)
{
	for (unsigned i = 0; i < n; i++) {
		buf_printf(out, "/%u", path[i] & ~HDKEY_HARDENED);
		if (path[i] & HDKEY_HARDENED)
			buf_u8(out, (uint8_t)mark);
	}
}

void hdkey_wipe(struct hdkey *k)
{
	wipe(k, sizeof(*k));
}
