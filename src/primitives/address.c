/* SPDX-License-Identifier: MIT */
/* Addresses and WIF keys over base58 and bech32. */
#include "primitives/address.h"

#include <string.h>

#include "crypto/wipe.h"
#include "primitives/base58.h"
#include "primitives/bech32.h"

_Static_assert(ADDRESS_TEXT_SIZE >= BECH32_TEXT_MAX, "room for any address");

/* One version byte and up to 33 bytes, as base58check. */
static void versioned_text(char out[ADDRESS_TEXT_SIZE], uint8_t version,
			   const uint8_t *p, size_t n)
{
	char text[BASE58_TEXT_MAX];
	uint8_t payload[34];

	payload[0] = version;
	memcpy(payload + 1, p, n);
	base58check_encode(text, payload, n + 1);
	/* 38 bytes with their checksum are 52 characters at most. */
	memcpy(out, text, strlen(text) + 1);
	wipe(payload, sizeof(payload));
	wipe(text, sizeof(text));
}

bool address_from_script(char out[ADDRESS_TEXT_SIZE], const struct params *p,
			 struct bytes script)
{
	struct script_form f = script_classify(script);

	out[0] = '\0';
	switch (f.kind) {
	case SCRIPT_PUBKEYHASH:
		versioned_text(out, p->pubkey_prefix, f.data.p, f.data.len);
		return true;
	case SCRIPT_SCRIPTHASH:
		versioned_text(out, p->script_prefix, f.data.p, f.data.len);
		return true;
	case SCRIPT_WITNESS_V0_KEYHASH:
	case SCRIPT_WITNESS_V0_SCRIPTHASH:
	case SCRIPT_WITNESS_V1_TAPROOT:
	case SCRIPT_ANCHOR:
	case SCRIPT_WITNESS_UNKNOWN:
		if (bech32_address_encode(out, p->hrp, f.version, f.data))
			return true;
		out[0] = '\0';
		return false;
	case SCRIPT_NONSTANDARD:
	case SCRIPT_EMPTY:
	case SCRIPT_PUBKEY:
	case SCRIPT_MULTISIG:
	case SCRIPT_NULL_DATA:
		return false;
	}
	return false;
}

static enum address_result witness_to_script(struct buf *script,
					     const struct params *p,
					     const char *text, size_t len)
{
	uint8_t values[84], program[40], version;
	size_t n, program_len;
	char hrp[84];

	if (bech32_decode(hrp, values, &n, text, len) == BECH32_NONE ||
	    !bech32_address_decode(hrp, &version, program, &program_len, text,
				   len))
		return ADDRESS_INVALID;
	if (strcmp(hrp, p->hrp) != 0)
		return ADDRESS_OTHER_NETWORK;
	script_witness(script, version, bytes_of(program, program_len));
	return ADDRESS_OK;
}

enum address_result address_to_script(struct buf *script,
				      const struct params *p, const char *text,
				      size_t len)
{
	uint8_t payload[BASE58_PAYLOAD_MAX];
	size_t n;

	if (!base58check_decode(payload, sizeof(payload), &n, text, len))
		return witness_to_script(script, p, text, len);
	if (n != 21)
		return ADDRESS_INVALID;
	if (payload[0] == p->pubkey_prefix) {
		script_p2pkh(script, payload + 1);
		return ADDRESS_OK;
	}
	if (payload[0] == p->script_prefix) {
		script_p2sh(script, payload + 1);
		return ADDRESS_OK;
	}
	return ADDRESS_OTHER_NETWORK;
}

char *address_wif_encode(char out[ADDRESS_TEXT_SIZE], const struct params *p,
			 const uint8_t key[32], bool compressed)
{
	uint8_t v[33];

	memcpy(v, key, 32);
	v[32] = 1;
	versioned_text(out, p->wif_prefix, v, compressed ? 33 : 32);
	wipe(v, sizeof(v));
	return out;
}

/* 1 to the order of secp256k1 less one. */
static bool key_in_range(const uint8_t key[32])
{
	static const uint8_t order[32] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b,
		0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
	};
	static const uint8_t zero[32];

	return memcmp(key, zero, 32) != 0 && memcmp(key, order, 32) < 0;
}

enum address_result address_wif_decode(uint8_t key[32], bool *compressed,
				       const struct params *p, const char *text,
				       size_t len)
{
	enum address_result res = ADDRESS_INVALID;
	uint8_t payload[BASE58_PAYLOAD_MAX];
	size_t n;

	if (base58check_decode(payload, sizeof(payload), &n, text, len) &&
	    (n == 33 || (n == 34 && payload[33] == 1)) &&
	    key_in_range(payload + 1)) {
		res = ADDRESS_OTHER_NETWORK;
		if (payload[0] == p->wif_prefix) {
			memcpy(key, payload + 1, 32);
			*compressed = n == 34;
			res = ADDRESS_OK;
		}
	}
	wipe(payload, sizeof(payload));
	return res;
}
