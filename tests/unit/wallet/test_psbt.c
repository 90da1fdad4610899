/* SPDX-License-Identifier: MIT */
/* wallet: PSBTs, against BIP341's wallet vectors for taproot, and against the
 * rules of BIP174 for what is refused and what is signed. */
#include "tests/unit/primitives/vectors.h"

#include "base/base64.h"
#include "crypto/sha256.h"
#include "primitives/address.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "wallet/provider.h"
#include "wallet/psbt_final.h"
#include "wallet/psbt_sign.h"
#include "wallet/psbt_update.h"
#include "wallet/taptree.h"

#define ROOT "tprv8ZgxMBicQKsPd7Uf69XL1XwhmjHopUGep8GuEiJDZmbQz6o58LninorQAfcKZWARbtRtf" \
	     "nLcJ5MQ2AtHcQJCCRUcMRvmDUjyEmNUWwx8UbK"
/* The public keys of 1, 2 and 3. */
#define XONLY_1 "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define XONLY_2 "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
#define XONLY_3 "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"

struct keys {
	uint8_t secret[20][32];
	size_t n;
	const struct ec *ec;
};

static bool find(void *arg, const struct key_query *q, struct key_found *f)
{
	const struct keys *k = arg;

	for (size_t i = 0; i < k->n; i++)
		if (key_query_fits(q, k->ec, k->secret[i], true, f))
			return true;
	return false;
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* Bytes of a hexadecimal member, in the arena; p NULL when it is null. */
static struct bytes hex_of(struct arena *a, const json_t *o, const char *key)
{
	const char *hex = text_of(o, key);
	struct bytes v = {0};
	struct buf b;

	if (!hex)
		return v;
	buf_init(&b, 1 << 20);
	vector_hex(&b, hex);
	v = bytes_of(arena_copy(a, b.p, b.len), b.len);
	buf_free(&b);
	return v;
}

/* --- BIP341 --- */

static void trees_and_their_addresses_are_those_of_bip341(void **state)
{
	json_t *all = vector_json("core/bip341_wallet_vectors.json"), *row;
	unsigned leaves = 0;
	struct arena a;
	size_t i;

	(void)state;
	arena_init(&a, 1 << 20);
	json_array_foreach(json_object_get(all, "scriptPubKey"), i, row) {
		const json_t *given = json_object_get(row, "given");
		const json_t *mid = json_object_get(row, "intermediary");
		const json_t *want = json_object_get(row, "expected");
		struct bytes key = hex_of(&a, given, "internalPubkey");
		struct bytes root = hex_of(&a, mid, "merkleRoot");
		struct bytes spk = hex_of(&a, want, "scriptPubKey");
		const json_t *blocks = json_object_get(want,
						       "scriptPathControlBlocks");
		const json_t *tree = json_object_get(given, "scriptTree"), *block;
		uint8_t tweak[32], q[32], hash[32];
		int parity;
		size_t k;

		taptree_tweak(tweak, key.p, root.p);
		assert_memory_equal(tweak, hex_of(&a, mid, "tweak").p, 32);
		assert_true(ec_xonly_tweak_add(q, &parity, key.p, tweak));
		assert_memory_equal(q, spk.p + 2, 32);
		/* the trees with one leaf or two beside each other */
		json_array_foreach(blocks, k, block) {
			const json_t *leaf = json_is_array(tree)
						     ? json_array_get(tree, k)
						     : tree;
			struct bytes script;
			struct buf b;

			if (!json_is_object(leaf))
				break;
			script = hex_of(&a, leaf, "script");
			buf_init(&b, 1000);
			vector_hex(&b, json_string_value(block));
			assert_true(taptree_control_ok(buf_view(&b), script, q,
						       hash));
			b.p[0] ^= 1;
			assert_false(taptree_control_ok(buf_view(&b), script, q,
							hash));
			b.p[0] ^= 1;
			b.p[b.len - 1] ^= 1;
			assert_false(taptree_control_ok(buf_view(&b), script, q,
							hash));
			buf_free(&b);
			leaves++;
		}
	}
	assert_true(i >= 6 && leaves >= 4);
	arena_free(&a);
	json_decref(all);
}

/* The unsigned transaction with all its coins, from the vectors. */
static void begin(struct psbt *psbt, struct arena *a, const json_t *given)
{
	struct bytes raw = hex_of(a, given, "rawUnsignedTx");
	struct tx *tx = arena_new(a, struct tx);
	json_t *coin;
	size_t i;

	assert_int_equal(tx_parse(tx, raw.p, raw.len, a), ST_OK);
	assert_true(psbt_blank(psbt, tx, a));
	json_array_foreach(json_object_get(given, "utxosSpent"), i, coin) {
		struct txout out = {
			json_integer_value(json_object_get(coin, "amountSats")),
			hex_of(a, coin, "scriptPubKey")};

		assert_true(psbt_set_coin(psbt, (uint32_t)i, &out, a));
	}
}

static void key_path_signatures_are_those_of_bip341(void **state)
{
	json_t *all = vector_json("core/bip341_wallet_vectors.json"), *row;
	struct keys keys = {.ec = ec_open()};
	struct psbt_signing s = {.ec = keys.ec, .keys = {find, &keys},
				 .any_type = true};
	const json_t *set = json_array_get(json_object_get(all, "keyPathSpending"),
					   0);
	struct psbt_final f;
	struct psbt psbt;
	struct arena a;
	uint32_t at;
	unsigned n;
	size_t i;

	(void)state;
	arena_init(&a, 8 << 20);
	s.arena = &a;
	begin(&psbt, &a, json_object_get(set, "given"));
	json_array_foreach(json_object_get(set, "inputSpending"), i, row) {
		const json_t *g = json_object_get(row, "given");
		const json_t *mid = json_object_get(row, "intermediary");
		struct bytes root = hex_of(&a, g, "merkleRoot");
		struct psbt_map *m;
		uint8_t type[4] = {(uint8_t)json_integer_value(
			json_object_get(g, "hashType"))};

		m = &psbt.in[json_integer_value(json_object_get(g, "txinIndex"))];
		memcpy(keys.secret[keys.n++],
		       hex_of(&a, g, "internalPrivkey").p, 32);
		assert_true(psbt_put(m, PSBT_PLACE_IN, PSBT_IN_TAP_INTERNAL_KEY,
				     (struct bytes){0},
				     hex_of(&a, mid, "internalPubkey"), &a));
		assert_true(psbt_put(m, PSBT_PLACE_IN, PSBT_IN_SIGHASH,
				     (struct bytes){0}, bytes_of(type, 4), &a));
		if (root.p)
			assert_true(psbt_put(m, PSBT_PLACE_IN,
					     PSBT_IN_TAP_MERKLE_ROOT,
					     (struct bytes){0}, root, &a));
	}
	assert_true(i >= 7);
	assert_int_equal(psbt_sign(&psbt, &s, &n, &at), PSBT_SIGN_OK);
	assert_int_equal(n, i);
	assert_true(psbt_final_init(&f, &psbt, &a));
	json_array_foreach(json_object_get(set, "inputSpending"), i, row) {
		const json_t *g = json_object_get(row, "given");
		const json_t *want = json_array_get(json_object_get(
			json_object_get(row, "expected"), "witness"), 0);
		struct txin in;
		struct bytes left, item;
		struct buf b;
		bool witness;

		at = (uint32_t)json_integer_value(json_object_get(g, "txinIndex"));
		assert_int_equal(psbt_final_solve(&f, at, false, &in, NULL,
						  &witness), PSBT_FINAL_DONE);
		assert_true(witness);
		assert_int_equal(in.n_witness, 1);
		left = in.witness;
		assert_true(witness_next(&left, &item));
		buf_init(&b, 100);
		vector_hex(&b, json_string_value(want));
		assert_true(bytes_equal(buf_view(&b), item));
		buf_free(&b);
	}
	arena_free(&a);
	ec_close((struct ec *)(uintptr_t)keys.ec);
	json_decref(all);
}

/* --- descriptors, from the coin to the transaction --- */

struct bench {
	struct arena a;
	struct ec *ec;
	struct params params;
	struct provider p;
	struct psbt psbt;
	struct tx made, tx;
	struct txin in[2];
	struct txout out[2];
	struct buf raw;
};

static const struct descriptor *parse(struct bench *b, const char *text)
{
	char error[DESC_ERROR_SIZE];
	struct descriptor *d = desc_parse(&b->a, &b->params, b->ec, text,
					  strlen(text), false, error);

	if (!d)
		fail_msg("%s: %s", text, error);
	return d;
}

/* A coin of a descriptor at index 3, and a transaction that spends it. */
static void spend(struct bench *b, const char *text, bool secrets)
{
	const struct descriptor *d;
	struct desc_scripts s;

	memset(b, 0, sizeof(*b));
	arena_init(&b->a, 16 << 20);
	b->ec = ec_open();
	assert_true(params_builtin(&b->params, "regtest"));
	d = parse(b, text);
	provider_init(&b->p, &b->a, b->ec);
	for (uint32_t i = 0; i < 5; i++)
		assert_true(provider_add(&b->p, d, i, secrets));
	assert_true(desc_expand(d, b->ec, 3, &b->a, &s));
	b->out[0] = (struct txout){100000, s.script[0]};
	b->in[0].prevout.txid.h.b[0] = 7;
	b->made = (struct tx){.version = 2, .in = &b->in[0], .n_in = 1,
			      .out = &b->out[0], .n_out = 1};
	buf_init(&b->raw, 100000);
	tx_write(&b->raw, &b->made, false);
	sha256d(b->in[1].prevout.txid.h.b, b->raw.p, b->raw.len);
	b->out[1] = (struct txout){90000, s.script[0]};
	b->tx = (struct tx){.version = 2, .in = &b->in[1], .n_in = 1,
			    .out = &b->out[1], .n_out = 1};
	assert_true(psbt_blank(&b->psbt, &b->tx, &b->a));
	assert_true(psbt_set_made(&b->psbt, 0, buf_view(&b->raw), &b->a));
	assert_true(psbt_update_input(&b->psbt, 0, &b->p, true, &b->a));
	assert_true(psbt_update_output(&b->psbt, 0, &b->p, true, &b->a));
}

static void end(struct bench *b)
{
	provider_wipe(&b->p);
	buf_free(&b->raw);
	ec_close(b->ec);
	arena_free(&b->a);
}

static enum psbt_sign_result sign(struct bench *b, bool any_type, unsigned *n)
{
	struct psbt_signing s = {.ec = b->ec, .keys = provider_source(&b->p),
				 .any_type = any_type, .arena = &b->a};
	uint32_t at;

	return psbt_sign(&b->psbt, &s, n, &at);
}

static void every_form_is_signed_and_finalised(void **state)
{
	static const char *const forms[] = {
		"pk(" ROOT "/1/*)", "pkh(" ROOT "/1/*)", "wpkh(" ROOT "/1h/*)",
		"sh(wpkh(" ROOT "/1/*))", "sh(pkh(" ROOT "/1/*))",
		"wsh(pk(" ROOT "/1/*))", "sh(wsh(pkh(" ROOT "/1/*)))",
		"multi(2," ROOT "/1/*," ROOT "/2/*," ROOT "/3/*)",
		"sh(multi(2," ROOT "/1/*," ROOT "/2/*))",
		"wsh(sortedmulti(1," ROOT "/1/*," ROOT "/2/*))",
		"sh(wsh(multi(2," ROOT "/1/*," ROOT "/2/*)))",
		"tr(" ROOT "/1/*)", "rawtr(" ROOT "/1/*)",
		"tr(" ROOT "/1/*,{pk(" ROOT "/2/*),pk(" ROOT "/3/*)})",
		/* nobody knows this internal key: only the script can sign */
		"tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"
		",{pk(" ROOT "/2/*),{pk(" ROOT "/3/*),pk(" ROOT "/4/*)}})",
		"tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"
		",multi_a(2," ROOT "/2/*," ROOT "/3/*," ROOT "/4/*))",
		"tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"
		",{pk(" XONLY_3 "),sortedmulti_a(1," ROOT "/2/*," XONLY_3 ")})",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct psbt again;
		const char *error;
		struct bench b;
		bool complete;
		struct buf w;
		struct tx tx;
		unsigned n;

		spend(&b, forms[i], true);
		assert_int_equal(sign(&b, false, &n), PSBT_SIGN_OK);
		assert_true(n > 0);
		/* through its bytes, as others would get it */
		buf_init(&w, 1 << 20);
		psbt_write(&w, &b.psbt);
		assert_true(psbt_parse(&again, w.p, w.len, &b.a, &error));
		assert_true(psbt_finalize(&again, &b.a, &complete));
		if (!complete)
			fail_msg("not complete: %s", forms[i]);
		assert_true(psbt_extract(&again, &tx, &b.a));
		assert_true(tx.in[0].script_sig.len || tx.in[0].n_witness);
		buf_free(&w);
		end(&b);
	}
}

/* BIP387; the texts and addresses are Bitcoin Core's. */
static void keys_counted_in_a_tree_have_the_scripts_that_others_make(void **state)
{
#define H "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"
	static const struct { const char *text, *address; } good[] = {
		{"tr(" H ",multi_a(2," XONLY_1 "," XONLY_2 "," XONLY_3
		 "))#aqlv2rk3",
		 "bcrt1pm5jn9xnjz3v9xm7jjw2yheajy92pps5fdazdpfnmvzfymu787hhssa2zt3"},
		{"tr(" H ",sortedmulti_a(2," XONLY_3 "," XONLY_2 "," XONLY_1
		 "))#w4djyhwv",
		 "bcrt1pm5jn9xnjz3v9xm7jjw2yheajy92pps5fdazdpfnmvzfymu787hhssa2zt3"},
		{"tr(" H ",{pk(" XONLY_1 "),{sortedmulti_a(1," XONLY_3 "," XONLY_2
		 "),multi_a(1," XONLY_1 ")}})#35qtq4x6",
		 "bcrt1pvv0a4j0m9sfvp5w7v2quf05uq08sr6740mcxkrng7zvyydgdm2es5knvcs"},
	};
	static const char *const bad[] = {
		"multi_a(1," XONLY_1 ")", "wsh(multi_a(1," XONLY_1 "))",
		"tr(" H ",multi_a(0," XONLY_1 "))",
		"tr(" H ",multi_a(2," XONLY_1 "))", "tr(" H ",multi_a(1))",
		"tr(" H ",multi(1," XONLY_1 "))", "tr(" H ",multi_a)",
	};
	struct params p;
	struct ec *ec = ec_open();
	struct arena a;

	(void)state;
	assert_true(ec && params_builtin(&p, "regtest"));
	arena_init(&a, 1 << 22);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char error[DESC_ERROR_SIZE], address[ADDRESS_TEXT_SIZE];
		struct descriptor *d = desc_parse(&a, &p, ec, good[i].text,
						  strlen(good[i].text), true,
						  error);
		struct desc_scripts s;
		struct buf text;

		assert_non_null(d);
		assert_true(desc_expand(d, ec, 0, &a, &s));
		assert_true(address_from_script(address, &p, s.script[0]));
		assert_string_equal(address, good[i].address);
		buf_init(&text, 4096);
		desc_text(&text, d, &p, ec);
		assert_string_equal(buf_str(&text), good[i].text);
		buf_free(&text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char error[DESC_ERROR_SIZE] = "";

		assert_null(desc_parse(&a, &p, ec, bad[i], strlen(bad[i]), false,
				       error));
		assert_true(error[0]);
	}
	arena_free(&a);
	ec_close(ec);
#undef H
}

static void a_signature_with_a_changed_bit_completes_nothing(void **state)
{
	static const char *const forms[] = {"wpkh(" ROOT "/1/*)", "pkh(" ROOT "/1/*)",
					    "tr(" ROOT "/1/*)"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bench b;
		bool complete;
		unsigned n;

		spend(&b, forms[i], true);
		assert_int_equal(sign(&b, false, &n), PSBT_SIGN_OK);
		for (size_t k = 0; k < b.psbt.in[0].n; k++) {
			struct psbt_pair *p = &b.psbt.in[0].pair[k];

			if (p->type == PSBT_IN_PARTIAL_SIG ||
			    p->type == PSBT_IN_TAP_KEY_SIG)
				((uint8_t *)(uintptr_t)p->value.p)[20] ^= 1;
		}
		assert_true(psbt_finalize(&b.psbt, &b.a, &complete));
		assert_false(complete);
		end(&b);
	}
}

static void no_key_signs_what_is_not_its_own(void **state)
{
	struct bench b, other;
	unsigned n;

	(void)state;
	spend(&b, "wpkh(" ROOT "/1/*)", true);
	spend(&other, "wpkh(" ROOT "/9/*)", true);
	b.p = other.p;
	assert_int_equal(sign(&b, false, &n), PSBT_SIGN_OK);
	assert_int_equal(n, 0);
	end(&other);
	b.p.n_key = 0;
	end(&b);
}

static void other_hash_types_must_be_allowed(void **state)
{
	static const uint8_t types[] = {2, 3, 0x81, 0x82, 0x83, 0x80, 4, 0xff};

	(void)state;
	for (size_t i = 0; i < sizeof(types); i++) {
		const uint8_t v[4] = {types[i]};
		struct bench b;
		unsigned n;

		spend(&b, "wpkh(" ROOT "/1/*)", true);
		assert_true(psbt_put(&b.psbt.in[0], PSBT_PLACE_IN, PSBT_IN_SIGHASH,
				     (struct bytes){0}, bytes_of(v, 4), &b.a));
		assert_int_equal(sign(&b, false, &n), PSBT_SIGN_TYPE);
		/* and what is no hash type never is */
		assert_int_equal(sign(&b, true, &n), i < 5 ? PSBT_SIGN_OK
							   : PSBT_SIGN_TYPE);
		end(&b);
	}
}

static void a_coin_must_be_what_is_said_of_it(void **state)
{
	struct txout lie;
	struct bench b;
	unsigned n;

	(void)state;
	/* the amount differs from that of the transaction that made it */
	spend(&b, "wpkh(" ROOT "/1/*)", true);
	lie = b.out[0];
	lie.value++;
	assert_true(psbt_set_coin(&b.psbt, 0, &lie, &b.a));
	assert_int_equal(sign(&b, true, &n), PSBT_SIGN_COIN);
	end(&b);
	/* a coin without a witness must be shown by its whole transaction */
	spend(&b, "pkh(" ROOT "/1/*)", true);
	assert_true(psbt_set_coin(&b.psbt, 0, &b.out[0], &b.a));
	psbt_drop(&b.psbt.in[0], PSBT_IN_NON_WITNESS_UTXO);
	assert_int_equal(sign(&b, true, &n), PSBT_SIGN_OK);
	assert_int_equal(n, 0);
	end(&b);
	/* a script that does not hash to what the coin says is not signed */
	spend(&b, "wsh(pk(" ROOT "/1/*))", true);
	assert_true(psbt_put(&b.psbt.in[0], PSBT_PLACE_IN, PSBT_IN_WITNESS_SCRIPT,
			     (struct bytes){0}, bytes_of("\x51", 1), &b.a));
	assert_int_equal(sign(&b, true, &n), PSBT_SIGN_OK);
	assert_int_equal(n, 0);
	end(&b);
}

/* BIP174's cases of what may not be read, as far as they are about the frame. */
static void what_is_no_psbt_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "cHNidP8=", "cHNidP8A", "AgAAAAEmgXE3Ht/yhekAAAAA",
		/* no unsigned transaction */
		"cHNidP8AAA==",
	};
	struct psbt psbt;
	const char *error;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 1 << 20);
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_reset(&b);
		assert_true(base64_parse(&b, bad[i], strlen(bad[i])));
		assert_false(psbt_parse(&psbt, b.p, b.len, &a, &error));
		assert_non_null(error);
	}
	buf_free(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_and_their_addresses_are_those_of_bip341),
		cmocka_unit_test(key_path_signatures_are_those_of_bip341),
		cmocka_unit_test(
			keys_counted_in_a_tree_have_the_scripts_that_others_make),
		cmocka_unit_test(every_form_is_signed_and_finalised),
		cmocka_unit_test(a_signature_with_a_changed_bit_completes_nothing),
		cmocka_unit_test(no_key_signs_what_is_not_its_own),
		cmocka_unit_test(other_hash_types_must_be_allowed),
		cmocka_unit_test(a_coin_must_be_what_is_said_of_it),
		cmocka_unit_test(what_is_no_psbt_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
