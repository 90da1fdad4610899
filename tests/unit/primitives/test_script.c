/* SPDX-License-Identifier: MIT */
/* Scripts as bytes: reading, building, forms as Core's Solver has them. */
#include "tests/unit/primitives/vectors.h"

#include "primitives/address.h"
#include "primitives/script.h"

#define KEY33 "02" "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define KEY65 "04" "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" \
	"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
#define HASH20 "751e76e8199196d454941c45d1b3a323f1433bd6"
#define HASH32 "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"

static void decodescript_agrees_with_core(void **state)
{
	json_t *j = vector_json("core/rpc_decodescript.json"), *row;
	struct buf b, text;
	struct params p;
	size_t i;

	(void)state;
	assert_true(params_builtin(&p, "regtest"));
	buf_init(&b, 1000);
	buf_init(&text, 10000);
	json_array_foreach(j, i, row) {
		json_t *want = json_array_get(row, 1);
		const char *address = json_string_value(
			json_object_get(want, "address"));
		char out[ADDRESS_TEXT_SIZE];

		vector_hex(&b, json_string_value(json_array_get(row, 0)));
		buf_reset(&text);
		script_asm_core(&text, buf_view(&b), false);
		assert_string_equal(buf_str(&text),
			json_string_value(json_object_get(want, "asm")));
		assert_string_equal(
			script_kind_name(script_classify(buf_view(&b)).kind),
			json_string_value(json_object_get(want, "type")));
		assert_int_equal(address_from_script(out, &p, buf_view(&b)),
				 address != NULL);
		assert_string_equal(out, address ? address : "");
	}
	assert_int_equal(i, 10);
	buf_free(&b);
	buf_free(&text);
	json_decref(j);
}

static void forms_are_told_apart_byte_by_byte(void **state)
{
	static const struct { const char *hex; enum script_kind kind; } cases[] = {
		{"", SCRIPT_EMPTY},
		{"76a914" HASH20 "88ac", SCRIPT_PUBKEYHASH},
		{"76a914" HASH20 "88ad", SCRIPT_NONSTANDARD},
		{"76a914" HASH20 "88ac61", SCRIPT_NONSTANDARD},
		{"76a94c14" HASH20 "88ac", SCRIPT_NONSTANDARD},
		{"a914" HASH20 "87", SCRIPT_SCRIPTHASH},
		{"a94c14" HASH20 "87", SCRIPT_NONSTANDARD},
		{"21" KEY33 "ac", SCRIPT_PUBKEY},
		{"41" KEY65 "ac", SCRIPT_PUBKEY},
		/* the first byte says how long a key is */
		{"2104" HASH32 "ac", SCRIPT_NONSTANDARD},
		{"2105" HASH32 "ac", SCRIPT_NONSTANDARD},
		{"2103" HASH32 "ac", SCRIPT_PUBKEY},
		{"4102" HASH32 HASH32 "ac", SCRIPT_NONSTANDARD},
		{"4106" HASH32 HASH32 "ac", SCRIPT_PUBKEY},
		{"4107" HASH32 HASH32 "ac", SCRIPT_PUBKEY},
		{"4c21" KEY33 "ac", SCRIPT_NONSTANDARD},
		/* witness programs */
		{"0014" HASH20, SCRIPT_WITNESS_V0_KEYHASH},
		{"0020" HASH32, SCRIPT_WITNESS_V0_SCRIPTHASH},
		{"5120" HASH32, SCRIPT_WITNESS_V1_TAPROOT},
		{"5114" HASH20, SCRIPT_WITNESS_UNKNOWN},
		{"51024e73", SCRIPT_ANCHOR},
		{"51024e74", SCRIPT_WITNESS_UNKNOWN},
		{"52024e73", SCRIPT_WITNESS_UNKNOWN},
		{"00024e73", SCRIPT_NONSTANDARD},
		{"6020" HASH32, SCRIPT_WITNESS_UNKNOWN},
		{"6120" HASH32, SCRIPT_NONSTANDARD},
		{"5020" HASH32, SCRIPT_NONSTANDARD},
		{"4f20" HASH32, SCRIPT_NONSTANDARD},
		{"514c20" HASH32, SCRIPT_NONSTANDARD},
		{"5128" HASH20 HASH20, SCRIPT_WITNESS_UNKNOWN},
		{"5129" HASH20 HASH20 "00", SCRIPT_NONSTANDARD},
		{"510100", SCRIPT_NONSTANDARD},
		/* data */
		{"6a", SCRIPT_NULL_DATA},
		{"6a0451525354", SCRIPT_NULL_DATA},
		{"6a5160", SCRIPT_NULL_DATA},
		{"6a50", SCRIPT_NULL_DATA},
		{"6a61", SCRIPT_NONSTANDARD},
		{"6a05ff", SCRIPT_NONSTANDARD},
		/* bare multisig */
		{"5121" KEY33 "51ae", SCRIPT_MULTISIG},
		{"5141" KEY65 "51ae", SCRIPT_MULTISIG},
		{"514c21" KEY33 "51ae", SCRIPT_MULTISIG},
		{"5121" KEY33 "21" KEY33 "52ae", SCRIPT_MULTISIG},
		{"5221" KEY33 "21" KEY33 "52ae", SCRIPT_MULTISIG},
		{"5321" KEY33 "21" KEY33 "52ae", SCRIPT_NONSTANDARD},
		{"5121" KEY33 "21" KEY33 "51ae", SCRIPT_NONSTANDARD},
		{"5121" KEY33 "52ae", SCRIPT_NONSTANDARD},
		{"0021" KEY33 "51ae", SCRIPT_NONSTANDARD},
		{"5151ae", SCRIPT_NONSTANDARD},
		{"5121" KEY33 "51ae61", SCRIPT_NONSTANDARD},
		{"5121" KEY33 "5161ae", SCRIPT_NONSTANDARD},
		{"5121" KEY33 "51af", SCRIPT_NONSTANDARD},
		{"5121" KEY33 "0101ae", SCRIPT_NONSTANDARD},
		{"ae", SCRIPT_NONSTANDARD},
		{"51ae", SCRIPT_NONSTANDARD},
		{"512102ae", SCRIPT_NONSTANDARD},
	};
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct script_form f;

		vector_hex(&b, cases[i].hex);
		f = script_classify(buf_view(&b));
		if (f.kind != cases[i].kind)
			fail_msg("%s is %s", cases[i].hex,
				 script_kind_name(f.kind));
		if (f.kind == SCRIPT_NONSTANDARD)
			assert_int_equal(f.data.len, 0);
	}
	buf_free(&b);
}

