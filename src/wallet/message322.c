/* SPDX-License-Identifier: MIT */
/*
 * BIP322, simple. The message's tagged hash is put into the input of a first
 * transaction that pays nothing to the address; a second one spends that, and its
 * witness is the signature.
 */
#include "wallet/message.h"

#include <stdlib.h>

#include "base/base64.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "primitives/tx.h"
#include "wallet/sigmsg.h"
#include "wallet/taptree.h"

#define WITNESS_MAX 1000

struct proof {
	struct tx tx;
	struct txin in;
	struct txout out, spent;
	struct sigmsg msg;
};

static const uint8_t op_return[] = {OP_RETURN};

/* The second transaction; script must outlive it. False: no memory. */
static bool build(struct proof *p, struct bytes script, struct bytes text)
{
	uint8_t first_script[34] = {OP_0, 32};
	struct txin first_in = {.prevout.n = OUTPOINT_NULL_N,
				.script_sig = bytes_of(first_script, 34)};
	struct sha256_ctx c;
	struct tx first;
	struct buf b;
	bool good;

	sha256_tagged_init(&c, "BIP0322-signed-message");
	sha256_add(&c, text.p, text.len);
	sha256_done(&c, first_script + 2);
	*p = (struct proof){0};
	p->spent = (struct txout){0, script};
	p->out = (struct txout){0, bytes_of(op_return, sizeof(op_return))};
	first = (struct tx){.in = &first_in, .n_in = 1, .out = &p->spent,
			    .n_out = 1};
	buf_init(&b, 20000);
	tx_write(&b, &first, false);
	good = buf_status(&b) == ST_OK;
	if (good)
		sha256d(p->in.prevout.txid.h.b, b.p, b.len);
	buf_free(&b);
	p->tx = (struct tx){.in = &p->in, .n_in = 1, .out = &p->out, .n_out = 1};
	sigmsg_init(&p->msg, &p->tx, &p->spent);
	return good;
}

/* What signs for P2WPKH, bare or in P2SH. */
static void digest_keyhash(uint8_t out[32], const struct proof *p,
			   const uint8_t hash[20])
{
	uint8_t code[25] = {OP_DUP, OP_HASH160, 20};

	memcpy(code + 3, hash, 20);
	code[23] = OP_EQUALVERIFY;
	code[24] = OP_CHECKSIG;
	sigmsg_v0(out, &p->msg, 0, bytes_of(code, sizeof(code)), SIGMSG_ALL);
}

/* Whether the script pays to the hash, bare or in P2SH. */
static bool pays_keyhash(const struct script_form *f, const uint8_t hash[20])
{
	uint8_t program[22] = {OP_0, 20}, outer[20];

	if (f->kind == SCRIPT_WITNESS_V0_KEYHASH)
		return memcmp(f->data.p, hash, 20) == 0;
	memcpy(program + 2, hash, 20);
	hash160(outer, program, sizeof(program));
	return f->kind == SCRIPT_SCRIPTHASH && memcmp(f->data.p, outer, 20) == 0;
}

static bool sign_taproot(uint8_t sig[64], const struct ec *ec,
			 const struct proof *p, const struct key_found *key,
			 const uint8_t q[32])
{
	static const uint8_t no_aux[32];
	uint8_t x[32], tweak[32], out[32], msg[32], secret[32];
	bool good;
	int parity;

	memcpy(secret, key->secret, 32);
	good = ec_xonly_create(ec, x, NULL, secret) &&
	       sigmsg_taproot(msg, &p->msg, 0, SIGMSG_DEFAULT);
	if (good && memcmp(x, q, 32) != 0) {
		taptree_tweak(tweak, x, NULL);
		good = ec_xonly_tweak_add(out, &parity, x, tweak) &&
		       memcmp(out, q, 32) == 0 &&
		       ec_seckey_tweak_xonly(ec, secret, tweak);
	}
	good = good && ec_sign_schnorr(ec, sig, secret, msg, no_aux);
	wipe(secret, sizeof(secret));
	return good;
}

bool message_sign_bip322(struct buf *out, const struct ec *ec,
			 const struct key_found *key, struct bytes script,
			 struct bytes text)
{
	struct script_form f = script_classify(script);
	uint8_t sig[EC_DER_MAX + 1], hash[20], msg[32];
	char in_text[BASE64_TEXT_SIZE(WITNESS_MAX)];
	struct proof p;
	struct buf w;
	size_t n;
	bool good;

