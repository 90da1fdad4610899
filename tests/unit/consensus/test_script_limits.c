/* SPDX-License-Identifier: MIT */
/*
 * The limits of scripts, on both sides of each. Scripts that fill a block are
 * here too: were any part of the work more than linear, they would not end.
 */
#include "tests/unit/consensus/spend.h"

#include "consensus/script_trace.h"
#include "consensus/scriptnum.h"

#define HUGE_SCRIPT 3900000

static enum script_error run_legacy(struct spend *s)
{
	enum script_error e = spend_check(s, CF_ALL, 0);

	spend_free(s);
	return e;
}

static enum script_error run_v0(struct spend *s)
{
	spend_p2wsh(s);
	return run_legacy(s);
}

static enum script_error run_tap(struct spend *s)
{
	spend_p2tr(s, 0xc0);
	return run_legacy(s);
}

static void operations_201(void **state)
{
	for (int more = 0; more <= 1; more++) {
		enum script_error want = more ? SCRIPT_ERR_OP_COUNT :
						SCRIPT_ERR_OK;
		struct spend s;

		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_NOP, 201 + more);
		spend_ops(&s.pubkey, OP_1, 1);
		assert_int_equal(run_legacy(&s), want);

		spend_init(&s, 1, 1);
		spend_ops(&s.leaf, OP_NOP, 201 + more);
		spend_ops(&s.leaf, OP_1, 1);
		assert_int_equal(run_v0(&s), want);

		spend_init(&s, 1, 1);
		spend_ops(&s.leaf, OP_NOP, 201 + more);
		spend_ops(&s.leaf, OP_1, 1);
		assert_int_equal(run_tap(&s), SCRIPT_ERR_OK);
	}
}

/* Unexecuted operations count; OP_RESERVED and pushes do not. */
static void what_counts_as_an_operation(void **state)
{
	struct spend s;

	for (int more = 0; more <= 1; more++) {
		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_0, 1);
		spend_ops(&s.pubkey, OP_IF, 1);
		spend_ops(&s.pubkey, OP_NOP, 199 + more);
		spend_ops(&s.pubkey, OP_RESERVED, 500);
		spend_ops(&s.pubkey, OP_16, 500);
		spend_ops(&s.pubkey, OP_ENDIF, 1);
		spend_ops(&s.pubkey, OP_1, 1);
		assert_int_equal(run_legacy(&s), more ? SCRIPT_ERR_OP_COUNT :
							SCRIPT_ERR_OK);
	}
}

/* CHECKMULTISIG counts its keys, when it is executed. */
static void multisig_counts_its_keys(void **state)
{
	for (int more = 0; more <= 1; more++) {
		struct spend s;

		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_0, 2);
		spend_ops(&s.pubkey, OP_1, 20);
		script_push_int(&s.pubkey, 20);
		spend_ops(&s.pubkey, OP_NOP, 180 + more);
		spend_ops(&s.pubkey, OP_CHECKMULTISIG, 1);
		assert_int_equal(run_legacy(&s), more ? SCRIPT_ERR_OP_COUNT :
							SCRIPT_ERR_OK);
	}
}

static void multisig_counts_in_range(void **state)
{
	static const struct {
		int keys, sigs;
		enum script_error want;
	} cases[] = {
		{20, 0, SCRIPT_ERR_OK},
		{21, 0, SCRIPT_ERR_PUBKEY_COUNT},
		{-1, 0, SCRIPT_ERR_PUBKEY_COUNT},
		{2, 3, SCRIPT_ERR_SIG_COUNT},
		{2, -1, SCRIPT_ERR_SIG_COUNT},
		{0, 0, SCRIPT_ERR_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spend s;

		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_0, 6);
		script_push_int(&s.pubkey, cases[i].sigs);
		if (cases[i].keys > 0)
			spend_ops(&s.pubkey, OP_1, (size_t)cases[i].keys);
		script_push_int(&s.pubkey, cases[i].keys);
		spend_ops(&s.pubkey, OP_CHECKMULTISIG, 1);
		assert_int_equal(run_legacy(&s), cases[i].want);
	}
}

static void add_push(struct buf *b, size_t len)
{
	buf_u8(b, OP_PUSHDATA2);
	buf_le16(b, (uint16_t)len);
	memset(buf_extend(b, len), 1, len);
}

