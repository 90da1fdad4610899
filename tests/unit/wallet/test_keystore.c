/* SPDX-License-Identifier: MIT */
/* wallet: keystores are opened by their passphrase alone, any change to a file is
 * noticed, and their accounts are those of BIP49, 84 and 86. */
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "primitives/address.h"
#include "wallet/descriptor.h"
#include "wallet/keystore.h"

#define WORDS "abandon abandon abandon abandon abandon abandon abandon abandon " \
	      "abandon abandon abandon about"
#define WIF "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k"

static struct ec *ec;
static struct params params;

static int set_up(void **state)
{
	(void)state;
	ec = ec_open();
	return !ec || !params_builtin(&params, "main");
}

static int tear_down(void **state)
{
	(void)state;
	ec_close(ec);
	return 0;
}

static struct keystore *from_words(void)
{
	struct keystore *k = keystore_new(&params);
	uint8_t entropy[32];
	unsigned bad;
	size_t len;

	assert_non_null(k);
	assert_int_equal(bip39_parse(entropy, &len, &bad, WORDS, strlen(WORDS)),
			 BIP39_OK);
	assert_int_equal(keystore_set_entropy(k, ec, bytes_of(entropy, len),
					      (struct bytes){0}), ST_OK);
	return k;
}

static void the_first_addresses_are_those_of_the_bips(void **state)
{
	static const struct { unsigned purpose; const char *address; } want[] = {
		{84, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"},
		{86, "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"},
		{44, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"},
	};
	struct keystore *k = from_words();
	struct keystore_descriptor *d;
	struct arena a;
	size_t n, seen = 0;

	(void)state;
	arena_init(&a, 1 << 22);
	assert_true(keystore_descriptors(k, ec, 0, &a, &d, &n));
	assert_int_equal(n, 8);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < 3; j++) {
			char error[DESC_ERROR_SIZE], text[ADDRESS_TEXT_SIZE];
			struct desc_scripts s;
			struct descriptor *parsed;

			if (d[i].change || d[i].purpose != want[j].purpose)
				continue;
			parsed = desc_parse(&a, &params, ec, d[i].text,
					    strlen(d[i].text), true, error);
			assert_non_null(parsed);
			assert_false(desc_has_private(parsed));
			assert_true(desc_expand(parsed, ec, 0, &a, &s));
			assert_true(address_from_script(text, &params, s.script[0]));
			assert_string_equal(text, want[j].address);
			seen++;
		}
	}
	assert_int_equal(seen, 3);
	arena_free(&a);
	keystore_close(k);
}

static void seal(struct buf *b, const struct keystore *k, const char *pass)
{
	buf_init(b, KEYSTORE_FILE_MAX);
	assert_int_equal(keystore_seal(b, k, bytes_of_text(pass)), ST_OK);
}

static void a_passphrase_opens_what_it_closed_and_no_other_does(void **state)
{
	char words[BIP39_TEXT_SIZE], error[KEYSTORE_ERROR_SIZE];
	struct keystore *k = from_words(), *back;
	enum keystore_kind kind;
	bool locked;
	struct buf b;

	(void)state;
	assert_int_equal(keystore_import(k, ec, "wpkh(" WIF ")",
					 strlen("wpkh(" WIF ")"), error), ST_OK);
	keystore_set_created_s(k, 1700000000);
	seal(&b, k, "correct horse");
	keystore_close(k);
	assert_true(keystore_peek(buf_view(&b), &locked, &kind));
	assert_int_equal(kind, KEYSTORE_WALLET);
	assert_true(locked);
	assert_null(memmem(b.p, b.len, WIF, strlen(WIF)));
	assert_int_equal(keystore_unseal(&back, ec, buf_view(&b),
					 bytes_of_text("correct horsf")), ST_DENIED);
	assert_null(back);
	assert_int_equal(keystore_unseal(&back, ec, buf_view(&b),
					 (struct bytes){0}), ST_DENIED);
	assert_int_equal(keystore_unseal(&back, ec, buf_view(&b),
					 bytes_of_text("correct horse")), ST_OK);
	assert_true(keystore_words(back, words));
	assert_string_equal(words, WORDS);
	assert_int_equal(keystore_created_s(back), 1700000000);
	keystore_close(back);
	buf_free(&b);
}

