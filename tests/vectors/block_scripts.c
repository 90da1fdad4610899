/* SPDX-License-Identifier: MIT */
/*
 * The scripts of a real transaction: all inputs are good, and no signature in
 * them can lose a bit.
 *
 * Before BIP66 some bytes of a signature meant nothing (the length of its
 * sequence); then only R, S and the hash type are touched.
 */
#include "tests/vectors/block_scripts.h"

#include <inttypes.h>
#include <stdio.h>

#include "crypto/der.h"
#include "primitives/script.h"

bool vec_tx_scripts(const struct tx *tx, const struct coin *coins,
		    struct consensus_flags flags, char *why, size_t size)
{
	struct sighash_cache *c = sighash_cache_new(tx, coins);
	enum script_error e = SCRIPT_ERR_OK;
	bool good = c;
	int32_t pos;

	for (uint32_t i = 0; good && i < tx->n_in; i++) {
		good = script_check(tx, i, coins, c, flags, vec_policy(0), NULL,
				    &e, &pos) == ST_OK && e == SCRIPT_ERR_OK;
		if (!good)
			snprintf(why, size, "input %" PRIu32 ": %s at %" PRId32,
				 i, script_error_name(e), pos);
	}
	sighash_cache_free(c);
	return good;
}

/* What is the same for all signatures of an input. */
struct spend {
	struct vec_run *r;
	const struct tx *tx;
	uint32_t n_in;
	const struct coin *coins;
	const struct sighash_cache *cache;
	struct consensus_flags flags;
	uint32_t turn;		/* which byte of the next signature */
};

/* May byte k of the signature be any other one, in the lax reading? */
static bool is_ignored(const uint8_t *sig, size_t k)
{
	size_t s_at = 4 + (size_t)sig[3] + 2;

	return k < 4 || k == s_at - 2 || k == s_at - 1 ||
	       (k == 4 && !sig[4]) || (k == s_at && !sig[s_at]);
}

static void flip(struct spend *s, const uint8_t *sig, size_t len)
{
	uint8_t *byte = (uint8_t *)(uintptr_t)sig;
	bool der = len != 64 && len != 65;
	enum script_error e = SCRIPT_ERR_OK;
	size_t k = s->turn++ * 7 % len;
	enum status st;
	int32_t pos;

	while (der && !(s->flags.bits & CF_DERSIG) && is_ignored(sig, k))
		k = (k + 1) % len;
	byte[k] ^= 1;
	st = script_check(s->tx, s->n_in, s->coins, s->cache, s->flags,
			  vec_policy(0), NULL, &e, &pos);
	byte[k] ^= 1;
	vec_check(s->r, st == ST_OK && e != SCRIPT_ERR_OK,
		  "input %" PRIu32 " is good with byte %zu of a signature "
		  "changed", s->n_in, k);
}

static void flip_if_signature(struct spend *s, struct bytes v, bool schnorr)
{
	if (ec_der_is_strict(v) || (schnorr && (v.len == 64 || v.len == 65)))
		flip(s, v.p, v.len);
}

static void flip_input(struct spend *s)
{
	const struct txin *in = &s->tx->in[s->n_in];
	struct bytes script = s->coins[s->n_in].script;
	struct bytes left = in->script_sig, v;
	bool schnorr = script.len == 34 && script.p[0] == OP_1;
	uint8_t op;

	while (script_next(&left, &op, &v)) {
		if (op <= OP_PUSHDATA4)
			flip_if_signature(s, v, false);
	}
	for (left = in->witness; witness_next(&left, &v);)
		flip_if_signature(s, v, schnorr);
}

void vec_tx_flips(struct vec_run *r, const struct tx *tx,
		  const struct coin *coins, struct consensus_flags flags)
{
	struct sighash_cache *c = sighash_cache_new(tx, coins);
	struct spend s = {r, tx, 0, coins, c, flags, tx->txid.h.b[0]};

	for (; c && s.n_in < tx->n_in; s.n_in++)
		flip_input(&s);
	sighash_cache_free(c);
}
