/* SPDX-License-Identifier: MIT */
/* wallet: words and extended keys against the vectors of BIP39 and BIP32. */
#include "tests/unit/primitives/vectors.h"

#include "wallet/bip39.h"
#include "wallet/hdkey.h"

static struct params main_params(void)
{
	struct params p;

	assert_true(params_builtin(&p, "main"));
	return p;
}

static void entropy_words_seed_and_key_are_those_of_bip39(void **state)
{
	json_t *all = vector_json("bip39/vectors.json"), *row;
	struct params p = main_params();
	struct ec *ec = ec_open();
	size_t i;

	(void)state;
	assert_non_null(ec);
	json_array_foreach(json_object_get(all, "english"), i, row) {
		const char *want = json_string_value(json_array_get(row, 1));
		char words[BIP39_TEXT_SIZE];
		uint8_t entropy[32], seed[64], back[32];
		struct buf b, text;
		struct hdkey k;
		unsigned bad;
		size_t len;

		buf_init(&b, 100);
		buf_init(&text, 200);
		vector_hex(&b, json_string_value(json_array_get(row, 0)));
		memcpy(entropy, b.p, b.len);
		len = b.len;
		bip39_words(words, bytes_of(entropy, len));
		assert_string_equal(words, want);
		assert_int_equal(bip39_parse(back, &len, &bad, want, strlen(want)),
				 BIP39_OK);
		assert_int_equal(len, b.len);
		assert_memory_equal(back, entropy, len);
		bip39_seed(seed, want, bytes_of_text("TREZOR"));
		vector_hex(&b, json_string_value(json_array_get(row, 2)));
		assert_memory_equal(seed, b.p, 64);
		assert_true(hdkey_master(&k, ec, bytes_of(seed, 64)));
		hdkey_text(&text, &k, &p, true);
		assert_string_equal(buf_str(&text),
				    json_string_value(json_array_get(row, 3)));
		buf_free(&b);
		buf_free(&text);
	}
	assert_true(i >= 24);
	ec_close(ec);
	json_decref(all);
}

static enum bip39_result parse(const char *text, unsigned *bad)
{
	uint8_t entropy[32];
	size_t len;

	return bip39_parse(entropy, &len, bad, text, strlen(text));
}

#define ELEVEN "abandon abandon abandon abandon abandon abandon abandon abandon " \
	       "abandon abandon abandon "

static void mistakes_in_words_are_told_apart(void **state)
{
	unsigned bad;

	(void)state;
	assert_int_equal(parse(ELEVEN "about", &bad), BIP39_OK);
	/* four letters, capitals and other white space are enough */
	assert_int_equal(parse("  ABAN aban\taban aban aban aban\naban aban aban "
			       "aban aban abou ", &bad), BIP39_OK);
	assert_int_equal(parse(ELEVEN "abandon", &bad), BIP39_CHECKSUM);
	assert_int_equal(parse(ELEVEN, &bad), BIP39_COUNT);
	assert_int_equal(parse("", &bad), BIP39_COUNT);
	assert_int_equal(parse(ELEVEN ELEVEN "about about about", &bad),
			 BIP39_COUNT);
	assert_int_equal(parse("abandon abadon " ELEVEN, &bad), BIP39_WORD);
	assert_int_equal(bad, 2);
	assert_int_equal(parse(ELEVEN "abo", &bad), BIP39_WORD);
	assert_int_equal(bad, 12);
	assert_int_equal(parse(ELEVEN "aboutaboutabout", &bad), BIP39_WORD);
}

static void every_path_of_bip32_gives_its_keys(void **state)
{
	json_t *all = vector_json("bip32/bip32_test_vectors.json"), *chain, *row;
	struct params p = main_params();
	struct ec *ec = ec_open();
	const char *seed;

	(void)state;
	json_object_foreach(all, seed, chain) {
		size_t i;

		json_array_foreach(chain, i, row) {
			const char *path = json_string_value(json_array_get(row, 0));
			const char *xpub = json_string_value(json_array_get(row, 1));
			const char *xprv = json_string_value(json_array_get(row, 2));
			uint32_t steps[HDKEY_PATH_MAX];
			struct hdkey k, back, pub;
			struct buf b, text;
			unsigned n;

			buf_init(&b, 100);
			buf_init(&text, 400);
			vector_hex(&b, seed);
			assert_true(hdkey_path_parse(steps, &n, path,
						     strlen(path)));
			assert_true(hdkey_master(&k, ec, buf_view(&b)));
			assert_true(hdkey_walk(&k, ec, steps, n));
			hdkey_text(&text, &k, &p, true);
			assert_string_equal(buf_str(&text), xprv);
			buf_reset(&text);
			hdkey_text(&text, &k, &p, false);
			assert_string_equal(buf_str(&text), xpub);
			/* read back; a public step is that of the private one */
			assert_true(hdkey_parse(&back, &p, ec, xprv, strlen(xprv)));
			assert_memory_equal(back.secret, k.secret, 32);
			assert_true(hdkey_parse(&pub, &p, ec, xpub, strlen(xpub)));
			assert_false(pub.has_secret);
			assert_true(hdkey_step(&back, ec, 7));
			assert_true(hdkey_step(&pub, ec, 7));
			assert_memory_equal(back.pub, pub.pub, 33);
			assert_memory_equal(back.chain_code, pub.chain_code, 32);
			assert_false(hdkey_step(&pub, ec, HDKEY_HARDENED));
			buf_free(&b);
			buf_free(&text);
		}
	}
	ec_close(ec);
	json_decref(all);
}

static void invalid_extended_keys_are_refused(void **state)
{
	json_t *all = vector_json("bip32/bip32_invalid_keys.json"), *row;
	struct params p = main_params();
	struct ec *ec = ec_open();
	struct hdkey k;
	size_t i;

	(void)state;
	json_array_foreach(all, i, row) {
		const char *text = json_string_value(json_array_get(row, 0));

		assert_false(hdkey_parse(&k, &p, ec, text, strlen(text)));
	}
	assert_true(i >= 10);
	ec_close(ec);
	json_decref(all);
}

static void paths_are_read_strictly(void **state)
{
	static const char *const bad[] = {"", "/", "m/", "m//1", "1/", "m/2147483648",
					  "m/1x", "m/-1", "m/h", "x/1", "m/1hh",
					  "m/99999999999"};
	uint32_t path[HDKEY_PATH_MAX];
	unsigned n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(hdkey_path_parse(path, &n, bad[i], strlen(bad[i])));
	assert_true(hdkey_path_parse(path, &n, "m", 1));
	assert_int_equal(n, 0);
	assert_true(hdkey_path_parse(path, &n, "m/84h/0'/2147483647", 19));
	assert_int_equal(n, 3);
	assert_int_equal(path[0], 84 | HDKEY_HARDENED);
	assert_int_equal(path[1], HDKEY_HARDENED);
	assert_int_equal(path[2], 2147483647);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entropy_words_seed_and_key_are_those_of_bip39),
		cmocka_unit_test(mistakes_in_words_are_told_apart),
		cmocka_unit_test(every_path_of_bip32_gives_its_keys),
		cmocka_unit_test(invalid_extended_keys_are_refused),
		cmocka_unit_test(paths_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
