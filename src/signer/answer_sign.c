/* SPDX-License-Identifier: MIT */
#include "signer/answer_sign.h"

#include <stdio.h>

#include "crypto/wipe.h"
#include "primitives/address.h"
#include "wallet/blockpsbt.h"
#include "wallet/message.h"
#include "wallet/psbt_sign.h"

#define ARENA_MAX ((size_t)64 << 20)
#define SEARCHED 1000	/* addresses of each kind that are looked at */

#define say(error, ...) snprintf(error, VAULT_ERROR_SIZE, __VA_ARGS__)

static enum signer_result sign(struct psbt *psbt, const struct psbt_signing *s,
			       struct buf *out, char error[VAULT_ERROR_SIZE])
{
	enum psbt_sign_result r;
	struct buf text;
	uint32_t at;
	unsigned n;

	r = psbt_sign(psbt, s, &n, &at);
	if (r != PSBT_SIGN_OK) {
		psbt_sign_explain(error, VAULT_ERROR_SIZE, r, at);
		return r == PSBT_SIGN_NO_MEMORY ? SIGNER_FAILED : SIGNER_REFUSED;
	}
	buf_init(&text, SIGNER_FRAME_MAX);
	psbt_write(&text, psbt);
	if (buf_status(&text) != ST_OK) {
		say(error, "The signed transaction is too big for the signer.");
		buf_free(&text);
		return SIGNER_FAILED;
	}
	signer_field(out, SIGNER_F_PSBT, buf_view(&text));
	signer_field_u32(out, SIGNER_F_SIGNED, n);
	buf_free(&text);
	return SIGNER_OK;
}

enum signer_result answer_psbt(const struct keystore *k, const struct ec *ec,
			       const struct signer_frame *f, struct buf *out,
			       char error[VAULT_ERROR_SIZE])
{
	struct bytes raw = signer_field_find(f, SIGNER_F_PSBT);
	struct keystore_keys keys = {k, ec};
	struct psbt_signing s = {.ec = ec, .keys = keystore_source(&keys)};
	enum signer_result r;
	const char *why;
	struct psbt psbt;
	struct arena a;
	uint32_t flags;

	if (keystore_kind(k) == KEYSTORE_VALIDATOR) {
		say(error, "This keystore is a validator's: it signs votes and "
			   "nothing else.");
		return SIGNER_REFUSED;
	}
	arena_init(&a, ARENA_MAX);
	s.arena = &a;
	if (!signer_field_find_u32(f, SIGNER_F_NUMBER, 0, &flags) ||
	    flags & ~SIGNER_ANY_SIGHASH) {
		say(error, "The flags are not known.");
		r = SIGNER_BAD;
	} else if (!psbt_parse(&psbt, raw.p, raw.len, &a, &why)) {
		say(error, "The PSBT cannot be read: %s.", why);
		r = SIGNER_BAD;
	} else if (keystore_kind(k) == KEYSTORE_MAKER && !blockpsbt_is(&psbt, &a)) {
		say(error, "This keystore is a maker's: it signs blocks and nothing "
			   "else.");
		r = SIGNER_REFUSED;
	} else {
		s.any_type = flags & SIGNER_ANY_SIGHASH;
		r = sign(&psbt, &s, out, error);
	}
	arena_free(&a);
	return r;
}

/* The key of the address that the question names. */
static enum signer_result find(const struct keystore *k, const struct ec *ec,
			       const struct signer_frame *f, struct buf *script,
			       struct key_found *key,
			       char error[VAULT_ERROR_SIZE])
{
	struct bytes address = signer_field_find(f, SIGNER_F_ADDRESS);
	struct bytes steps = signer_field_find(f, SIGNER_F_PATH);
	uint32_t path[HDKEY_PATH_MAX];
	unsigned n = (unsigned)(steps.len / 4);

	if (steps.len % 4 || steps.len > sizeof(path)) {
		say(error, "The path cannot be read.");
		return SIGNER_BAD;
	}
	for (unsigned i = 0; i < n; i++)
		path[i] = le32_get(steps.p + (size_t)4 * i);
	if (!address.len ||
	    address_to_script(script, keystore_params(k), (const char *)address.p,
			      address.len) != ADDRESS_OK) {
		say(error, "This is no address of the chain that the keys are for.");
		return SIGNER_BAD;
	}
	if (!keystore_find_script(k, ec, buf_view(script), path, n, SEARCHED, key)) {
		say(error, "The keystore has no key for this address.");
		return SIGNER_NOT_FOUND;
	}
	return SIGNER_OK;
}

enum signer_result answer_message(const struct keystore *k, const struct ec *ec,
				  const struct signer_frame *f, struct buf *out,
				  char error[VAULT_ERROR_SIZE])
{
	struct bytes text = signer_field_find(f, SIGNER_F_MESSAGE);
	char sig[MESSAGE_SIGNATURE_TEXT];
	enum signer_result r = SIGNER_OK;
	struct key_found key;
	struct buf script;
	uint32_t kind;

	if (!signer_field_find_u32(f, SIGNER_F_NUMBER, 0, &kind) ||
	    kind > SIGNER_MESSAGE_BIP322 || !text.p) {
		say(error, "The kind of signature is not known.");
		return SIGNER_BAD;
	}
	if (keystore_kind(k) != KEYSTORE_WALLET) {
		say(error, "This keystore signs no messages: it is no wallet's.");
		return SIGNER_REFUSED;
	}
	buf_init(&script, 256);
	r = find(k, ec, f, &script, &key, error);
	if (r == SIGNER_OK && kind == SIGNER_MESSAGE_LEGACY) {
		if (script_classify(buf_view(&script)).kind != SCRIPT_PUBKEYHASH) {
			say(error, "Signatures of this kind are for addresses of a "
				   "key's hash (P2PKH) alone: ask for BIP322.");
			r = SIGNER_REFUSED;
		} else if (!message_sign_with(sig, ec, key.secret,
					      key.pub_len == 33,
					      (const char *)text.p, text.len)) {
			say(error, "The message could not be signed.");
			r = SIGNER_FAILED;
		} else {
			signer_field(out, SIGNER_F_TEXT, bytes_of_text(sig));
		}
	} else if (r == SIGNER_OK) {
		struct buf proof;

		buf_init(&proof, 4096);
		if (message_sign_bip322(&proof, ec, &key, buf_view(&script), text))
			signer_field(out, SIGNER_F_TEXT, buf_view(&proof));
		else {
			say(error, "The message cannot be signed for this kind of "
				   "address.");
			r = SIGNER_REFUSED;
		}
		buf_free(&proof);
	}
	wipe(&key, sizeof(key));
	buf_free(&script);
	return r;
}
