/* SPDX-License-Identifier: MIT */
/*
 * script: what does judging an input cost beyond the signature itself?
 *
 * Checks transactions with one input, a key hash of witness version 0 and a
 * taproot key spend, from the parsed transaction on: the hashes shared by its
 * inputs, the script, the signature hash, the signature. Against it stands
 * libsecp256k1 alone on the same signatures: parse the key, parse the
 * signature, verify. `ratio: R` is the lower of both rates over the library's.
 *
 * Processor time of this thread; contestants take turns in short rounds, and the
 * ratio is the median of the rounds' ratios.
 */
#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/bug.h"
#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

#define SPENDS 32
#define ROUNDS 101
#define RAW_MAX 400

struct spend {
	uint8_t raw[RAW_MAX];
	uint8_t script[34];
	struct tx tx;
	struct coin coin;
	/* for the library alone */
	uint8_t key[33], sig[EC_DER_MAX], msg[32];
	size_t sig_len;
};

static struct spend ecdsa[SPENDS], schnorr[SPENDS];

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* One input, two outputs; the witness as given. */
static void make_tx(struct spend *s, struct arena *a, unsigned i,
		    struct bytes witness, uint32_t n_witness)
{
	struct txin in = {.prevout.n = i, .sequence = SEQUENCE_FINAL,
			  .n_witness = n_witness, .witness = witness};
	struct txout out[2] = {{1000 + i, bytes_of(s->script, s->coin.script.len)},
			       {2000, bytes_of(s->script, s->coin.script.len)}};
	struct tx tx = {.version = 2, .n_in = 1, .n_out = 2, .in = &in,
			.out = out, .has_witness = true};
	struct buf b;

	memset(in.prevout.txid.h.b, (int)i, 32);
	buf_init(&b, RAW_MAX);
	tx_write(&b, &tx, true);
	BUG_ON(buf_status(&b) != ST_OK);
	memcpy(s->raw, b.p, b.len);
	BUG_ON(tx_parse(&s->tx, s->raw, b.len, a) != ST_OK);
	buf_free(&b);
}

static void sign_ecdsa(struct spend *s, const struct ec *ec, struct arena *a,
		       unsigned i, const uint8_t secret[32])
{
	struct sighash_cache *c;
	struct hash256 h;
	struct buf b, code;
	uint8_t hash[20];

	BUG_ON(ec_pubkey_create(ec, s->key, secret, true) != 33);
	hash160(hash, s->key, 33);
	buf_init(&b, RAW_MAX);
	script_witness(&b, 0, bytes_of(hash, 20));
	memcpy(s->script, b.p, b.len);
	s->coin = (struct coin){.value = 5000, .script = bytes_of(s->script, b.len)};
	make_tx(s, a, i, bytes_of("\0", 1), 1);
	c = sighash_cache_new(&s->tx, &s->coin);
	BUG_ON(!c);
	buf_init(&code, 64);
	script_p2pkh(&code, hash);
	sighash_v0(&h, c, 0, buf_view(&code), 5000, SIGHASH_ALL);
	buf_free(&code);
	sighash_cache_free(c);
	memcpy(s->msg, h.b, 32);
	s->sig_len = ec_sign_ecdsa(ec, s->sig, secret, s->msg);
	buf_reset(&b);
	compactsize_add(&b, s->sig_len + 1);
	buf_add(&b, s->sig, s->sig_len);
	buf_u8(&b, SIGHASH_ALL);
	compactsize_add(&b, 33);
	buf_add(&b, s->key, 33);
	make_tx(s, a, i, buf_view(&b), 2);
	buf_free(&b);
}

static void sign_schnorr(struct spend *s, const struct ec *ec, struct arena *a,
			 unsigned i, const uint8_t secret[32])
{
	struct taproot_ext ext = {.codesep = UINT32_MAX};
	static const uint8_t aux[32];
	struct sighash_cache *c;
	struct hash256 h;
	struct buf b;

	BUG_ON(!ec_xonly_create(ec, s->key, NULL, secret));
	buf_init(&b, RAW_MAX);
	script_witness(&b, 1, bytes_of(s->key, 32));
	memcpy(s->script, b.p, b.len);
	s->coin = (struct coin){.value = 5000, .script = bytes_of(s->script, b.len)};
	make_tx(s, a, i, bytes_of("\0", 1), 1);
	c = sighash_cache_new(&s->tx, &s->coin);
	BUG_ON(!c || !sighash_taproot(&h, c, 0, &ext, SIGHASH_DEFAULT));
	sighash_cache_free(c);
	memcpy(s->msg, h.b, 32);
	BUG_ON(!ec_sign_schnorr(ec, s->sig, secret, s->msg, aux));
	buf_reset(&b);
	compactsize_add(&b, 64);
	buf_add(&b, s->sig, 64);
	make_tx(s, a, i, buf_view(&b), 1);
	buf_free(&b);
}

