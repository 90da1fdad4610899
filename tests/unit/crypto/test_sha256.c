/* SPDX-License-Identifier: MIT */
/* SHA-256: NIST's vectors, and every way of computing it gives the same. */
#include "tests/unit/crypto/fields.h"

#include "base/bytes.h"
#include "crypto/cpu.h"
#include "crypto/selftest.h"
#include "crypto/sha256.h"
#include "crypto/sha256_block.h"
#include "crypto/sha256_shani.h"

/* The body of the AVX-512 function, testable on any machine. */
#define LANES 16
#include "crypto/lanes_generic.h"
#define LANES_D64 sixteen_lanes
#define LANES_ATTR static
#include "crypto/sha256d64_lanes.h"

static void nist_messages_have_their_digests(void **state)
{
	int n = field_cavp("crypto/nist_SHA256ShortMsg.txt", 32, sha256) +
		field_cavp("crypto/nist_SHA256LongMsg.txt", 32, sha256);

	if (!n)
		skip();
	assert_int_equal(n, 65 + 64);
}

/* SHA-256 built on our own compression function. */
static void plain(uint8_t *out, const void *p, size_t n)
{
	uint32_t s[8], w[16];
	uint8_t pad[128] = {0};
	const uint8_t *b = p;
	size_t left = n, tail;

	memcpy(s, sha256_iv, sizeof(s));
	for (; left >= 64; left -= 64, b += 64) {
		for (int i = 0; i < 16; i++)
			w[i] = be32_get(b + 4 * i);
		sha256_compress(s, w);
	}
	memcpy(pad, b, left);
	pad[left] = 0x80;
	tail = left < 56 ? 64 : 128;
	be64_put(pad + tail - 8, (uint64_t)n * 8);
	for (size_t at = 0; at < tail; at += 64) {
		for (int i = 0; i < 16; i++)
			w[i] = be32_get(pad + at + 4 * (size_t)i);
		sha256_compress(s, w);
	}
	for (int i = 0; i < 8; i++)
		be32_put(out + 4 * i, s[i]);
}

static void the_portable_compression_gives_nist_digests(void **state)
{
	int n = field_cavp("crypto/nist_SHA256ShortMsg.txt", 32, plain) +
		field_cavp("crypto/nist_SHA256LongMsg.txt", 32, plain);

	if (!n)
		skip();
	assert_int_equal(n, 65 + 64);
}

static void a_hash_in_pieces_equals_the_whole(void **state)
{
	uint8_t data[300], one[32], two[32];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	sha256(one, data, sizeof(data));
	for (size_t cut = 0; cut <= sizeof(data); cut++) {
		struct sha256_ctx c;

		sha256_init(&c);
		sha256_add(&c, data, cut);
		sha256_add(&c, data + cut, sizeof(data) - cut);
		sha256_done(&c, two);
		assert_memory_equal(one, two, 32);
	}
}

static void a_copied_context_goes_on_by_itself(void **state)
{
	struct sha256_ctx a, b;
	uint8_t one[32], two[32];

	sha256_init(&a);
	sha256_add(&a, "ab", 2);
	b = a;
	sha256_add(&a, "x", 1);
	sha256_add(&b, "c", 1);
	sha256_done(&b, one);
	sha256(two, "abc", 3);
	assert_memory_equal(one, two, 32);
}

static void double_hash_of_hello(void **state)
{
	uint8_t h[32];

	/* From the protocol documentation of the Bitcoin wiki. */
	sha256d(h, "hello", 5);
	assert_hex(h, 32,
		   "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

static void tagged_hash_is_two_tag_hashes_in_front(void **state)
{
	struct sha256_ctx c;
	uint8_t h[32], block[64 + 3], want[32];

	sha256(block, "BIP0340/challenge", 17);
	memcpy(block + 32, block, 32);
	memcpy(block + 64, "msg", 3);
	sha256(want, block, sizeof(block));
	sha256_tagged_init(&c, "BIP0340/challenge");
	sha256_add(&c, "msg", 3);
	sha256_done(&c, h);
	assert_memory_equal(h, want, 32);
}

#define PAIRS 67

static void pairs_way(void (*way)(uint8_t *, const uint8_t *, size_t))
{
	uint8_t in[64 * PAIRS], out[32 * PAIRS + 1], want[32], x = 1;

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = x = (uint8_t)(x * 5 + (i >> 5) + 1);
	for (size_t n = 0; n <= PAIRS; n++) {
		memset(out, 0xee, sizeof(out));
		way(out, in, n);
		assert_int_equal(out[32 * n], 0xee);
		for (size_t i = 0; i < n; i++) {
			sha256d(want, in + 64 * i, 64);
			assert_memory_equal(out + 32 * i, want, 32);
		}
	}
	/* In place, as a merkle tree is folded. */
	memcpy(out, in + 64 * (PAIRS - 1), 32);
	sha256d(want, in + 64 * (PAIRS - 1), 64);
	way(in, in, PAIRS);
	assert_memory_equal(in + 32 * (PAIRS - 1), want, 32);
}

/* What does not fill the vectors is left to the plain way. */
#define WHOLE(way)                                                             \
	static void way##_whole(uint8_t *out, const uint8_t *in, size_t n)     \
	{                                                                      \
		size_t done = way(out, in, n);                                 \
                                                                               \
		assert_true(done <= n && n - done < LANES);                    \
		sha256d64_portable(out + 32 * done, in + 64 * done, n - done); \
	}

WHOLE(sixteen_lanes)
WHOLE(sha256d64_avx2)
WHOLE(sha256d64_avx512)

static void pairs_agree_with_single_hashes_in_every_way(void **state)
{
	pairs_way(sha256d64_many);
	pairs_way(sha256d64_portable);
	pairs_way(sixteen_lanes_whole);
	if (cpu_features() & CPU_AVX2)
		pairs_way(sha256d64_avx2_whole);
	if (cpu_features() & CPU_AVX512)
		pairs_way(sha256d64_avx512_whole);
#ifdef SHA256_HAVE_SHANI
	if (cpu_features() & CPU_SHANI)
		pairs_way(sha256d64_shani);
#endif
}

static void selftest_passes(void **state)
{
	assert_null(crypto_selftest());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nist_messages_have_their_digests),
		cmocka_unit_test(the_portable_compression_gives_nist_digests),
		cmocka_unit_test(a_hash_in_pieces_equals_the_whole),
		cmocka_unit_test(a_copied_context_goes_on_by_itself),
		cmocka_unit_test(double_hash_of_hello),
		cmocka_unit_test(tagged_hash_is_two_tag_hashes_in_front),
		cmocka_unit_test(pairs_agree_with_single_hashes_in_every_way),
		cmocka_unit_test(selftest_passes),
	};

	return cmocka_run_group_tests_name("crypto/sha256", tests, NULL, NULL);
}
