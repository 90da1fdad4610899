/* SPDX-License-Identifier: MIT */
#include "wallet/sign.h"

#include <stdlib.h>

#include "base/hex.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "primitives/script.h"
#include "wallet/digest.h"

#define SEQUENCE_REPLACEABLE 0xfffffffdu	/* BIP125 */
/* Version, locktime, the counts, the segwit marker. */
#define SIZE_FRAME 14
/* Value and script length of an output. */
#define SIZE_OUTPUT 11

struct wallet_signer {
	struct ec *ec;
};

struct wallet_signer *wallet_signer_open(void)
{
	struct wallet_signer *s = calloc(1, sizeof(*s));

	if (s)
		s->ec = ec_open();
	if (s && !s->ec) {
		free(s);
		s = NULL;
	}
	return s;
}

const struct ec *wallet_signer_ec(const struct wallet_signer *s)
{
	return s->ec;
}

void wallet_signer_close(struct wallet_signer *s)
{
	if (!s)
		return;
	ec_close(s->ec);
	free(s);
}

enum wallet_key_result wallet_key_parse(struct wallet_key *k,
					const struct params *p,
					const char *text, size_t len)
{
	bool compressed;

	if (len != 64) {
		switch (address_wif_decode(k->secret, &compressed, p, text, len)) {
		case ADDRESS_OTHER_NETWORK:
			return WALLET_KEY_OTHER_NETWORK;
		case ADDRESS_INVALID:
			return WALLET_KEY_INVALID;
		case ADDRESS_OK:
			break;
		}
	} else if (!hex_parse(k->secret, 32, text, len)) {
		return WALLET_KEY_INVALID;
	}
	return ec_seckey_valid(k->secret) ? WALLET_KEY_OK : WALLET_KEY_INVALID;
}

void wallet_key_wipe(struct wallet_key *k)
{
	wipe(k, sizeof(*k));
}

void wallet_text_wipe(void *text, size_t len)
{
	wipe(text, len);
}

/* --- which script it is, and with which form of the public key --- */

struct own {
	enum script_kind kind;
	uint8_t pubkey[EC_PUBKEY_MAX];
	size_t pubkey_len;
	uint8_t hash[20];
};

static enum wallet_pay_result own_find(struct own *own,
				       const struct wallet_signer *s,
				       const struct wallet_key *k,
				       struct bytes script)
{
	struct script_form form = script_classify(script);

	own->kind = form.kind;
	if (form.kind != SCRIPT_PUBKEY && form.kind != SCRIPT_PUBKEYHASH &&
	    form.kind != SCRIPT_WITNESS_V0_KEYHASH)
		return WALLET_PAY_FORM;
	for (int compressed = 1; compressed >= 0; compressed--) {
		own->pubkey_len = ec_pubkey_create(s->ec, own->pubkey, k->secret,
						   compressed);
		if (!own->pubkey_len)
			return WALLET_PAY_NOT_OURS;
		hash160(own->hash, own->pubkey, own->pubkey_len);
		if (bytes_equal(form.data, form.kind == SCRIPT_PUBKEY
				? bytes_of(own->pubkey, own->pubkey_len)
				: bytes_of(own->hash, 20)))
			return WALLET_PAY_OK;
		/* BIP143: keys of witness programs are compressed. */
		if (form.kind == SCRIPT_WITNESS_V0_KEYHASH)
			break;
	}
	return WALLET_PAY_NOT_OURS;
}

enum wallet_pay_result wallet_owns(const struct wallet_signer *s,
				   const struct wallet_key *k,
				   struct bytes script)
{
	struct own own;

	return own_find(&own, s, k, script);
}

/* --- how large --- */

/* Virtual bytes of one signed input, times four. */
static int64_t input_weight(const struct own *own)
{
	int64_t sig = 1 + 72, key = 1 + (int64_t)own->pubkey_len;

	if (own->kind == SCRIPT_WITNESS_V0_KEYHASH)
		return 4 * 41 + 1 + sig + key;
	return 4 * (41 + sig + (own->kind == SCRIPT_PUBKEYHASH ? key : 0));
}

static int64_t fee_for(const struct wallet_order *o, const struct own *own,
		       size_t n_in)
{
	int64_t vsize;

	if (o->fee_sat >= 0)
		return o->fee_sat;
	vsize = SIZE_FRAME + 2 * SIZE_OUTPUT + (int64_t)(o->to.len + o->from.len) +
		(input_weight(own) * (int64_t)n_in + 3) / 4;
	return (vsize * o->fee_rate_sat_kvb + 999) / 1000;
}

