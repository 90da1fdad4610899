/* SPDX-License-Identifier: MIT */
/* Blocks by their bytes alone: real ones, whole chains, and made ones. */
#include "tests/unit/consensus/maker.h"

#include "consensus/header_check.h"
#include "primitives/script.h"

/* --- chains and blocks of others --- */

/* One hex block a line, the first at height `first`; each on its branch. */
static void chain_of_blocks(const char *net, const char *file, uint32_t first,
			    uint32_t count)
{
	size_t len;
	char *text = unit_vector(file, &len), *at = text;
	struct header *mem;
	struct chain c = {0};
	struct params p;

	if (!text)
		skip();
	mem = calloc(count + 1, sizeof(*mem));
	c.h = mem;
	assert_non_null(mem);
	network(&p, net);
	if (first == 1)
		mem[c.n++] = p.genesis;
	for (; at < text + len; at += strcspn(at, "\n") + 1) {
		size_t n = strcspn(at, "\r\n") / 2;
		uint8_t *raw = malloc(n + 1);
		struct verdict v = fresh();
		struct chain_view view;
		struct arena a;
		struct block b;

		assert_true(hex_parse(raw, n, at, 2 * n));
		arena_init(&a, ARENA_MAX);
		assert_int_equal(block_parse(&b, raw, n, &a), ST_OK);
		assert_true(header_check_work(&p, &b.header, &b.id, &v));
		assert_int_equal(check(&p, &b, &a), VALID);
		if (c.n) {
			view = chain_to(&c, c.n - 1);
			assert_int_equal(header_check_context(&p, &view,
				&b.header, b.header.time, &v), ST_OK);
			assert_int_equal(v.code, VALID);
			assert_int_equal(check_at(&p, &view, &b, &a), VALID);
		}
		assert_true(c.n <= count);
		mem[c.n++] = b.header;
		arena_free(&a);
		free(raw);
	}
	assert_int_equal(c.n, first + count);
	free(mem);
	free(text);
}

static void mainnet_to_2100(void **state)
{
	chain_of_blocks("main", "blocks/mainnet_0000_2100.txt", 0, 2101);
}

static void regtest_with_segwit(void **state)
{
	chain_of_blocks("regtest", "blocks/regtest_1_206.txt", 1, 206);
}

static void real_blocks(void **state)
{
	static const struct {
		const char *net, *file;
		uint32_t height;
	} rows[] = {
		{"main", "blocks/mainnet_300025.raw", 300025},
		{"main", "blocks/mainnet_367891.raw", 367891},
		{"main", "blocks/mainnet_413567.raw", 413567},
		{"main", "blocks/mainnet_481824.raw", 481824},
		{"main", "blocks/mainnet_574200.raw", 574200},
		{"main", "blocks/mainnet_830000.raw", 830000},
		{"testnet3", "blocks/testnet3_928816.raw", 928816},
		{"testnet3", "blocks/testnet3_1087400.raw", 1087400},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len;
		char *raw = unit_vector(rows[i].file, &len);
		struct header mem[12];
		struct chain_view view;
		struct params p;
		struct chain c;
		struct arena a;
		struct block b;

		if (!raw)
			skip();
		network(&p, rows[i].net);
		arena_init(&a, ARENA_MAX);
		assert_int_equal(block_parse(&b, raw, len, &a), ST_OK);
		assert_int_equal(check(&p, &b, &a), VALID);
		view = branch_before(&c, mem, &b, rows[i].height);
		assert_int_equal(check_at(&p, &view, &b, &a), VALID);
		/* the height belongs to the block */
		view.height++;
		view.parent = mem[11];
		c.first++;
		assert_int_equal(check_at(&p, &view, &b, &a), V_BAD_CB_HEIGHT);
		arena_free(&a);
		free(raw);
	}
}

