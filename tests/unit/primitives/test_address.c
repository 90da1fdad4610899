/* SPDX-License-Identifier: MIT */
/* Addresses and WIF keys, over Bitcoin Core's key_io vectors. */
#include "tests/unit/primitives/vectors.h"

#include <ctype.h>

#include "primitives/address.h"

static const char *const networks[] = {
	"main", "testnet3", "testnet4", "signet", "regtest",
};

static void flip_case(char *s)
{
	for (; *s; s++)
		*s = (char)(isupper((unsigned char)*s) ?
			    tolower((unsigned char)*s) :
			    toupper((unsigned char)*s));
}

static void check_address(const struct params *p, json_t *row,
			  const struct buf *want)
{
	const char *text = json_string_value(json_array_get(row, 0));
	json_t *about = json_array_get(row, 2);
	char out[ADDRESS_TEXT_SIZE], flipped[ADDRESS_TEXT_SIZE];
	struct buf script;

	buf_init(&script, 200);
	assert_int_equal(address_to_script(&script, p, text, strlen(text)),
			 ADDRESS_OK);
	assert_true(bytes_equal(buf_view(&script), buf_view(want)));
	assert_true(address_from_script(out, p, buf_view(want)));
	assert_string_equal(out, text);

	snprintf(flipped, sizeof(flipped), "%s", text);
	flip_case(flipped);
	buf_reset(&script);
	assert_int_equal(address_to_script(&script, p, flipped, strlen(flipped)),
			 json_is_true(json_object_get(about, "tryCaseFlip")) ?
			 ADDRESS_OK : ADDRESS_INVALID);
	buf_free(&script);
}

static void check_key(const struct params *p, json_t *row, const struct buf *want)
{
	const char *text = json_string_value(json_array_get(row, 0));
	json_t *about = json_array_get(row, 2);
	char out[ADDRESS_TEXT_SIZE];
	uint8_t key[32];
	bool compressed;

	assert_int_equal(address_wif_decode(key, &compressed, p, text,
					    strlen(text)), ADDRESS_OK);
	assert_memory_equal(key, want->p, 32);
	assert_int_equal(compressed,
			 json_is_true(json_object_get(about, "isCompressed")));
	assert_string_equal(address_wif_encode(out, p, key, compressed), text);
}

static void cores_valid_keys_and_addresses(void **state)
{
	json_t *j = vector_json("core/key_io_valid.json"), *row;
	struct buf want, none;
	struct params p;
	size_t i;

	(void)state;
	buf_init(&want, 1000);
	buf_init(&none, 1000);
	json_array_foreach(j, i, row) {
		json_t *about = json_array_get(row, 2);
		const char *text = json_string_value(json_array_get(row, 0));
		const char *chain = json_string_value(json_object_get(about,
								      "chain"));
		uint8_t key[32];
		bool compressed;

		assert_true(params_builtin(&p, chain));
		vector_hex(&want, json_string_value(json_array_get(row, 1)));
		if (json_is_true(json_object_get(about, "isPrivkey"))) {
			check_key(&p, row, &want);
			assert_int_equal(address_to_script(&none, &p, text,
					 strlen(text)), ADDRESS_INVALID);
		} else {
			check_address(&p, row, &want);
			assert_int_equal(address_wif_decode(key, &compressed, &p,
					 text, strlen(text)), ADDRESS_INVALID);
		}
		/* On mainnet's side of the world another network's text is told
		 * from rubbish. */
		if (strcmp(chain, "main") == 0) {
			assert_true(params_builtin(&p, "regtest"));
			if (json_is_true(json_object_get(about, "isPrivkey")))
				assert_int_equal(address_wif_decode(key,
					&compressed, &p, text, strlen(text)),
					ADDRESS_OTHER_NETWORK);
			else
				assert_int_equal(address_to_script(&none, &p,
					text, strlen(text)),
					ADDRESS_OTHER_NETWORK);
		}
		assert_int_equal(none.len, 0);
	}
	assert_int_equal(i, 70);
	buf_free(&want);
	buf_free(&none);
	json_decref(j);
}

static void cores_invalid_texts_are_none_on_any_network(void **state)
{
	json_t *j = vector_json("core/key_io_invalid.json"), *row;
	struct params p;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	json_array_foreach(j, i, row) {
		const char *text = json_string_value(json_array_get(row, 0));

		for (size_t k = 0; k < 5; k++) {
			uint8_t key[32];
			bool compressed;

			assert_true(params_builtin(&p, networks[k]));
			if (address_to_script(&b, &p, text, strlen(text)) ==
			    ADDRESS_OK ||
			    address_wif_decode(key, &compressed, &p, text,
					       strlen(text)) == ADDRESS_OK)
				fail_msg("%s was taken", text);
		}
	}
	assert_int_equal(i, 70);
	assert_int_equal(b.len, 0);
	buf_free(&b);
	json_decref(j);
}

static void scripts_without_an_address(void **state)
{
	static const char *const hex[] = {
		"", "6a0400112233", "51",
		/* pay to public key */
		("2102000000000000000000000000000000000000000000000000000000000000"
		 "0001ac"),
		/* version 0 of another length */
		"0015000000000000000000000000000000000000000000",
	};
	char out[ADDRESS_TEXT_SIZE];
	struct params p;
	struct buf b;

	(void)state;
	assert_true(params_builtin(&p, "main"));
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(hex) / sizeof(*hex); i++) {
		vector_hex(&b, hex[i]);
		assert_false(address_from_script(out, &p, buf_view(&b)));
		assert_string_equal(out, "");
	}
	/* Core 28's anchor address. */
	vector_hex(&b, "51024e73");
	assert_true(address_from_script(out, &p, buf_view(&b)));
	assert_string_equal(out, "bc1pfeessrawgf");
	buf_free(&b);
}

static void keys_out_of_range_are_none(void **state)
{
	struct params p;
	char out[ADDRESS_TEXT_SIZE];
	uint8_t key[32], back[32];
	bool compressed;

	(void)state;
	assert_true(params_builtin(&p, "main"));
	memset(key, 0, 32);
	address_wif_encode(out, &p, key, true);
	assert_int_equal(address_wif_decode(back, &compressed, &p, out,
					    strlen(out)), ADDRESS_INVALID);
	memset(key, 0xff, 32);
	address_wif_encode(out, &p, key, true);
	assert_int_equal(address_wif_decode(back, &compressed, &p, out,
					    strlen(out)), ADDRESS_INVALID);
	assert_true(hex_parse(key, 32, "fffffffffffffffffffffffffffffffebaaedce6"
			      "af48a03bbfd25e8cd0364140", 64));
	address_wif_encode(out, &p, key, false);
	assert_int_equal(address_wif_decode(back, &compressed, &p, out,
					    strlen(out)), ADDRESS_OK);
	assert_false(compressed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cores_valid_keys_and_addresses),
		cmocka_unit_test(cores_invalid_texts_are_none_on_any_network),
		cmocka_unit_test(scripts_without_an_address),
		cmocka_unit_test(keys_out_of_range_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