/* Seconds for all of them, by us. */
static double check(const struct spend *spends)
{
	double start = now_s();

	for (int i = 0; i < SPENDS; i++) {
		const struct spend *s = &spends[i];
		struct sighash_cache *c = sighash_cache_new(&s->tx, &s->coin);
		enum script_error e;
		int32_t pos;

		BUG_ON(!c || script_check(&s->tx, 0, &s->coin, c,
					  (struct consensus_flags){CF_ALL},
					  (struct policy_flags){0}, NULL, &e,
					  &pos) != ST_OK || e != SCRIPT_ERR_OK);
		sighash_cache_free(c);
	}
	return now_s() - start;
}

/* Seconds for their signatures alone, by the library. */
static double verify_ecdsa(void)
{
	const secp256k1_context *ctx = secp256k1_context_static;
	double start = now_s();

	for (int i = 0; i < SPENDS; i++) {
		const struct spend *s = &ecdsa[i];
		secp256k1_ecdsa_signature sig;
		secp256k1_pubkey key;

		BUG_ON(!secp256k1_ec_pubkey_parse(ctx, &key, s->key, 33) ||
		       !secp256k1_ecdsa_signature_parse_der(ctx, &sig, s->sig,
							    s->sig_len) ||
		       !secp256k1_ecdsa_verify(ctx, &sig, s->msg, &key));
	}
	return now_s() - start;
}

static double verify_schnorr(void)
{
	const secp256k1_context *ctx = secp256k1_context_static;
	double start = now_s();

	for (int i = 0; i < SPENDS; i++) {
		const struct spend *s = &schnorr[i];
		secp256k1_xonly_pubkey key;

		BUG_ON(!secp256k1_xonly_pubkey_parse(ctx, &key, s->key) ||
		       !secp256k1_schnorrsig_verify(ctx, s->sig, s->msg, 32,
						    &key));
	}
	return now_s() - start;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double measure(const char *name, const struct spend *spends,
		      double (*library)(void))
{
	double ratio[ROUNDS], ours[ROUNDS], theirs[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		theirs[i] = library();
		ours[i] = check(spends);
		ratio[i] = (theirs[i] + library()) / 2 / ours[i];
	}
	qsort(ratio, ROUNDS, sizeof(*ratio), by_value);
	qsort(ours, ROUNDS, sizeof(*ours), by_value);
	qsort(theirs, ROUNDS, sizeof(*theirs), by_value);
	printf("%-8s %8.2f us an input, the library alone %8.2f us, %.3f\n",
	       name, ours[ROUNDS / 2] / SPENDS * 1e6,
	       theirs[ROUNDS / 2] / SPENDS * 1e6, ratio[ROUNDS / 2]);
	return ratio[ROUNDS / 2];
}

int main(void)
{
	struct ec *ec = ec_open();
	struct arena a;
	double p2wpkh, taproot;

	BUG_ON(!ec);
	arena_init(&a, (size_t)1 << 24);
	for (unsigned i = 0; i < SPENDS; i++) {
		uint8_t secret[32] = {1, [30] = (uint8_t)(i >> 8),
				      [31] = (uint8_t)i};

		sign_ecdsa(&ecdsa[i], ec, &a, i, secret);
		sign_schnorr(&schnorr[i], ec, &a, i, secret);
	}
	p2wpkh = measure("p2wpkh", ecdsa, verify_ecdsa);
	taproot = measure("taproot", schnorr, verify_schnorr);
	printf("ratio: %.3f\n", p2wpkh < taproot ? p2wpkh : taproot);
	arena_free(&a);
	ec_close(ec);
	return 0;
}
