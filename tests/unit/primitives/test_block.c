/* SPDX-License-Identifier: MIT */
/* Blocks and Merkle trees, over real blocks of three networks. */
#include "tests/unit/primitives/vectors.h"

#include "crypto/sha256.h"
#include "primitives/block.h"
#include "primitives/script.h"

/* The commitment to the witnesses (BIP141), when there is one, is right. */
static void check_commitment(const struct block *b, struct arena *a)
{
	const struct tx *cb = &b->tx[0];
	struct hash256 root;
	struct bytes left, reserved;
	bool mutated;

	for (uint32_t i = cb->n_out; i-- > 0;) {
		struct bytes s = cb->out[i].script;
		uint8_t pair[64], want[32];

		if (s.len < 38 || memcmp(s.p, "\x6a\x24\xaa\x21\xa9\xed", 6) != 0)
			continue;
		assert_int_equal(block_merkle_root(&root, &mutated, b, true, a),
				 ST_OK);
		assert_false(mutated);
		/* Blocks from before the activation may lack the reserved value. */
		left = cb->in[0].witness;
		if (!witness_next(&left, &reserved))
			return;
		assert_int_equal(cb->in[0].n_witness, 1);
		assert_int_equal(reserved.len, 32);
		memcpy(pair, root.b, 32);
		memcpy(pair + 32, reserved.p, 32);
		sha256d(want, pair, 64);
		assert_memory_equal(s.p + 6, want, 32);
		return;
	}
	for (uint32_t i = 0; i < b->n_tx; i++)
		assert_false(b->tx[i].has_witness);
}

static void check_block(const void *raw, size_t len, struct block *b)
{
	struct hash256 root;
	struct arena a;
	struct buf out;
	bool mutated;

	arena_init(&a, 64 << 20);
	buf_init(&out, len);
	assert_int_equal(block_parse(b, raw, len, &a), ST_OK);
	assert_int_equal(block_merkle_root(&root, &mutated, b, false, &a), ST_OK);
	assert_false(mutated);
	assert_true(hash256_equal(&root, &b->header.merkle_root));
	assert_true(tx_is_coinbase(&b->tx[0]));
	check_commitment(b, &a);
	block_write(&out, b);
	assert_true(bytes_equal(buf_view(&out), bytes_of(raw, len)));
	assert_true(block_weight(b) <= BLOCK_WEIGHT_MAX);
	/* A byte more or less is no block. */
	if (len < 100000) {
		struct block c;
		uint8_t *more = malloc(len + 1);

		memcpy(more, raw, len);
		more[len] = 0;
		assert_int_equal(block_parse(&c, more, len + 1, &a), ST_PARSE);
		assert_int_equal(block_parse(&c, more, len - 1, &a), ST_PARSE);
		free(more);
	}
	buf_free(&out);
	arena_free(&a);
}

static void raw_blocks_are_read_and_written_back(void **state)
{
	static const struct {
		const char *file, *id;
		uint32_t weight, n_tx;
	} rows[] = {
		{"blocks/context/mainnet_170.raw", "00000000d1145790a8694403d4063f"
		 "323d499e655c83426834d4ce2f8dd4a2ee", 1960, 2},
		{"blocks/context/mainnet_57043.raw", "00000000152340ca422276039086"
		 "89183edc47355204e7aca59383b0aaac1fd8", 95340, 2},
		{"blocks/context/mainnet_91722.raw", "00000000000271a2dc26e7667f84"
		 "19f2e15416dc6955e5a6c6cdf3f2574dd08e", 856, 1},
		{"blocks/context/mainnet_116928.raw", "000000000000494457221111a6a9"
		 "9da34a993c69c2761582bec31f90ba5d560d", 15168, 10},
		{"blocks/mainnet_300025.raw", "0000000000000000821c4e0acc40f88bedb"
		 "ce3b73ba2358b5ade58a9022cc78c", 1136924, 461},
		{"blocks/mainnet_367891.raw", "000000000000000012ea0ca9579299ec120"
		 "e3f57e7c309216884872592b29970", 3999976, 420},
		{"blocks/mainnet_413567.raw", "0000000000000000025aff8be8a55df8f89"
		 "c77296db6198f272d6577325d4069", 3999548, 1557},
		{"blocks/mainnet_481824.raw", "0000000000000000001c8018d9cb3b742ef"
		 "25114f27563e3fc4a1902167f9893", 3954880, 1866},
		{"blocks/mainnet_574200.raw", "0000000000000000001602407ac49862a7b"
		 "ca9d00f7f402db20b7be2f5de59d2", 3993106, 3315},
		{"blocks/mainnet_830000.raw", "000000000000000000011d55599ed27d7ef"
		 "ca05f5849b755319c89eb2cffbc1f", 3993683, 1851},
		{"blocks/testnet3_928816.raw", "00000000000001c4b87edf974ddc601d88"
		 "dda332265b9849a944a5ff0141a378", 3568200, 889},
		{"blocks/testnet3_1087400.raw", "0000000003db83e6ab01a6ebb26ad2b14"
		 "81688009141c9afc204c54284e1ba66", 193331, 97},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[HASH_TEXT_SIZE];
		struct block b;
		size_t len;
		char *raw = unit_vector(rows[i].file, &len);

		if (!raw)
			skip();
		check_block(raw, len, &b);
		assert_string_equal(hash256_text(text, &b.id.h), rows[i].id);
		assert_int_equal(block_weight(&b), rows[i].weight);
		assert_int_equal(b.n_tx, rows[i].n_tx);
		free(raw);
	}
}