/* Up to 20 keys; from 17 on their number is a pushed one. */
static void multisig_counts_go_to_twenty(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (unsigned n = 1; n <= 21; n++) {
		for (unsigned m = 1; m <= n; m++) {
			struct script_form f;
			uint8_t key[33];

			assert_true(hex_parse(key, 33, KEY33, 66));
			buf_reset(&b);
			script_push_int(&b, m);
			for (unsigned i = 0; i < n; i++)
				script_push(&b, key, sizeof(key));
			script_push_int(&b, n);
			buf_u8(&b, OP_CHECKMULTISIG);
			f = script_classify(buf_view(&b));
			assert_int_equal(f.kind, n <= 20 ? SCRIPT_MULTISIG :
				SCRIPT_NONSTANDARD);
			if (n <= 20) {
				assert_int_equal(f.m, m);
				assert_int_equal(f.n, n);
			}
		}
	}
	buf_free(&b);
}

static void predicates_of_scripts(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 20000);
	vector_hex(&b, "005160504f4c0100");
	assert_true(script_is_push_only(buf_view(&b)));
	vector_hex(&b, "005161");
	assert_false(script_is_push_only(buf_view(&b)));
	vector_hex(&b, "0201");
	assert_false(script_is_push_only(buf_view(&b)));
	vector_hex(&b, "");
	assert_true(script_is_push_only(buf_view(&b)));
	assert_false(script_is_unspendable(buf_view(&b)));
	vector_hex(&b, "6a");
	assert_true(script_is_unspendable(buf_view(&b)));
	vector_hex(&b, "516a");
	assert_false(script_is_unspendable(buf_view(&b)));
	buf_reset(&b);
	memset(buf_extend(&b, 10000), OP_NOP, 10000);
	assert_false(script_is_unspendable(buf_view(&b)));
	buf_u8(&b, OP_NOP);
	assert_true(script_is_unspendable(buf_view(&b)));
	buf_free(&b);
}

static void operations_are_read_to_the_cut(void **state)
{
	static const char *const cut[] = {
		"01", "4b", "4c", "4c01", "4d", "4d01", "4d0100", "4e", "4e010000",
		"4e01000000", "4effffffff00", "4dffff00",
	};
	struct bytes left, data;
	struct buf b;
	uint8_t op;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++) {
		vector_hex(&b, cut[i]);
		left = buf_view(&b);
		assert_false(script_next(&left, &op, &data));
		assert_int_equal(left.len, b.len);
	}
	vector_hex(&b, "004c004d00004e0000000002aabb4fac");
	left = buf_view(&b);
	for (int i = 0; i < 7; i++) {
		static const uint8_t ops[] = {0, 0x4c, 0x4d, 0x4e, 2, 0x4f, 0xac};

		assert_true(script_next(&left, &op, &data));
		assert_int_equal(op, ops[i]);
		assert_int_equal(data.len, op == 2 ? 2 : 0);
	}
	assert_false(script_next(&left, &op, &data));
	assert_int_equal(left.len, 0);
	buf_free(&b);
}