/* One byte anywhere in any witness, the lengths apart. */
static void a_flipped_byte_in_a_witness_is_seen(void **state)
{
	size_t len;
	char *raw = unit_vector("blocks/mainnet_830000.raw", &len);
	uint64_t rnd = 830000;
	struct header mem[12];
	struct chain_view view;
	struct params p;
	struct chain c;
	struct arena a;
	struct block b;

	if (!raw)
		skip();
	network(&p, "main");
	for (int k = 0; k < 20; k++) {
		struct bytes left, item = {NULL, 0};
		const struct tx *tx;
		uint8_t *byte;

		arena_init(&a, ARENA_MAX);
		assert_int_equal(block_parse(&b, raw, len, &a), ST_OK);
		do {
			tx = &b.tx[random_next(&rnd) % b.n_tx];
			left = tx->in[random_next(&rnd) % tx->n_in].witness;
			if (!witness_next(&left, &item))
				item.len = 0;
		} while (!item.len);
		byte = (uint8_t *)raw + (item.p - (const uint8_t *)raw) +
		       random_next(&rnd) % item.len;
		*byte ^= (uint8_t)(1u << k % 8);
		arena_reset(&a);
		assert_int_equal(block_parse(&b, raw, len, &a), ST_OK);
		assert_int_equal(check(&p, &b, &a), VALID);
		view = branch_before(&c, mem, &b, 830000);
		assert_int_equal(check_at(&p, &view, &b, &a), V_WITNESS_MERKLE);
		assert_int_equal(verdict_class(V_WITNESS_MERKLE), VC_MUTATED);
		*byte ^= (uint8_t)(1u << k % 8);
		arena_free(&a);
	}
	free(raw);
}

static void a_flipped_byte_elsewhere_changes_the_merkle_root(void **state)
{
	size_t len;
	char *raw = unit_vector("blocks/mainnet_300025.raw", &len);
	uint64_t rnd = 300025;
	struct params p;
	struct arena a;
	struct block b;
	int seen = 0;

	if (!raw)
		skip();
	network(&p, "main");
	arena_init(&a, ARENA_MAX);
	for (int k = 0; k < 60; k++) {
		size_t at = 83 + random_next(&rnd) % (len - 83);

		raw[at] ^= 1;
		if (block_parse(&b, raw, len, &a) == ST_OK) {
			assert_int_equal(check(&p, &b, &a), V_BAD_MERKLE_ROOT);
			seen++;
		}
		arena_reset(&a);
		raw[at] ^= 1;
	}
	assert_true(seen > 40);
	arena_free(&a);
	free(raw);
}

/* --- made blocks --- */

static void the_coinbase_is_first_and_only(void **state)
{
	struct maker m;
	struct part t = plain(1), cb = coinbase(H1000);

	make_begin(&m);
	assert_int_equal(judge(&m), V_BLOCK_LENGTH);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_COINBASE_MISSING);
	make_end(&m);

	make_begin(&m);
	make_tx(&m, &cb);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), VALID);
	cb.sequence = 1;
	make_tx(&m, &cb);
	assert_int_equal(judge(&m), V_COINBASE_MULTIPLE);
	make_end(&m);
}

static void transactions_are_judged_after_the_coinbases_place(void **state)
{
	struct maker m;
	struct part t = plain(1), one = coinbase(bytes_of(h1000, 1));
	struct verdict v = fresh();

	make_begin(&m);
	make_coinbase(&m);
	t.n_out = 0;
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_VOUT_EMPTY);
	assert_int_equal(block_check(&m.p, &m.b, &m.a, &v), ST_OK);
	assert_memory_equal(v.detail, "transaction 1 (", 15);
	make_tx(&m, &one);
	assert_int_equal(judge(&m), V_COINBASE_MULTIPLE);
	make_end(&m);

	make_begin(&m);
	make_tx(&m, &one);
	assert_int_equal(judge(&m), V_CB_LENGTH);
	make_end(&m);
}

/* CVE-2012-2459: for each number of transactions whose tree has an odd level the
 * repeated list has the same root and is refused, not remembered. */