static size_t check_chain(const char *file)
{
	struct buf raw;
	struct blkid tip;
	size_t len, n = 0;
	char *text = unit_vector(file, &len), *line, *end;

	if (!text)
		skip();
	buf_init(&raw, 1 << 22);
	for (line = text; *line; line = end + 1) {
		struct block b;

		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		vector_hex(&raw, line);
		check_block(raw.p, raw.len, &b);
		if (n++)
			assert_true(hash256_equal(&b.header.prev.h, &tip.h));
		tip = b.id;
	}
	buf_free(&raw);
	free(text);
	return n;
}

static void whole_chains_link_block_by_block(void **state)
{
	(void)state;
	assert_int_equal(check_chain("blocks/mainnet_0000_2100.txt"), 2101);
	assert_int_equal(check_chain("blocks/regtest_1_206.txt"), 206);
}

static void headers_link_and_are_written_back(void **state)
{
	static const struct { const char *file; size_t n; } rows[] = {
		{"headers/mainnet_000000_010236.raw", 10237},
		{"headers/mainnet_586656_589289.raw", 2634},
		{"headers/testnet3_000000_006047.raw", 6048},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct blkid last;
		size_t len;
		char *raw = unit_vector(rows[i].file, &len);

		if (!raw)
			skip();
		assert_int_equal(len, rows[i].n * HEADER_SIZE);
		for (size_t k = 0; k < rows[i].n; k++) {
			const uint8_t *at = (uint8_t *)raw + k * HEADER_SIZE;
			uint8_t back[HEADER_SIZE];
			struct blkid id;
			struct header h;

			header_read(&h, at);
			header_write(back, &h);
			assert_memory_equal(back, at, HEADER_SIZE);
			if (k)
				assert_memory_equal(&h.prev, &last, 32);
			header_hash(&last, &h);
			header_hash_raw(&id, at);
			assert_memory_equal(&id, &last, 32);
		}
		free(raw);
	}
}

static void leaves(struct hash256 *h, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sha256(h[i].b, &(uint32_t){(uint32_t)i}, 4);
}

/* The root by its definition, one pair at a time. */
static struct hash256 slow_root(struct hash256 *h, size_t n)
{
	while (n > 1) {
		for (size_t i = 0; i < n; i += 2) {
			uint8_t pair[64];

			memcpy(pair, h[i].b, 32);
			memcpy(pair + 32, h[i + 1 < n ? i + 1 : i].b, 32);
			sha256d(h[i / 2].b, pair, 64);
		}
		n = (n + 1) / 2;
	}
	return h[0];
}

/* CVE-2012-2459: repeating the last 1, 2, 4 ... transactions of a list whose
 * number is not a power of two gives the same root; it must show. */
static void repeated_last_transactions_are_noticed(void **state)
{
	static const size_t counts[] = {3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17};
	struct hash256 h[64], copy[64], root, same;
	bool mutated;

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		size_t n = counts[i], tail = n & (~n + 1);

		leaves(h, n);
		merkle_root(&root, &mutated, h, n);
		assert_false(mutated);
		leaves(copy, n);
		same = slow_root(copy, n);
		assert_true(hash256_equal(&root, &same));

		leaves(h, n);
		memcpy(h + n, h + n - tail, tail * sizeof(*h));
		merkle_root(&same, &mutated, h, n + tail);
		assert_true(hash256_equal(&root, &same));
		assert_true(mutated);
	}
	/* Two equal ones side by side within the list. */
	leaves(h, 8);
	h[3] = h[2];
	merkle_root(&root, &mutated, h, 8);
	assert_true(mutated);
	/* Equal, but not a pair. */
	leaves(h, 8);
	h[4] = h[3];
	merkle_root(&root, &mutated, h, 8);
	assert_false(mutated);
	merkle_root(&root, &mutated, h, 0);
	assert_true(hash256_is_zero(&root));
	assert_false(mutated);
}

static void branches_lead_to_the_root(void **state)
{
	struct hash256 h[40], branch[32], root, up, leaf;

	(void)state;
	for (size_t n = 1; n <= 40; n++) {
		for (size_t pos = 0; pos < n; pos++) {
			unsigned depth;

			leaves(h, n);
			leaf = h[pos];
			merkle_root(&root, NULL, h, n);
			leaves(h, n);
			depth = merkle_branch(branch, h, n, pos);
			assert_true(n == 1 ? depth == 0 : 1u << depth >= n &&
				    1u << (depth - 1) < n);
			merkle_branch_root(&up, &leaf, branch, depth, pos);
			assert_true(hash256_equal(&root, &up));
			if (depth) {
				merkle_branch_root(&up, &leaf, branch, depth - 1,
						   pos);
				assert_false(hash256_equal(&root, &up));
			}
		}
	}
}

static void a_count_beyond_the_bytes_takes_no_memory(void **state)
{
	uint8_t raw[120] = {0};
	struct arena a;
	struct block b;

	(void)state;
	arena_init(&a, 4096);
	memcpy(raw + 80, "\xfe\xff\xff\xff\x01", 5);
	assert_int_equal(block_parse(&b, raw, sizeof(raw), &a), ST_PARSE);
	assert_int_equal(block_parse(&b, raw, 80, &a), ST_PARSE);
	assert_int_equal(block_parse(&b, raw, 79, &a), ST_PARSE);
	assert_int_equal(a.used, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_blocks_are_read_and_written_back),
		cmocka_unit_test(whole_chains_link_block_by_block),
		cmocka_unit_test(headers_link_and_are_written_back),
		cmocka_unit_test(repeated_last_transactions_are_noticed),
		cmocka_unit_test(branches_lead_to_the_root),
		cmocka_unit_test(a_count_beyond_the_bytes_takes_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