static void elements_520(void **state)
{
	uint8_t item[521];

	memset(item, 1, sizeof(item));
	for (size_t len = 520; len <= 521; len++) {
		enum script_error want = len > 520 ? SCRIPT_ERR_PUSH_SIZE :
						     SCRIPT_ERR_OK;
		struct spend s;

		spend_init(&s, 1, 1);
		add_push(&s.pubkey, len);
		assert_int_equal(run_legacy(&s), want);
		/* also where it is not executed */
		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_1, 1);
		spend_ops(&s.pubkey, OP_0, 1);
		spend_ops(&s.pubkey, OP_IF, 1);
		add_push(&s.pubkey, len);
		spend_ops(&s.pubkey, OP_ENDIF, 1);
		assert_int_equal(run_legacy(&s), want);
		/* and as an item of a witness */
		spend_init(&s, 1, 1);
		spend_item(&s, item, len);
		spend_ops(&s.leaf, OP_NOP, 1);
		assert_int_equal(run_v0(&s), want);
		spend_init(&s, 1, 1);
		spend_item(&s, item, len);
		spend_ops(&s.leaf, OP_NOP, 1);
		assert_int_equal(run_tap(&s), want);
	}
}

static void scripts_10000(void **state)
{
	for (size_t more = 0; more <= 1; more++) {
		enum script_error want = more ? SCRIPT_ERR_SCRIPT_SIZE :
						SCRIPT_ERR_OK;
		struct spend s;

		spend_init(&s, 1, 1);
		for (int i = 0; i < 19; i++) {
			add_push(&s.leaf, 520);
			spend_ops(&s.leaf, OP_DROP, 1);
		}
		while (s.leaf.len < 9999 + more)
			spend_ops(&s.leaf, s.leaf.len % 2 ? OP_1 : OP_DROP, 1);
		/* 9956 bytes, then pairs of OP_DROP OP_1 end in OP_1 OP_1 */
		s.leaf.p[19 * 524] = OP_1;
		spend_ops(&s.leaf, OP_1, 1);
		assert_int_equal(s.leaf.len, 10000 + more);
		buf_bytes(&s.pubkey, buf_view(&s.leaf));
		assert_int_equal(spend_check(&s, CF_P2SH, 0), want);
		spend_free(&s);
	}
}

static void stack_1000(void **state)
{
	for (size_t more = 0; more <= 1; more++) {
		enum script_error want = more ? SCRIPT_ERR_STACK_SIZE :
						SCRIPT_ERR_OK;
		struct spend s;

		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_1, 1000 + more);
		assert_int_equal(run_legacy(&s), want);
		/* both stacks together */
		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_1, 500);
		spend_ops(&s.pubkey, OP_TOALTSTACK, 100);
		spend_ops(&s.pubkey, OP_1, 500 + more);
		assert_int_equal(run_legacy(&s), want);
		/* after each operation, not at the end */
		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_1, 1000 + more);
		spend_ops(&s.pubkey, OP_DROP, 1);
		assert_int_equal(run_legacy(&s), want);
		/* unexecuted operations add nothing */
		spend_init(&s, 1, 1);
		spend_ops(&s.pubkey, OP_1, 999);
		spend_ops(&s.pubkey, OP_0, 1);
		spend_ops(&s.pubkey, OP_IF, 1);
		spend_ops(&s.pubkey, OP_1, 100);
		spend_ops(&s.pubkey, OP_ENDIF, 1);
		assert_int_equal(run_legacy(&s), SCRIPT_ERR_OK);
		/* tapscript limits the items it begins with */
		spend_init(&s, 1, 1);
		for (size_t i = 0; i < 1000 + more; i++)
			spend_item(&s, "\1", 1);
		spend_ops(&s.leaf, OP_2DROP, 499);
		spend_ops(&s.leaf, OP_DROP, 1);
		assert_int_equal(run_tap(&s), want);
	}
}

/* n items, the top one a number, then a witness script. */
static enum script_error v0_items(size_t n, int top, struct bytes script)
{
	uint8_t num[9];
	unsigned len = scriptnum_put(num, top);
	struct spend s;

	spend_init(&s, 1, 1);
	for (size_t i = 0; i + 1 < n; i++)
		spend_item(&s, "", 0);
	spend_item(&s, num, len);
	buf_bytes(&s.leaf, script);
	return run_v0(&s);
}

/* A version 0 witness may begin with more than 1,000 items; the limit comes
 * after the first operation. It never can end with one item, but why it fails
 * is what Bitcoin says. */