static void numbers_of_the_vectors(void **state)
{
	json_t *j = vector_json("encoding/script_number.json"), *row;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	json_array_foreach(j, i, row) {
		uint8_t out[9];

		vector_hex(&b, json_string_value(json_object_get(row, "hex")));
		assert_int_equal(script_num_put(out, json_integer_value(
			json_object_get(row, "number"))), b.len);
		assert_memory_equal(out, b.p, b.len);
	}
	assert_true(i > 20);
	assert_int_equal(script_num_put((uint8_t[9]){0}, INT64_MIN), 9);
	assert_int_equal(script_num_put((uint8_t[9]){0}, INT64_MAX), 8);
	buf_free(&b);
	json_decref(j);
}

/* BIP34 heights, as Core's CScript() << height. */
static void heights_are_pushed_minimally(void **state)
{
	static const struct { int64_t v; const char *hex; } cases[] = {
		{-1, "4f"}, {0, "00"}, {1, "51"}, {16, "60"}, {17, "0111"},
		{127, "017f"}, {128, "028000"}, {255, "02ff00"},
		{256, "020001"}, {32767, "02ff7f"}, {32768, "03008000"},
		{227931, "035b7a03"}, {8388607, "03ffff7f"},
		{8388608, "0400008000"}, {-2, "0182"}, {-128, "028080"},
	};
	struct buf b, want;

	(void)state;
	buf_init(&b, 100);
	buf_init(&want, 100);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&b);
		script_push_int(&b, cases[i].v);
		vector_hex(&want, cases[i].hex);
		assert_true(bytes_equal(buf_view(&b), buf_view(&want)));
	}
	buf_free(&b);
	buf_free(&want);
}

static void pushes_are_the_shortest(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 75, 76, 255, 256, 520, 65535, 65536};
	static uint8_t zeros[65536];
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct bytes left, data;
		size_t n = sizes[i];
		uint8_t op;

		buf_reset(&b);
		script_push(&b, zeros, n);
		assert_int_equal(b.len, n + (n < 76 ? 1 : n < 256 ? 2 :
					     n < 65536 ? 3 : 5));
		left = buf_view(&b);
		assert_true(script_next(&left, &op, &data));
		assert_int_equal(data.len, n);
		assert_int_equal(left.len, 0);
	}
	for (unsigned v = 0; v < 256; v++) {
		buf_reset(&b);
		script_push(&b, &(uint8_t){(uint8_t)v}, 1);
		assert_int_equal(b.len, (v >= 1 && v <= 16) || v == 0x81 ? 1 : 2);
	}
	buf_free(&b);
}

static void output_scripts_are_the_known_forms(void **state)
{
	uint8_t hash[32], key[65];
	struct script_form f;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_true(hex_parse(hash, 32, HASH32, 64));
	assert_true(hex_parse(key, 65, KEY65, 130));
	script_p2pk(&b, bytes_of(key, 65));
	f = script_classify(buf_view(&b));
	assert_int_equal(f.kind, SCRIPT_PUBKEY);
	assert_memory_equal(f.data.p, key, 65);
	buf_reset(&b);
	script_p2pkh(&b, hash);
	f = script_classify(buf_view(&b));
	assert_int_equal(f.kind, SCRIPT_PUBKEYHASH);
	assert_memory_equal(f.data.p, hash, 20);
	buf_reset(&b);
	script_p2sh(&b, hash);
	f = script_classify(buf_view(&b));
	assert_int_equal(f.kind, SCRIPT_SCRIPTHASH);
	assert_true(script_is_p2sh(buf_view(&b)));
	for (uint8_t v = 0; v <= 16; v++) {
		buf_reset(&b);
		script_witness(&b, v, bytes_of(hash, 32));
		f = script_classify(buf_view(&b));
		assert_int_equal(f.kind, v == 0 ? SCRIPT_WITNESS_V0_SCRIPTHASH :
				 v == 1 ? SCRIPT_WITNESS_V1_TAPROOT :
					  SCRIPT_WITNESS_UNKNOWN);
		assert_int_equal(f.version, v);
		assert_memory_equal(f.data.p, hash, 32);
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodescript_agrees_with_core),
		cmocka_unit_test(forms_are_told_apart_byte_by_byte),
		cmocka_unit_test(multisig_counts_go_to_twenty),
		cmocka_unit_test(predicates_of_scripts),
		cmocka_unit_test(operations_are_read_to_the_cut),
		cmocka_unit_test(numbers_of_the_vectors),
		cmocka_unit_test(heights_are_pushed_minimally),
		cmocka_unit_test(pushes_are_the_shortest),
		cmocka_unit_test(output_scripts_are_the_known_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
