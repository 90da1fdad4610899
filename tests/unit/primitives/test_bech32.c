/* SPDX-License-Identifier: MIT */
/* Bech32 and bech32m, over the vectors of BIP173, BIP350 and bitcoinjs. */
#include "tests/unit/primitives/vectors.h"

#include <ctype.h>

#include "primitives/bech32.h"

static void lower(char *out, const char *in)
{
	do
		*out++ = (char)tolower((unsigned char)*in);
	while (*in++);
}

static void valid_rows(json_t *rows, enum bech32_form form)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *text = json_string_value(json_object_get(row,
								     "string"));
		const char *prefix = json_string_value(json_object_get(row,
								       "prefix"));
		json_t *words = json_object_get(row, "words"), *word;
		char hrp[84], want[84], out[BECH32_TEXT_MAX], low[200];
		uint8_t values[84];
		size_t n, k;

		/* Some rows have more than BIP173's 90 characters. */
		if (strlen(text) > 90) {
			assert_int_equal(bech32_decode(hrp, values, &n, text,
						       strlen(text)), BECH32_NONE);
			continue;
		}
		if (bech32_decode(hrp, values, &n, text, strlen(text)) != form)
			fail_msg("%s", text);
		lower(want, prefix);
		assert_string_equal(hrp, want);
		assert_int_equal(n, json_array_size(words));
		json_array_foreach(words, k, word)
			assert_int_equal(values[k], json_integer_value(word));
		lower(low, text);
		assert_true(bech32_encode(out, hrp, values, n, form));
		assert_string_equal(out, low);
		/* One character changed is never right. */
		for (k = strlen(hrp) + 1; k < strlen(low); k++) {
			char was = low[k];

			low[k] = was == 'q' ? 'p' : 'q';
			assert_int_equal(bech32_decode(hrp, values, &n, low,
						       strlen(low)), BECH32_NONE);
			low[k] = was;
		}
	}
	assert_true(i > 4);
}

static void strings_of_the_vectors(void **state)
{
	json_t *j = vector_json("encoding/bech32_fixtures.json");

	(void)state;
	valid_rows(json_object_get(json_object_get(j, "bech32"), "valid"), BECH32);
	valid_rows(json_object_get(json_object_get(j, "bech32m"), "valid"),
		   BECH32M);
	json_decref(j);
}

/* BIP173's and BIP350's lists. */
static void invalid_strings_are_refused(void **state)
{
	static const char *const bad[] = {
		" 1nwldj5", "\x7f" "1axkwrx", "\x80" "1eym55h",
		"an84characterslonghumanreadablepartthatcontainsthetheexcluded"
		"charactersbioandnumber11d6pts4",
		"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3",
		"de1lg7wt\xff", "A1G7SGD8", "10a06t8", "1qzzfhee",
		" 1xj0phk", "\x7f" "1g6xzxy", "\x80" "1vctc34", "qyrz8wqd2c9m",
		"1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0", "in1muywd",
		"mm1crxm3i", "au1s5cgom", "M1VUXWEZ", "16plkw9", "1p2gdwpf",
		"a12uel5L", "A12uEL5L", "",
	};
	char hrp[84];
	uint8_t values[84];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (bech32_decode(hrp, values, &n, bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
	/* The extension weakness of bech32 (a q before a final p) still is one,
	 * and is none for bech32m. */
	assert_int_equal(bech32_decode(hrp, values, &n, "ii2134hk2xmat79tp", 17),
			 BECH32);
	assert_int_equal(bech32_decode(hrp, values, &n, "ii2134hk2xmat79tqp", 18),
			 BECH32);
}

static void witness_addresses_of_bip350(void **state)
{
	static const struct { const char *hrp, *address, *script; } valid[] = {
		{"bc", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
		 "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
		{"tb", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
		 "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
		{"bc", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5"
		 "xw7kt5nd6y",
		 "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941"
		 "c45d1b3a323f1433bd6"},
		{"bc", "BC1SW50QGDZ25J", "6002751e"},
		{"bc", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
		 "5210751e76e8199196d454941c45d1b3a323"},
		{"tb", "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
		 "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
		{"bc", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
		 "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
	};
	static const char *const bad[] = {
		"tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
		"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
		"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
		"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
		"bc1pw5dgrnzv", "bc1gmk9yu",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
		"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
	};
	uint8_t version, program[40];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++) {
		char out[BECH32_TEXT_MAX], low[100], hex[100];

		assert_true(bech32_address_decode(valid[i].hrp, &version, program,
			&n, valid[i].address, strlen(valid[i].address)));
		snprintf(hex, sizeof(hex), "%02x%02zx",
			 version ? 0x50 + version : 0, n);
		hex_text(hex + 4, program, n);
		assert_string_equal(hex, valid[i].script);
		assert_true(bech32_address_encode(out, valid[i].hrp, version,
						  bytes_of(program, n)));
		lower(low, valid[i].address);
		assert_string_equal(out, low);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (bech32_address_decode("bc", &version, program, &n, bad[i],
					  strlen(bad[i])))
			fail_msg("%s", bad[i]);
}

static void regrouping_bits_is_exact(void **state)
{
	json_t *j = vector_json("encoding/bech32_fixtures.json"), *row, *word;
	uint8_t out[64], in[128];
	size_t i, k, n;

	(void)state;
	json_array_foreach(json_object_get(json_object_get(j, "fromWords"),
					   "invalid"), i, row) {
		json_array_foreach(json_object_get(row, "words"), k, word)
			in[k] = (uint8_t)json_integer_value(word);
		assert_false(bech32_regroup(out, sizeof(out), &n, in, k, 5, 8,
					    false));
	}
	assert_int_equal(i, 2);
	in[0] = 32;
	assert_false(bech32_regroup(out, sizeof(out), &n, in, 1, 5, 8, true));
	memset(in, 0xff, sizeof(in));
	assert_true(bech32_regroup(out, 8, &n, in, 5, 8, 5, true));
	assert_int_equal(n, 8);
	assert_int_equal(out[7], 31);
	assert_false(bech32_regroup(out, 7, &n, in, 5, 8, 5, true));
	json_decref(j);
}

static void what_cannot_be_text_is_not_encoded(void **state)
{
	uint8_t values[90] = {0};
	char out[BECH32_TEXT_MAX];

	(void)state;
	assert_false(bech32_encode(out, "", values, 1, BECH32));
	assert_false(bech32_encode(out, "Ab", values, 1, BECH32));
	assert_false(bech32_encode(out, "a b", values, 1, BECH32));
	assert_true(bech32_encode(out, "bc", values, 81, BECH32));
	assert_int_equal(strlen(out), 90);
	assert_false(bech32_encode(out, "bc", values, 82, BECH32));
	values[3] = 32;
	assert_false(bech32_encode(out, "bc", values, 8, BECH32));
	assert_false(bech32_address_encode(out, "bc", 0, bytes_of(values, 21)));
	assert_false(bech32_address_encode(out, "bc", 17, bytes_of(values, 20)));
	assert_false(bech32_address_encode(out, "bc", 1, bytes_of(values, 41)));
	assert_false(bech32_address_encode(out, "bc", 1, bytes_of(values, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_of_the_vectors),
		cmocka_unit_test(invalid_strings_are_refused),
		cmocka_unit_test(witness_addresses_of_bip350),
		cmocka_unit_test(regrouping_bits_is_exact),
		cmocka_unit_test(what_cannot_be_text_is_not_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
