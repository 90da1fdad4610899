/* SPDX-License-Identifier: MIT */
/*
 * sighash: Bitcoin Core's sighash.json. bip341: the BIP's wallet vectors, where
 * a case is one output, one signature hash, or one input of the signed
 * transaction, and one for the hashes shared by all inputs.
 */
#include <stdlib.h>

#include "base/hex.h"
#include "consensus/sighash.h"
#include "consensus/taproot.h"
#include "crypto/ec.h"
#include "tests/vectors/scripts.h"

#define ARENA_MAX ((size_t)64 << 20)

/* Bytes of hex text in the arena; p is NULL when it is none. */
static struct bytes unhex(struct arena *a, const json_t *v)
{
	size_t len;
	uint8_t *raw = vec_unhex(vec_json_text(v), &len);
	struct bytes b = bytes_of(raw ? arena_copy(a, raw, len) : NULL, len);

	free(raw);
	return b;
}

static bool is_hash(const json_t *v, const uint8_t hash[32])
{
	struct bytes text = vec_json_text(v);
	uint8_t want[32];

	return hex_parse(want, 32, (const char *)text.p, text.len) &&
	       memcmp(want, hash, 32) == 0;
}

/* [raw transaction, script, input, hash type, signature hash] */
static bool sighash_row(const json_t *row, struct arena *a)
{
	struct bytes raw = unhex(a, json_array_get(row, 0));
	struct script_code code = {unhex(a, json_array_get(row, 1)), NULL, 0};
	uint32_t n_in = (uint32_t)json_integer_value(json_array_get(row, 2));
	uint32_t type = (uint32_t)json_integer_value(json_array_get(row, 3));
	struct bytes text = vec_json_text(json_array_get(row, 4));
	struct sighash_cache *c;
	struct hash256 want, got, again;
	struct sighash_memo memo = {0};
	struct tx tx;

	if (!raw.p || !code.script.p ||
	    tx_parse(&tx, raw.p, raw.len, a) != ST_OK || n_in >= tx.n_in ||
	    !hash256_parse(&want, (const char *)text.p, text.len))
		return false;
	c = sighash_cache_new(&tx, NULL);
	if (!c)
		return false;
	sighash_legacy(&got, c, n_in, &code, type, &memo);
	sighash_legacy(&again, c, n_in, &code, type, &memo);
	sighash_cache_free(c);
	return hash256_equal(&want, &got) && hash256_equal(&got, &again);
}

int vec_sighash(struct vec_run *r, char *const *files, int n)
{
	json_t *rows = vec_json(r, files[0]), *row;
	size_t i;

	(void)n;
	json_array_foreach(rows, i, row) {
		struct arena a;

		if (json_array_size(row) < 5)
			continue;
		arena_init(&a, ARENA_MAX);
		vec_check(r, sighash_row(row, &a), "row %zu: another hash", i);
		arena_free(&a);
	}
	json_decref(rows);
	return 1;
}

/* --- BIP341 --- */

/* The control block of leaf `id` leads from that leaf to the output. */
static bool control_good(const json_t *v, const json_t *leaf, struct bytes key,
			 struct arena *a)
{
	size_t id = (size_t)json_integer_value(json_object_get(leaf, "id"));
	struct bytes script = unhex(a, json_object_get(leaf, "script"));
	struct bytes control = unhex(a, json_array_get(json_object_get(
		json_object_get(v, "expected"), "scriptPathControlBlocks"), id));
	uint8_t version = (uint8_t)json_integer_value(
		json_object_get(leaf, "leafVersion"));
	struct hash256 hash;

	if (!script.p || !control.p || !taproot_control_size_ok(control.len))
		return false;
	taproot_leaf_hash(&hash, version, script);
	return is_hash(json_array_get(json_object_get(
			       json_object_get(v, "intermediary"), "leafHashes"), id),
		       hash.b) &&
	       (control.p[0] & TAPROOT_LEAF_MASK) == version &&
	       taproot_commits(key, control, &hash);
}

/* All leaves of a tree of nested pairs. */
static bool tree_good(const json_t *v, const json_t *tree, struct bytes key,
		      struct arena *a)
{
	if (json_is_array(tree))
		return tree_good(v, json_array_get(tree, 0), key, a) &&
		       tree_good(v, json_array_get(tree, 1), key, a);
	return json_is_null(tree) || control_good(v, tree, key, a);
}

