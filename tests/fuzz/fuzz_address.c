/* SPDX-License-Identifier: MIT */
/* Addresses and private keys: the first byte chooses the network, the rest is
 * the text. What is taken has one text, bech32's capitals aside. */
#include "tests/fuzz/fuzz.h"

#include "primitives/address.h"
#include "primitives/base58.h"
#include "primitives/bech32.h"

static bool same_text(const char *a, const char *text, size_t len)
{
	if (strlen(a) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (a[i] != c && !(c >= 'A' && c <= 'Z' && a[i] == c + 32))
			return false;
	}
	return true;
}

static void check_bech32(const char *text, size_t len)
{
	char hrp[84], out[BECH32_TEXT_MAX];
	uint8_t values[84];
	enum bech32_form form;
	size_t n;

	form = bech32_decode(hrp, values, &n, text, len);
	if (form == BECH32_NONE)
		return;
	BUG_ON(!bech32_encode(out, hrp, values, n, form));
	BUG_ON(!same_text(out, text, len));
}

static void check_base58(const char *text, size_t len)
{
	uint8_t raw[BASE58_PAYLOAD_MAX];
	char out[BASE58_TEXT_MAX];
	size_t n;

	if (base58_decode(raw, sizeof(raw), &n, text, len)) {
		base58_encode(out, raw, n);
		BUG_ON(strlen(out) != len || memcmp(out, text, len) != 0);
	}
	if (base58check_decode(raw, sizeof(raw), &n, text, len)) {
		base58check_encode(out, raw, n);
		BUG_ON(strlen(out) != len || memcmp(out, text, len) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *const *names = params_builtin_names();
	const char *text = (const char *)data + 1;
	char out[ADDRESS_TEXT_SIZE];
	struct params p;
	struct buf script;
	uint8_t key[32];
	bool compressed;

	if (len < 1)
		return 0;
	len--;
	BUG_ON(!params_builtin(&p, names[data[0] % 5]));
	buf_init(&script, 64);
	if (address_to_script(&script, &p, text, len) == ADDRESS_OK) {
		BUG_ON(!address_from_script(out, &p, buf_view(&script)));
		BUG_ON(!same_text(out, text, len));
	} else {
		BUG_ON(script.len != 0);
	}
	if (address_wif_decode(key, &compressed, &p, text, len) == ADDRESS_OK) {
		address_wif_encode(out, &p, key, compressed);
		BUG_ON(strlen(out) != len || memcmp(out, text, len) != 0);
	}
	check_bech32(text, len);
	check_base58(text, len);
	buf_free(&script);
	return 0;
}
