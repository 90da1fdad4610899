/* SPDX-License-Identifier: MIT */
/*
 * Blocks that are nearly all one witness: scripts and items of 400 kB and 3.9
 * MB, millions of empty items, millions of nested IFs. All are valid, and each
 * costs memory in proportion to its bytes.
 */
#include "tests/unit/node/hard.h"

#include <sys/resource.h>

#include "tests/unit/consensus/spend.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEASURED false	/* sanitizers have memory of their own */
#else
#define MEASURED true
#endif

#define HALF_MB 400000u
#define FULL 3900000u
/* Above what the process had before: the block itself a few times over, and
 * SQLite's pages. */
#define GROWTH_MAX_KB (48 * 1024)

/* An output with its spending witness. */
struct wide {
	const char *name;
	void (*make)(struct spend *s, uint32_t size);
	uint32_t size;
	uint8_t leaf_version;
};

/* A script of that size: pushes of 520 bytes, dropped again. */
static void long_script(struct spend *s, uint32_t size)
{
	static const uint8_t zero[520];

	while (s->leaf.len + 525 < size) {
		script_push(&s->leaf, zero, sizeof(zero));
		buf_u8(&s->leaf, OP_DROP);
	}
	buf_u8(&s->leaf, OP_1);
}

static void nested_ifs(struct spend *s, uint32_t size)
{
	buf_u8(&s->leaf, OP_0);
	spend_ops(&s->leaf, OP_IF, size / 2);
	spend_ops(&s->leaf, OP_ENDIF, size / 2);
	buf_u8(&s->leaf, OP_1);
}

static void long_item(struct spend *s, uint32_t size)
{
	uint8_t *item = calloc(1, size);

	assert_non_null(item);
	spend_item(s, item, size);
	free(item);
	buf_u8(&s->leaf, 0x50);	/* OP_SUCCESS80 */
}

static void empty_items(struct spend *s, uint32_t size)
{
	memset(buf_extend(&s->witness, size), 0, size);
	s->in[s->at].n_witness += size;
	buf_u8(&s->leaf, 0x50);
}

static const struct wide wide[] = {
	{"a script of 400 kB", long_script, HALF_MB, 0xc0},
	{"a script of 3.9 MB", long_script, FULL, 0xc0},
	{"3.9 MB of IF and ENDIF", nested_ifs, FULL, 0xc0},
	{"an item of 400 kB under OP_SUCCESS", long_item, HALF_MB, 0xc0},
	{"an item of 3.9 MB under OP_SUCCESS", long_item, FULL, 0xc0},
	{"3.9 million empty items under OP_SUCCESS", empty_items, FULL, 0xc0},
	{"an item of 3.9 MB under an unknown leaf version", long_item, FULL,
	 0xc2},
	{"3.9 million empty items under an unknown leaf version", empty_items,
	 FULL, 0xc2},
};

#define WIDE (sizeof(wide) / sizeof(*wide))

static long peak_kb(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

/* The block that spends txid:n by the witness in s. */
static void spend_block(struct lab *l, struct spend *s, const struct txid *txid,
			uint32_t n, int64_t value, struct buf *block,
			struct blkid *id)
{
	struct buf raw;
	struct bytes one;

	s->in[0] = (struct txin){.prevout = {*txid, n},
				 .sequence = SEQUENCE_FINAL,
				 .n_witness = s->in[0].n_witness};
	spend_settle(s);
	s->out[0].value = value;
	s->tx.locktime = 0;
	buf_init(&raw, HARD_RAW_MAX);
	tx_write(&raw, &s->tx, true);
	one = buf_view(&raw);
	hard_block(l, &one, 1, 0, block, id);
	buf_free(&raw);
}

static void wide_witnesses_are_valid(void **state)
{
	struct lab *l = lab_open("regtest", LAB_MATURITY + 1);
	struct bytes script[WIDE];
	struct spend s[WIDE];
	struct txid txid;
	int64_t value;
	long before = 0;

	for (size_t i = 0; i < WIDE; i++) {
		spend_init(&s[i], 1, 1);
		wide[i].make(&s[i], wide[i].size);
		spend_p2tr(&s[i], wide[i].leaf_version);
		script[i] = buf_view(&s[i].pubkey);
	}
	hard_fund(l, 1, script, WIDE, &txid, &value);
	for (uint32_t i = 0; i < WIDE; i++) {
		struct bytes stored;
		struct blkid id;
		struct buf block;
		struct arena a;
		long grown;

		buf_init(&block, HARD_RAW_MAX);
		spend_block(l, &s[i], &txid, i, value, &block, &id);
		assert_true(block.len + 1000 > wide[i].size);
		before = before ? before : peak_kb();
		hard_connect(l, l->n, &block);
		grown = peak_kb() - before;
		print_message("%s: %zu bytes, peak grown by %ld kB\n",
			      wide[i].name, block.len, grown);
		if (MEASURED)
			assert_true(grown < GROWTH_MAX_KB);
		/* and it comes out as it went in */
		arena_init(&a, HARD_RAW_MAX);
		assert_int_equal(query_block_raw(l->n, &id, &a, &stored), ST_OK);
		assert_true(bytes_equal(stored, buf_view(&block)));
		arena_free(&a);
		buf_free(&block);
		spend_free(&s[i]);
	}
	lab_close(l);
}

/* With a wrong byte in the script or its control block none is. */
static void wide_witnesses_are_committed_to(void **state)
{
	struct lab *l = lab_open("regtest", LAB_MATURITY + 1);
	struct bytes script[WIDE];
	struct spend s[WIDE];
	struct txid txid;
	int64_t value;

	for (size_t i = 0; i < WIDE; i++) {
		spend_init(&s[i], 1, 1);
		/* the size does not matter here */
		wide[i].make(&s[i], 1000);
		spend_p2tr(&s[i], wide[i].leaf_version);
		script[i] = buf_view(&s[i].pubkey);
	}
	hard_fund(l, 1, script, WIDE, &txid, &value);
	for (uint32_t i = 0; i < WIDE; i++) {
		struct block_result r;
		struct blkid id;
		struct buf block;

		buf_init(&block, HARD_RAW_MAX);
		s[i].witness.p[s[i].witness.len - 5] ^= 1;
		spend_block(l, &s[i], &txid, i, value, &block, &id);
		assert_int_equal(node_accept_block(l->n, block.p, block.len,
						   "hard", &r), ST_OK);
		assert_int_equal(r.verdict.code, V_SCRIPT);
		assert_string_equal(r.verdict.detail,
				    "Witness program hash mismatch");
		buf_free(&block);
		spend_free(&s[i]);
	}
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_witnesses_are_valid),
		cmocka_unit_test(wide_witnesses_are_committed_to),
	};

	return cmocka_run_group_tests_name("hard_witness", tests, NULL, NULL);
}