static void every_changed_bit_and_every_cut_is_noticed(void **state)
{
	struct keystore *k = from_words(), *back;
	struct buf b;

	(void)state;
	/* without a passphrase opening costs nothing */
	seal(&b, k, "");
	keystore_close(k);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* scrypt's parameters would be dear to try: they are bounded, and
		 * what is within the bounds gives another key */
		if (bit / 8 < 11 || bit / 8 >= 20)
			assert_int_not_equal(keystore_unseal(&back, ec,
							     buf_view(&b),
							     (struct bytes){0}),
					     ST_OK);
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < b.len; n++)
		assert_int_not_equal(keystore_unseal(&back, ec, bytes_of(b.p, n),
						     (struct bytes){0}), ST_OK);
	/* n, r and p, one step each */
	for (size_t i = 11; i < 20; i += i == 11 ? 1 : 4) {
		b.p[i] ^= 1;
		assert_int_not_equal(keystore_unseal(&back, ec, buf_view(&b),
						     (struct bytes){0}), ST_OK);
		b.p[i] ^= 1;
	}
	/* and what asks for more than 1 GiB is not even tried */
	b.p[11] = 63;
	assert_int_equal(keystore_unseal(&back, ec, buf_view(&b),
					 (struct bytes){0}), ST_PARSE);
	b.p[11] = 4;
	assert_int_equal(keystore_unseal(&back, ec, buf_view(&b),
					 (struct bytes){0}), ST_OK);
	keystore_close(back);
	buf_free(&b);
}

static void two_files_of_one_keystore_share_nothing(void **state)
{
	struct keystore *k = from_words();
	struct buf one, two;

	(void)state;
	seal(&one, k, "");
	seal(&two, k, "");
	assert_memory_not_equal(one.p + 20, two.p + 20, 32);
	assert_memory_not_equal(one.p + 52, two.p + 52, 12);
	assert_memory_not_equal(one.p + 68, two.p + 68, 64);
	keystore_close(k);
	buf_free(&one);
	buf_free(&two);
}

static void files_are_private_and_never_half(void **state)
{
	char dir[] = "/tmp/keystore.XXXXXX", path[64];
	struct keystore *k = from_words();
	struct buf b, back;
	struct stat s;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.key", dir);
	seal(&b, k, "");
	umask(0);
	assert_int_equal(keystore_write(path, buf_view(&b), true), ST_OK);
	assert_int_equal(keystore_write(path, buf_view(&b), true), ST_BUSY);
	assert_int_equal(keystore_write(path, buf_view(&b), false), ST_OK);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_int_equal(keystore_read(path, &back), ST_OK);
	assert_true(bytes_equal(buf_view(&b), buf_view(&back)));
	buf_free(&back);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(keystore_read(path, &back), ST_DENIED);
	buf_free(&back);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	keystore_close(k);
	buf_free(&b);
}

static void keys_are_found_by_their_origin_or_by_themselves(void **state)
{
	struct keystore *k = from_words();
	struct keystore_keys keys = {k, ec};
	struct key_source source = keystore_source(&keys);
	char error[KEYSTORE_ERROR_SIZE];
	struct key_query q = {.has_origin = true, .n_path = 5,
			      .path = {84 | HDKEY_HARDENED, HDKEY_HARDENED,
				       HDKEY_HARDENED, 0, 0}};
	struct key_found f, same;
	struct buf script;

	(void)state;
	buf_init(&script, 100);
	assert_int_equal(address_to_script(&script, &params,
			 "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", 42),
			 ADDRESS_OK);
	assert_true(keystore_find_script(k, ec, buf_view(&script), NULL, 0, 10, &f));
	assert_true(keystore_fingerprint(k, q.fingerprint));
	assert_memory_equal(q.fingerprint, "\x73\xc5\xda\x0a", 4);
	q.pub = bytes_of(f.pub, f.pub_len);
	assert_true(source.find(source.arg, &q, &same));
	assert_memory_equal(f.secret, same.secret, 32);
	/* the right path, the key of another */
	q.path[4] = 1;
	assert_false(source.find(source.arg, &q, &same));
	assert_true(keystore_find_script(k, ec, buf_view(&script), q.path, 5, 0,
					 &same) == false);
	/* an imported one needs no origin */
	assert_int_equal(keystore_import(k, ec, "pkh(" WIF ")",
					 strlen("pkh(" WIF ")"), error), ST_OK);
	q = (struct key_query){0};
	buf_reset(&script);
	assert_int_equal(address_to_script(&script, &params,
			 "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l", 42),
			 ADDRESS_OK);
	q.pub = bytes_of(script.p + 2, 20);
	assert_true(source.find(source.arg, &q, &same));
	assert_int_equal(keystore_import(k, ec, "wpkh(xyz)", 9, error), ST_PARSE);
	keystore_close(k);
	buf_free(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_addresses_are_those_of_the_bips),
		cmocka_unit_test(a_passphrase_opens_what_it_closed_and_no_other_does),
		cmocka_unit_test(every_changed_bit_and_every_cut_is_noticed),
		cmocka_unit_test(two_files_of_one_keystore_share_nothing),
		cmocka_unit_test(files_are_private_and_never_half),
		cmocka_unit_test(keys_are_found_by_their_origin_or_by_themselves),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
