/* SPDX-License-Identifier: MIT */
#include "wallet/keyproof.h"

#include <stdio.h>

#include "base/hex.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "primitives/script.h"
#include "wallet/message.h"

#define XONLY_DIGITS 64
#define KEY_DIGITS 66

bool keyproof_public_key(char out[KEYPROOF_NAME_SIZE], const char *text,
			 size_t len)
{
	uint8_t key[EC_PUBKEY_MAX], short_key[EC_PUBKEY_MAX];

	if (len > 2 * sizeof(key) || len % 2 || !hex_parse(key, len / 2, text, len))
		return false;
	if (len == XONLY_DIGITS && ec_xonly_ok(key)) {
		hex_text(out, key, 32);
		return true;
	}
	if (len < KEY_DIGITS ||
	    ec_pubkey_convert(short_key, true, bytes_of(key, len / 2)) != 33)
		return false;
	hex_text(out, short_key, 33);
	return true;
}

bool keyproof_address(char out[KEYPROOF_NAME_SIZE], const struct params *p,
		      const char *text, size_t len)
{
	struct script_form f;
	struct buf script;
	bool good = false;

	buf_init(&script, 256);
	if (address_to_script(&script, p, text, len) == ADDRESS_OK) {
		f = script_classify(buf_view(&script));
		good = f.kind == SCRIPT_PUBKEYHASH &&
		       address_from_script(out, p, buf_view(&script));
	}
	buf_free(&script);
	return good;
}

/* The key's P2PKH address. */
static bool address_of(char out[ADDRESS_TEXT_SIZE], const struct params *p,
		       const uint8_t key[33])
{
	/* DUP HASH160 <20 bytes> EQUALVERIFY CHECKSIG */
	uint8_t script[25] = {0x76, 0xa9, 20};

	hash160(script + 3, key, 33);
	script[23] = 0x88;
	script[24] = 0xac;
	return address_from_script(out, p, bytes_of(script, sizeof(script)));
}

static bool signed_by(const struct params *p, const char *address,
		      const char *signature, size_t len, const char *text)
{
	return message_verify(p, address, strlen(address), signature, len, text,
			      strlen(text)) == MESSAGE_GOOD;
}

bool keyproof_verify(const struct params *p, const char *name,
		     const char *signature, size_t signature_len,
		     const char *text)
{
	size_t digits = strlen(name);
	uint8_t key[33] = {2}, sig[64], msg[32];
	char address[ADDRESS_TEXT_SIZE];

	/* no address has only digits, and so many */
	if (digits == KEY_DIGITS ? !hex_parse(key, 33, name, digits)
	    : digits == XONLY_DIGITS ? !hex_parse(key + 1, 32, name, digits) : true)
		return signed_by(p, name, signature, signature_len, text);
	if (signature_len == 2 * sizeof(sig) &&
	    hex_parse(sig, sizeof(sig), signature, signature_len)) {
		sha256(msg, text, strlen(text));
		return ec_verify_schnorr(sig, key + 1, msg);
	}
	/* of an x-only key it is not known which of the two it is */
	for (key[0] = digits == XONLY_DIGITS ? 2 : key[0];; key[0] = 3) {
		if (address_of(address, p, key) &&
		    signed_by(p, address, signature, signature_len, text))
			return true;
		if (digits == KEY_DIGITS || key[0] == 3)
			return false;
	}
}