static int larger_first(const void *a, const void *b)
{
	const struct wallet_coin *x = a, *y = b;

	if (x->value_sat != y->value_sat)
		return x->value_sat < y->value_sat ? 1 : -1;
	return memcmp(&x->at.txid, &y->at.txid, sizeof(x->at.txid));
}

/* --- building --- */

/* Appends the signature of input `at`, with its hash type, and the key where
 * the form wants it: as script, or as witness items. */
static bool sign_input(const struct wallet_signer *s, const struct wallet_key *k,
		       const struct own *own, struct tx *tx, uint32_t at,
		       int64_t value, struct bytes from, struct arena *a)
{
	uint8_t sig[EC_DER_MAX + 1], msg[32];
	bool segwit = own->kind == SCRIPT_WITNESS_V0_KEYHASH;
	struct buf b;
	size_t n = 0;

	buf_init(&b, 256);
	if (segwit ? wallet_digest_segwit(msg, tx, at, own->hash, value) == ST_OK
		   : wallet_digest_legacy(msg, tx, at, from) == ST_OK)
		n = ec_sign_ecdsa(s->ec, sig, k->secret, msg);
	if (n) {
		sig[n++] = WALLET_SIGHASH_ALL;
		/* Both forms are a length byte and the bytes. */
		buf_u8(&b, (uint8_t)n);
		buf_add(&b, sig, n);
		if (own->kind != SCRIPT_PUBKEY) {
			buf_u8(&b, (uint8_t)own->pubkey_len);
			buf_add(&b, own->pubkey, own->pubkey_len);
		}
	}
	if (n && buf_status(&b) == ST_OK) {
		struct bytes v = bytes_of(arena_copy(a, b.p, b.len), b.len);

		n = v.p ? n : 0;
		if (segwit) {
			tx->in[at].witness = v;
			tx->in[at].n_witness = 2;
		} else {
			tx->in[at].script_sig = v;
		}
	}
	buf_free(&b);
	return n != 0;
}

static enum wallet_pay_result build(const struct wallet_signer *s,
				    const struct wallet_key *k,
				    const struct own *own,
				    const struct wallet_order *o,
				    const struct wallet_coin *coins,
				    struct buf *raw, const struct wallet_paid *paid)
{
	struct txout out[2] = {{o->amount_sat, o->to}, {paid->change_sat, o->from}};
	struct tx tx = {.version = 2, .n_in = paid->n_in, .out = out,
			.n_out = paid->change_sat ? 2 : 1,
			.has_witness = own->kind == SCRIPT_WITNESS_V0_KEYHASH};
	enum wallet_pay_result r = WALLET_PAY_FAILED;
	struct arena a;

	arena_init(&a, 1 << 20);
	tx.in = arena_calloc(&a, tx.n_in, sizeof(*tx.in));
	if (!tx.in)
		goto out;
	for (uint32_t i = 0; i < tx.n_in; i++) {
		tx.in[i].prevout = coins[i].at;
		tx.in[i].sequence = SEQUENCE_REPLACEABLE;
	}
	/* No digest depends on another input's signature. */
	for (uint32_t i = 0; i < tx.n_in; i++)
		if (!sign_input(s, k, own, &tx, i, coins[i].value_sat, o->from, &a))
			goto out;
	tx_write(raw, &tx, true);
	if (buf_status(raw) == ST_OK)
		r = WALLET_PAY_OK;
out:
	arena_free(&a);
	return r;
}

enum wallet_pay_result wallet_pay(const struct wallet_signer *s,
				  const struct wallet_key *k,
				  const struct wallet_order *o,
				  struct wallet_coin *coins, size_t n,
				  struct buf *raw, struct wallet_paid *paid)
{
	struct own own;
	enum wallet_pay_result r = own_find(&own, s, k, o->from);
	int64_t sum = 0;
	size_t i = 0;

	*paid = (struct wallet_paid){0};
	if (r != WALLET_PAY_OK)
		return r;
	qsort(coins, n, sizeof(*coins), larger_first);
	do {
		paid->fee_sat = fee_for(o, &own, i ? i : 1);
		paid->needed_sat = o->amount_sat + paid->fee_sat;
		if (sum >= paid->needed_sat && i)
			break;
		if (i == n)
			return WALLET_PAY_POOR;
		sum += coins[i++].value_sat;
	} while (1);
	if (i > WALLET_INPUTS_MAX)
		return WALLET_PAY_MANY;
	paid->n_in = (uint32_t)i;
	paid->change_sat = sum - paid->needed_sat;
	if (paid->change_sat < WALLET_DUST_SAT) {
		paid->fee_sat += paid->change_sat;
		paid->change_sat = 0;
	}
	return build(s, k, &own, o, coins, raw, paid);
}