static bool output_good(const json_t *v, struct arena *a)
{
	const json_t *given = json_object_get(v, "given");
	const json_t *mid = json_object_get(v, "intermediary");
	struct bytes internal = unhex(a, json_object_get(given, "internalPubkey"));
	struct bytes tweak = unhex(a, json_object_get(mid, "tweak"));
	struct bytes script = unhex(a, json_object_get(
		json_object_get(v, "expected"), "scriptPubKey"));
	uint8_t key[32];
	int parity;

	return internal.p && internal.len == 32 && tweak.p && tweak.len == 32 &&
	       script.p && script.len == 34 &&
	       ec_xonly_tweak_add(key, &parity, internal.p, tweak.p) &&
	       memcmp(key, script.p + 2, 32) == 0 &&
	       tree_good(v, json_object_get(given, "scriptTree"),
			 bytes_of(script.p + 2, 32), a);
}

static bool midhashes_good(const struct sighash_cache *c, const json_t *v)
{
	return is_hash(json_object_get(v, "hashAmounts"), c->amounts.b) &&
	       is_hash(json_object_get(v, "hashOutputs"), c->outputs.b) &&
	       is_hash(json_object_get(v, "hashPrevouts"), c->prevouts.b) &&
	       is_hash(json_object_get(v, "hashScriptPubkeys"), c->scripts.b) &&
	       is_hash(json_object_get(v, "hashSequences"), c->sequences.b);
}

static bool spending_good(const struct sighash_cache *c, const json_t *v)
{
	const json_t *given = json_object_get(v, "given");
	uint32_t n_in = (uint32_t)json_integer_value(
		json_object_get(given, "txinIndex"));
	struct taproot_ext ext = {.codesep = UINT32_MAX};
	struct hash256 h;

	return n_in < c->tx->n_in &&
	       sighash_taproot(&h, c, n_in, &ext, (uint8_t)json_integer_value(
				       json_object_get(given, "hashType"))) &&
	       is_hash(json_object_get(json_object_get(v, "intermediary"),
				       "sigHash"), h.b);
}

static void check_spending(struct vec_run *r, const json_t *v, struct arena *a)
{
	const json_t *spent = json_object_get(json_object_get(v, "given"),
					      "utxosSpent");
	struct bytes raw = unhex(a, json_object_get(
		json_object_get(v, "auxiliary"), "fullySignedTx"));
	struct sighash_cache *c;
	struct coin *coins;
	json_t *item;
	struct tx tx;
	size_t i;

	if (!raw.p || tx_parse(&tx, raw.p, raw.len, a) != ST_OK ||
	    json_array_size(spent) != tx.n_in) {
		vec_fail(r, "the signed transaction cannot be read");
		return;
	}
	coins = arena_calloc(a, tx.n_in, sizeof(*coins));
	json_array_foreach(spent, i, item) {
		coins[i].script = unhex(a, json_object_get(item, "scriptPubKey"));
		coins[i].value = json_integer_value(
			json_object_get(item, "amountSats"));
	}
	c = sighash_cache_new(&tx, coins);
	vec_check(r, midhashes_good(c, json_object_get(v, "intermediary")),
		  "hashes shared by all inputs");
	json_array_foreach(json_object_get(v, "inputSpending"), i, item)
		vec_check(r, spending_good(c, item), "signature hash %zu", i);
	for (uint32_t k = 0; k < tx.n_in; k++)
		vec_check(r, vec_check_input(&tx, k, coins, VEC_FLAGS_ALL, NULL) ==
			  SCRIPT_ERR_OK, "input %u of the signed transaction", k);
	sighash_cache_free(c);
}

int vec_bip341(struct vec_run *r, char *const *files, int n)
{
	json_t *all = vec_json(r, files[0]), *v;
	struct arena a;
	size_t i;

	(void)n;
	arena_init(&a, ARENA_MAX);
	json_array_foreach(json_object_get(all, "scriptPubKey"), i, v)
		vec_check(r, output_good(v, &a), "scriptPubKey %zu", i);
	json_array_foreach(json_object_get(all, "keyPathSpending"), i, v)
		check_spending(r, v, &a);
	arena_free(&a);
	json_decref(all);
	return 1;
}