static void v0_begins_above_1000(void **state)
{
	static const uint8_t nop[] = {OP_NOP}, ret[] = {OP_RETURN},
		depth[] = {OP_DEPTH}, pick[] = {OP_PICK}, roll[] = {OP_ROLL},
		drop2[] = {OP_2DROP}, triple[] = {OP_3DUP}, bad[] = {OP_VER};
	struct bytes none = bytes_of(NULL, 0);

	assert_int_equal(v0_items(1000, 1, bytes_of(nop, 1)),
			 SCRIPT_ERR_CLEANSTACK);
	assert_int_equal(v0_items(1001, 1, bytes_of(nop, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(1002, 1, bytes_of(drop2, 1)),
			 SCRIPT_ERR_CLEANSTACK);
	assert_int_equal(v0_items(1003, 1, bytes_of(drop2, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(1001, 999, bytes_of(roll, 1)),
			 SCRIPT_ERR_CLEANSTACK);
	assert_int_equal(v0_items(1002, 1000, bytes_of(roll, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(1000, 998, bytes_of(pick, 1)),
			 SCRIPT_ERR_CLEANSTACK);
	assert_int_equal(v0_items(1001, 999, bytes_of(pick, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	for (size_t n = 1040; n < 1050; n++)
		assert_int_equal(v0_items(n, 1, bytes_of(triple, 1)),
				 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(5000, 1, none), SCRIPT_ERR_CLEANSTACK);
	assert_int_equal(v0_items(5000, 1, bytes_of(ret, 1)),
			 SCRIPT_ERR_OP_RETURN);
	assert_int_equal(v0_items(5000, 1, bytes_of(bad, 1)),
			 SCRIPT_ERR_BAD_OPCODE);
	assert_int_equal(v0_items(5000, 1, bytes_of(depth, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(5000, 4998, bytes_of(pick, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(5000, 4998, bytes_of(roll, 1)),
			 SCRIPT_ERR_STACK_SIZE);
	assert_int_equal(v0_items(5000, 4999, bytes_of(pick, 1)),
			 SCRIPT_ERR_INVALID_STACK_OPERATION);
}

/* The operation that takes most: 20 of 20, 43 items for one. */
static void v0_multisig_takes_43(void **state)
{
	for (size_t n = 1042; n <= 1043; n++) {
		struct spend s;

		spend_init(&s, 1, 1);
		for (size_t i = 0; i < n - 22; i++)
			spend_item(&s, "", 0);
		spend_item(&s, "\x14", 1);
		for (int i = 0; i < 20; i++)
			spend_item(&s, "", 0);
		spend_item(&s, "\x14", 1);
		spend_ops(&s.leaf, OP_CHECKMULTISIG, 1);
		assert_int_equal(run_v0(&s), n > 1042 ? SCRIPT_ERR_STACK_SIZE :
							SCRIPT_ERR_CLEANSTACK);
	}
}

static void count_step(void *ctx, const struct script_step *s)
{
	if (s->event == SCRIPT_STEP && s->stage == SCRIPT_STAGE_TAPSCRIPT)
		++*(size_t *)ctx;
}

static void millions_of_nested_ifs(void **state)
{
	size_t n = HUGE_SCRIPT / 2, steps = 0;
	struct script_trace trace = {count_step, &steps};
	struct spend s;

	spend_init(&s, 1, 1);
	spend_ops(&s.leaf, OP_0, 1);
	spend_ops(&s.leaf, OP_IF, n);
	spend_ops(&s.leaf, OP_ENDIF, n);
	spend_ops(&s.leaf, OP_1, 1);
	spend_p2tr(&s, 0xc0);
	assert_int_equal(spend_trace(&s, CF_ALL, 0, &trace), SCRIPT_ERR_OK);
	assert_int_equal(steps, 2 * n + 2);
	spend_free(&s);

	/* all true, then each turned over and over */
	spend_init(&s, 1, 1);
	for (size_t i = 0; i < 1000; i++) {
		spend_ops(&s.leaf, OP_1, 1);
		spend_ops(&s.leaf, OP_IF, 1);
	}
	spend_ops(&s.leaf, OP_ELSE, HUGE_SCRIPT - 4000);
	spend_ops(&s.leaf, OP_ENDIF, 1000);
	spend_ops(&s.leaf, OP_1, 1);
	assert_int_equal(run_tap(&s), SCRIPT_ERR_OK);

	spend_init(&s, 1, 1);
	spend_ops(&s.leaf, OP_0, 1);
	spend_ops(&s.leaf, OP_IF, HUGE_SCRIPT);
	assert_int_equal(run_tap(&s), SCRIPT_ERR_UNBALANCED_CONDITIONAL);
}

static void millions_of_rolls(void **state)
{
	struct spend s;

	spend_init(&s, 1, 1);
	spend_ops(&s.leaf, OP_1, 999);
	for (size_t i = 0; i < HUGE_SCRIPT / 4; i++)
		buf_add(&s.leaf, "\2\xe6\3\x7a", 4);	/* 998 OP_ROLL */
	spend_ops(&s.leaf, OP_2DROP, 499);
	assert_int_equal(run_tap(&s), SCRIPT_ERR_OK);
}

/* Valid because OP_SUCCESS comes before the limit on items; without it not. */
static void millions_of_empty_items(void **state)
{
	for (int success = 0; success <= 1; success++) {
		struct spend s;

		spend_init(&s, 1, 1);
		memset(buf_extend(&s.witness, HUGE_SCRIPT), 0, HUGE_SCRIPT);
		s.in[0].n_witness = HUGE_SCRIPT;
		spend_ops(&s.leaf, success ? 0x50 : OP_1, 1);
		assert_int_equal(run_tap(&s), success ? SCRIPT_ERR_OK :
							SCRIPT_ERR_STACK_SIZE);
	}
}

static void a_script_of_megabytes(void **state)
{
	struct spend s;

	spend_init(&s, 1, 1);
	spend_ops(&s.leaf, OP_NOP, HUGE_SCRIPT);
	spend_ops(&s.leaf, OP_1, 1);
	assert_int_equal(run_tap(&s), SCRIPT_ERR_OK);
}

/* A transaction of a megabyte, most of it an output, whose inputs make 200
 * legacy signature checks each. Each check signs the megabyte; checks of one
 * script and type share its hash, which with a separator before each they
 * cannot. */
static void quadratic_hashing(void **state)
{
	/* 1, 1 of type ALL; and the generator */
	static const char sig[] = "\x30\6\2\1\1\2\1\1\1";
	static const char key[] =
		"\2\x79\xbe\x66\x7e\xf9\xdc\xbb\xac\x55\xa0\x62\x95\xce\x87\x0b"
		"\7\2\x9b\xfc\xdb\x2d\xce\x28\xd9\x59\xf2\x81\x5b\x16\xf8\x17\x98";
	static struct txin in[26];
	static struct coin coin[26];
	struct sighash_cache *c;
	struct spend s;

	for (int separators = 0; separators <= 1; separators++) {
		unsigned checks = separators ? 100 : 200;
		unsigned n = separators ? 3 : 26;

		spend_init(&s, 1, 1);
		for (unsigned i = 0; i < checks; i++) {
			script_push(&s.pubkey, sig, 9);
			script_push(&s.pubkey, key, 33);
			if (separators)
				buf_u8(&s.pubkey, OP_CODESEPARATOR);
			buf_u8(&s.pubkey, OP_CHECKSIG);
		}
		buf_u8(&s.pubkey, OP_1);
		memset(buf_extend(&s.leaf, 1000000), 0, 1000000);
		s.out[0].script = buf_view(&s.leaf);
		for (unsigned i = 0; i < n; i++) {
			in[i] = s.in[0];
			in[i].prevout.n = i;
			coin[i].script = buf_view(&s.pubkey);
		}
		s.tx.in = in;
		s.tx.n_in = n;
		c = sighash_cache_new(&s.tx, coin);
		assert_non_null(c);
		for (unsigned i = 0; i < n; i++) {
			enum script_error e;
			int32_t pos;

			assert_int_equal(script_check(&s.tx, i, coin, c,
					(struct consensus_flags){CF_ALL},
					(struct policy_flags){0}, NULL, &e,
					&pos), ST_OK);
			assert_int_equal(e, SCRIPT_ERR_OK);
		}
		sighash_cache_free(c);
		spend_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_201),
		cmocka_unit_test(what_counts_as_an_operation),
		cmocka_unit_test(multisig_counts_its_keys),
		cmocka_unit_test(multisig_counts_in_range),
		cmocka_unit_test(elements_520),
		cmocka_unit_test(scripts_10000),
		cmocka_unit_test(stack_1000),
		cmocka_unit_test(v0_begins_above_1000),
		cmocka_unit_test(v0_multisig_takes_43),
		cmocka_unit_test(millions_of_nested_ifs),
		cmocka_unit_test(millions_of_rolls),
		cmocka_unit_test(millions_of_empty_items),
		cmocka_unit_test(a_script_of_megabytes),
		cmocka_unit_test(quadratic_hashing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
