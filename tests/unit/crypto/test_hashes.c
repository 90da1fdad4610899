/* SPDX-License-Identifier: MIT */
/* RIPEMD-160, SHA-1, SHA-512, HASH160 and SipHash against published values. */
#include "tests/unit/crypto/fields.h"

#include "crypto/hash160.h"
#include "crypto/hmac.h"
#include "crypto/siphash.h"

static void nist_sha1_messages_have_their_digests(void **state)
{
	int n = field_cavp("crypto/nist_SHA1ShortMsg.txt", 20, sha1);

	if (!n)
		skip();
	assert_int_equal(n, 65);
}

static void nist_sha512_messages_have_their_digests(void **state)
{
	int n = field_cavp("crypto/nist_SHA512ShortMsg.txt", 64, sha512);

	if (!n)
		skip();
	assert_int_equal(n, 129);
}

/* The table of the RIPEMD-160 paper (Dobbertin, Bosselaers, Preneel). */
static void ripemd160_of_the_papers_messages(void **state)
{
	static const struct {
		const char *text, *md;
	} t[] = {
		{"", "9c1185a5c5e9fc54612808977ee8f548b2258d31"},
		{"a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"},
		{"abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
		{"message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"},
		{"abcdefghijklmnopqrstuvwxyz",
		 "f71c27109c692c1b56bbdceb5b9d2865b3708dbc"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "12a053384a9c0c88e405a06c27dcf49ada62eb2b"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		 "b0e20b6e3116640286ed3a87a5713079b21f5189"},
	};
	uint8_t h[20];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ripemd160(h, t[i].text, strlen(t[i].text));
		assert_hex(h, 20, t[i].md);
	}
}

static void hash160_of_the_generator_is_its_address(void **state)
{
	uint8_t pub[33], h[20];

	/* BIP173: the P2WPKH program of the key 1. */
	hex_of(pub, 33,
	       "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
	hash160(h, pub, 33);
	assert_hex(h, 20, "751e76e8199196d454941c45d1b3a323f1433bd6");
}

static void siphash_of_the_papers_example(void **state)
{
	uint8_t k[16], m[15];
	struct siphash_key key;

	for (int i = 0; i < 16; i++)
		k[i] = (uint8_t)i;
	memcpy(m, k, 15);
	key = siphash_key_of(k);
	assert_true(siphash(&key, m, 15) == 0xa129ca6149be45e5);
}

static uint64_t number(const char *hex)
{
	char text[17] = {0};

	memcpy(text, hex, 16);
	return strtoull(text, NULL, 16);
}

static void siphash_vectors(void **state)
{
	size_t len, n;
	char *file = unit_vector("core/siphash.json", &len);
	struct siphash_key key = {0, 0};
	uint8_t data[4096];
	const char *f;
	int cases = 0;

	if (!file)
		skip();
	len = 0;
	for (const char *p = file; p; p = field_next_line(p)) {
		if ((f = field_after(p, "\"key\": [\"", "]", &n))) {
			key.k0 = number(f);
			key.k1 = number(strchr(f, ',') + 3);
		} else if ((f = field_after(p, "\"input\": [", "]", &n))) {
			const char *end = f + n;

			for (len = 0; f < end; f++) {
				const char *q = f + strspn(f, "\", ");
				size_t digits = strcspn(q, "\"]");

				if (q >= end)
					break;
				len += field_hex(data + len, sizeof(data) - len, q,
						 digits);
				f = q + digits;
			}
		} else if ((f = field_after(p, "\"siphash24\": \"", "\"", &n))) {
			uint64_t want = number(f);

			assert_true(siphash(&key, data, len) == want);
			if (len == 32)
				assert_true(siphash_32(&key, data) == want);
			if (len == 36)
				assert_true(siphash_32_u32(
						    &key, data,
						    le32_get(data + 32)) == want);
			cases++;
		}
	}
	assert_true(cases >= 100);
	free(file);
}

static void siphash_of_an_outpoint_equals_that_of_its_36_bytes(void **state)
{
	const struct siphash_key key = {0x0123456789abcdef, 0xfedcba9876543210};
	uint8_t b[36];

	for (int i = 0; i < 36; i++)
		b[i] = (uint8_t)(200 - 3 * i);
	assert_true(siphash(&key, b, 36) ==
		    siphash_32_u32(&key, b, le32_get(b + 32)));
	assert_true(siphash(&key, b, 32) == siphash_32(&key, b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nist_sha1_messages_have_their_digests),
		cmocka_unit_test(nist_sha512_messages_have_their_digests),
		cmocka_unit_test(ripemd160_of_the_papers_messages),
		cmocka_unit_test(hash160_of_the_generator_is_its_address),
		cmocka_unit_test(siphash_of_the_papers_example),
		cmocka_unit_test(siphash_vectors),
		cmocka_unit_test(
			siphash_of_an_outpoint_equals_that_of_its_36_bytes),
	};

	return cmocka_run_group_tests_name("crypto/hashes", tests, NULL, NULL);
}