	if (!build(&p, script, text))
		return false;
	buf_init(&w, WITNESS_MAX);
	if (f.kind == SCRIPT_WITNESS_V1_TAPROOT) {
		good = sign_taproot(sig, ec, &p, key, f.data.p);
		buf_u8(&w, 1);
		buf_u8(&w, 64);
		buf_add(&w, sig, 64);
	} else {
		hash160(hash, key->pub, key->pub_len);
		good = key->pub_len == 33 && pays_keyhash(&f, hash);
		digest_keyhash(msg, &p, hash);
		n = good ? ec_sign_ecdsa(ec, sig, key->secret, msg) : 0;
		good = n != 0;
		sig[n] = SIGMSG_ALL;
		buf_u8(&w, 2);
		buf_u8(&w, (uint8_t)(n + 1));
		buf_add(&w, sig, n + 1);
		buf_u8(&w, 33);
		buf_add(&w, key->pub, 33);
	}
	if (good && buf_status(&w) == ST_OK)
		buf_text(out, base64_text(in_text, w.p, w.len));
	good = good && buf_status(&w) == ST_OK && buf_status(out) == ST_OK;
	buf_free(&w);
	return good;
}

/* --- verifying --- */

static bool good_taproot(const struct proof *p, const uint8_t q[32],
			 struct bytes sig)
{
	uint8_t msg[32], type = SIGMSG_DEFAULT;

	if (sig.len == 65) {
		type = sig.p[64];
		/* BIP341: the byte is there only when it says something */
		if (type != SIGMSG_ALL)
			return false;
	}
	return (sig.len == 64 || sig.len == 65) &&
	       sigmsg_taproot(msg, &p->msg, 0, type) &&
	       ec_verify_schnorr(sig.p, q, msg);
}

static bool good_keyhash(const struct proof *p, const struct script_form *f,
			 struct bytes sig, struct bytes key)
{
	uint8_t hash[20], msg[32];

	hash160(hash, key.p, key.len);
	if (key.len != 33 || !sig.len || sig.p[sig.len - 1] != SIGMSG_ALL ||
	    !ec_der_is_strict(sig) || !ec_sig_is_low_s(sig) ||
	    !pays_keyhash(f, hash))
		return false;
	digest_keyhash(msg, p, hash);
	return ec_verify_ecdsa(bytes_of(sig.p, sig.len - 1), key, msg);
}

enum message_result message_verify_bip322(const struct params *params,
					  const char *address,
					  size_t address_len,
					  const char *signature,
					  size_t signature_len,
					  struct bytes text)
{
	enum message_result r = MESSAGE_BAD;
	struct bytes left, item[2] = {{0}};
	struct buf script, sig;
	struct script_form f;
	struct proof p;
	unsigned n = 0;

	buf_init(&script, 256);
	buf_init(&sig, 65536);
	if (address_to_script(&script, params, address, address_len) !=
	    ADDRESS_OK) {
		r = MESSAGE_NO_ADDRESS;
		goto out;
	}
	f = script_classify(buf_view(&script));
	if (f.kind != SCRIPT_WITNESS_V0_KEYHASH && f.kind != SCRIPT_SCRIPTHASH &&
	    f.kind != SCRIPT_WITNESS_V1_TAPROOT) {
		r = MESSAGE_NO_KEY;
		goto out;
	}
	if (!base64_parse(&sig, signature, signature_len)) {
		r = MESSAGE_MALFORMED;
		goto out;
	}
	if (!sig.len || sig.p[0] > 2 || !build(&p, buf_view(&script), text))
		goto out;
	left = bytes_of(sig.p + 1, sig.len - 1);
	while (n < 2 && witness_next(&left, &item[n]))
		n++;
	if (left.len || n != sig.p[0])
		goto out;
	if (f.kind == SCRIPT_WITNESS_V1_TAPROOT
		    ? n == 1 && good_taproot(&p, f.data.p, item[0])
		    : n == 2 && good_keyhash(&p, &f, item[0], item[1]))
		r = MESSAGE_GOOD;
out:
	buf_free(&script);
	buf_free(&sig);
	return r;
}