static void repeated_transactions_with_the_same_root_are_mutations(void **state)
{
	int found = 0;

	for (uint32_t n = 2; n <= 17; n++) {
		/* the last 2^k are repeated where the level above is odd */
		for (uint32_t k = 1; k < n; k *= 2) {
			struct hash256 root;
			struct maker m;
			struct buf again;

			if (n % k || n / k % 2 == 0 || n / k == 1)
				continue;
			make_begin(&m);
			make_coinbase(&m);
			for (uint32_t i = 1; i < n; i++) {
				struct part t = plain((uint8_t)i);

				make_tx(&m, &t);
			}
			assert_int_equal(judge(&m), VALID);
			root = m.b.header.merkle_root;
			buf_init(&again, 1 << 20);
			for (uint32_t i = n - k; i < n; i++)
				buf_bytes(&again, m.b.tx[i].raw);
			buf_bytes(&m.txs, buf_view(&again));
			m.n += k;
			assert_int_equal(judge(&m), V_DUPLICATE_TXNS);
			assert_true(hash256_equal(&root, &m.b.header.merkle_root));
			assert_int_equal(verdict_class(V_DUPLICATE_TXNS),
					 VC_MUTATED);
			found++;
			buf_free(&again);
			make_end(&m);
		}
	}
	assert_true(found >= 10);
}

static void legacy_sigops_of_a_block_end_at_20000(void **state)
{
	static uint8_t ops[1000];
	struct maker m;
	struct part t = plain(1), cb = coinbase(H1000);

	memset(ops, OP_CHECKMULTISIG, sizeof(ops));
	make_begin(&m);
	make_coinbase(&m);
	t.out[0] = bytes_of(ops, 1000);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), VALID);
	t = plain(2);
	ops[0] = OP_CHECKSIG;
	t.out[0] = bytes_of(ops, 1);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_BLOCK_SIGOPS);
	make_end(&m);
	/* the coinbase's count too, and what stands before a broken push */
	make_begin(&m);
	memset(ops, OP_CHECKMULTISIG, sizeof(ops));
	cb.out[0] = bytes_of(ops, 1000);
	make_tx(&m, &cb);
	assert_int_equal(judge(&m), VALID);
	t = plain(3);
	t.script_sig = bytes_of((const uint8_t[]){OP_CHECKSIG, 0x4d}, 2);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_BLOCK_SIGOPS);
	make_end(&m);
}

static void base_size_ends_at_a_million(void **state)
{
	struct part t = plain(1);
	uint8_t *big = calloc(1, 1000000);
	struct maker m;
	size_t left;

	assert_non_null(big);
	make_begin(&m);
	make_coinbase(&m);
	/* two transactions, for one alone would be oversize itself */
	t.out[0] = bytes_of(big, 499000);
	make_tx(&m, &t);
	seal(&m);
	t = plain(2);
	left = 1000000 - m.b.base_size - (4 + 1 + 41 + 1 + 8 + 5 + 4);
	t.out[0] = bytes_of(big, left);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), VALID);
	assert_int_equal(m.b.base_size, 1000000);
	assert_int_equal(block_weight(&m.b), 4000000);
	make_end(&m);

	make_begin(&m);
	make_coinbase(&m);
	t = plain(1);
	t.out[0] = bytes_of(big, 499001);
	make_tx(&m, &t);
	t = plain(2);
	t.out[0] = bytes_of(big, left);
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_BLOCK_LENGTH);
	make_end(&m);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mainnet_to_2100),
		cmocka_unit_test(regtest_with_segwit),
		cmocka_unit_test(real_blocks),
		cmocka_unit_test(a_flipped_byte_in_a_witness_is_seen),
		cmocka_unit_test(a_flipped_byte_elsewhere_changes_the_merkle_root),
		cmocka_unit_test(the_coinbase_is_first_and_only),
		cmocka_unit_test(transactions_are_judged_after_the_coinbases_place),
		cmocka_unit_test(repeated_transactions_with_the_same_root_are_mutations),
		cmocka_unit_test(legacy_sigops_of_a_block_end_at_20000),
		cmocka_unit_test(base_size_ends_at_a_million),
	};

	return cmocka_run_group_tests_name("consensus blocks", tests, NULL,
					   NULL);
}
