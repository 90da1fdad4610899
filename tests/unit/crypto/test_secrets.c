/* SPDX-License-Identifier: MIT */
/* HMAC, PBKDF2, scrypt, AES-256-GCM, random bytes: values from the standards. */
#include "tests/unit/crypto/fields.h"

#include "crypto/gcm.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/scrypt.h"
#include "crypto/wipe.h"

static struct bytes text(const char *s)
{
	return bytes_of(s, strlen(s));
}

/* RFC 4231, test cases 2 and 6 (a key longer than the block). */
static void hmac_of_rfc_4231(void **state)
{
	uint8_t h[64], key[131];

	hmac_sha256(h, text("Jefe"), text("what do ya want for nothing?"));
	assert_hex(h, 32,
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	hmac_sha512(h, text("Jefe"), text("what do ya want for nothing?"));
	assert_hex(h, 64,
		   "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
		   "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	memset(key, 0xaa, sizeof(key));
	hmac_sha256(h, bytes_of(key, sizeof(key)),
		    text("Test Using Larger Than Block-Size Key - Hash Key First"));
	assert_hex(h, 32,
		   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_sha512(h, bytes_of(key, sizeof(key)),
		    text("Test Using Larger Than Block-Size Key - Hash Key First"));
	assert_hex(h, 64,
		   "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
		   "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

/* BIP39, the first vector of its list: phrase, "mnemonic" + passphrase. */
static void pbkdf2_makes_the_seed_of_bip39(void **state)
{
	uint8_t seed[64];

	pbkdf2_sha512(seed,
		      text("abandon abandon abandon abandon abandon abandon "
			   "abandon abandon abandon abandon abandon about"),
		      text("mnemonicTREZOR"), 2048);
	assert_hex(seed, 64,
		   "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
		   "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
}

/* RFC 7914, section 12. */
static void scrypt_of_rfc_7914(void **state)
{
	uint8_t out[64];

	assert_int_equal(scrypt_derive(out, 64, text(""), text(""), 16, 1, 1), ST_OK);
	assert_hex(out, 64,
		   "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
		   "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
	assert_int_equal(scrypt_derive(out, 64, text("password"), text("NaCl"), 1024,
				       8, 16),
			 ST_OK);
	assert_hex(out, 64,
		   "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
		   "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

static void scrypt_refuses_parameters_it_cannot_serve(void **state)
{
	uint8_t out[32];

	assert_int_equal(scrypt_derive(out, 32, text("p"), text("s"), 1000, 8, 1),
			 ST_USAGE);
	assert_int_equal(scrypt_derive(out, 32, text("p"), text("s"), 0, 8, 1),
			 ST_USAGE);
	assert_int_equal(scrypt_derive(out, 32, text("p"), text("s"), 1024, 0, 1),
			 ST_USAGE);
	assert_int_equal(scrypt_derive(out, 32, text("p"), text("s"),
				       UINT64_C(1) << 40, 8, 1),
			 ST_USAGE);
	assert_int_equal(scrypt_derive(out, 32, text("p"), text("s"), 1 << 30,
				       UINT32_MAX, 1),
			 ST_USAGE);
}

/* The Galois/Counter Mode paper (McGrew, Viega), test case 16. */
static void gcm_of_the_papers_case_16(void **state)
{
	uint8_t key[32], iv[12], plain[60], aad[20], out[60], back[60], tag[16];

	hex_of(key, 32,
	       "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
	hex_of(iv, 12, "cafebabefacedbaddecaf888");
	hex_of(plain, 60,
	       "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	       "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
	hex_of(aad, 20, "feedfacedeadbeeffeedfacedeadbeefabaddad2");
	assert_int_equal(gcm_seal(out, tag, key, iv, bytes_of(aad, 20),
				  bytes_of(plain, 60)),
			 ST_OK);
	assert_hex(out, 60,
		   "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
		   "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
	assert_hex(tag, 16, "76fc6ece0f4e1768cddf8853bb2d551b");
	assert_int_equal(gcm_open(back, tag, key, iv, bytes_of(aad, 20),
				  bytes_of(out, 60)),
			 ST_OK);
	assert_memory_equal(back, plain, 60);
}

static void gcm_opens_nothing_that_was_changed(void **state)
{
	uint8_t key[32] = {1}, iv[12] = {2}, tag[16], out[8], back[8];
	const uint8_t zero[8] = {0};

	assert_int_equal(gcm_seal(out, tag, key, iv, text("id 7"), text("8 bytes!")),
			 ST_OK);
	assert_int_equal(gcm_open(back, tag, key, iv, text("id 8"), bytes_of(out, 8)),
			 ST_CORRUPT);
	assert_memory_equal(back, zero, 8);
	out[3] ^= 1;
	assert_int_equal(gcm_open(back, tag, key, iv, text("id 7"), bytes_of(out, 8)),
			 ST_CORRUPT);
	out[3] ^= 1;
	tag[15] ^= 1;
	assert_int_equal(gcm_open(back, tag, key, iv, text("id 7"), bytes_of(out, 8)),
			 ST_CORRUPT);
	tag[15] ^= 1;
	key[0] ^= 1;
	assert_int_equal(gcm_open(back, tag, key, iv, text("id 7"), bytes_of(out, 8)),
			 ST_CORRUPT);
	key[0] ^= 1;
	assert_int_equal(gcm_open(out, tag, key, iv, text("id 7"), bytes_of(out, 8)),
			 ST_OK);
	assert_memory_equal(out, "8 bytes!", 8);
}

static void gcm_seals_nothing_at_all(void **state)
{
	uint8_t key[32] = {0}, iv[12] = {0}, tag[16], out[1];

	/* Test case 13 of the paper. */
	assert_int_equal(gcm_seal(out, tag, key, iv, text(""), text("")), ST_OK);
	assert_hex(tag, 16, "530f8afbc74536b9a963b4f1c4cb738b");
	assert_int_equal(gcm_open(out, tag, key, iv, text(""), text("")), ST_OK);
}

static void random_bytes_differ(void **state)
{
	uint8_t a[32] = {0}, b[32] = {0}, c[32] = {0};

	assert_int_equal(rand_bytes(a, 32), ST_OK);
	assert_int_equal(rand_bytes(b, 32), ST_OK);
	assert_int_equal(rand_secret(c, 32), ST_OK);
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(b, c, 32);
	assert_int_equal(rand_bytes(NULL, 0), ST_OK);
}

static void wipe_zeroes_and_wipe_equal_compares(void **state)
{
	uint8_t a[40], zero[40] = {0};

	memset(a, 7, sizeof(a));
	assert_false(wipe_equal(a, zero, sizeof(a)));
	wipe(a, sizeof(a));
	assert_true(wipe_equal(a, zero, sizeof(a)));
	assert_true(wipe_equal(NULL, NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_of_rfc_4231),
		cmocka_unit_test(pbkdf2_makes_the_seed_of_bip39),
		cmocka_unit_test(scrypt_of_rfc_7914),
		cmocka_unit_test(scrypt_refuses_parameters_it_cannot_serve),
		cmocka_unit_test(gcm_of_the_papers_case_16),
		cmocka_unit_test(gcm_opens_nothing_that_was_changed),
		cmocka_unit_test(gcm_seals_nothing_at_all),
		cmocka_unit_test(random_bytes_differ),
		cmocka_unit_test(wipe_zeroes_and_wipe_equal_compares),
	};

	return cmocka_run_group_tests_name("crypto/secrets", tests, NULL, NULL);
}
