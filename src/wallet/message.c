/* SPDX-License-Identifier: MIT */
#include "wallet/message.h"

#include "base/base64.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "primitives/compactsize.h"

static void digest(uint8_t out[32], const char *text, size_t len)
{
	static const char magic[] = "\x18" "Bitcoin Signed Message:\n";
	uint8_t size[9];
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_add(&c, magic, sizeof(magic) - 1);
	sha256_add(&c, size, compactsize_put(size, len));
	sha256_add(&c, text, len);
	sha256d_done(&c, out);
}

bool message_sign_with(char out[MESSAGE_SIGNATURE_TEXT], const struct ec *ec,
		       const uint8_t secret[32], bool compressed,
		       const char *text, size_t len)
{
	uint8_t msg[32], sig[65];
	int recid;

	digest(msg, text, len);
	if (!ec_sign_recoverable(ec, sig + 1, &recid, secret, msg))
		return false;
	sig[0] = (uint8_t)(27 + recid + (compressed ? 4 : 0));
	base64_text(out, sig, sizeof(sig));
	return true;
}

bool message_sign(char out[MESSAGE_SIGNATURE_TEXT], const struct params *p,
		  const struct ec *ec, const char *key, size_t key_len,
		  const char *text, size_t len)
{
	uint8_t secret[32];
	bool compressed, good;

	if (address_wif_decode(secret, &compressed, p, key, key_len) != ADDRESS_OK)
		return false;
	good = message_sign_with(out, ec, secret, compressed, text, len);
	wipe(secret, sizeof(secret));
	return good;
}

enum message_result message_verify(const struct params *p, const char *address,
				   size_t address_len, const char *signature,
				   size_t signature_len, const char *text,
				   size_t len)
{
	enum message_result r = MESSAGE_BAD;
	struct script_form f;
	struct buf script, sig;
	uint8_t msg[32], key[65], hash[20];
	size_t n;

	buf_init(&script, 256);
	buf_init(&sig, 65536);
	if (address_to_script(&script, p, address, address_len) != ADDRESS_OK) {
		r = MESSAGE_NO_ADDRESS;
		goto out;
	}
	f = script_classify(buf_view(&script));
	if (f.kind != SCRIPT_PUBKEYHASH) {
		r = MESSAGE_NO_KEY;
		goto out;
	}
	if (!base64_parse(&sig, signature, signature_len)) {
		r = MESSAGE_MALFORMED;
		goto out;
	}
	if (sig.len != 65 || sig.p[0] < 27 || sig.p[0] > 34)
		goto out;
	digest(msg, text, len);
	n = ec_recover(key, sig.p[0] >= 31, sig.p + 1, (sig.p[0] - 27) & 3, msg);
	if (n) {
		hash160(hash, key, n);
		if (memcmp(hash, f.data.p, 20) == 0)
			r = MESSAGE_GOOD;
	}
out:
	buf_free(&script);
	buf_free(&sig);
	return r;
}
