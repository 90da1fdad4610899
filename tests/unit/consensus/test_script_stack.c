/* SPDX-License-Identifier: MIT */
/*
 * Every operation that moves items, at every depth from 0 to 7, around powers of
 * two and at the limit of 1,000, against a model made of plain arrays.
 */
#include "tests/unit/consensus/spend.h"

#include "consensus/script_trace.h"
#include "consensus/scriptnum.h"
#include "consensus/stack.h"

#define MODEL_MAX 1100

/* A stack of numbers; what stands for an item is its number. */
struct model {
	int v[MODEL_MAX];
	int n;
	int alt[MODEL_MAX];
	int n_alt;
};

static void push(struct model *m, int v)
{
	m->v[m->n++] = v;
}

static int take(struct model *m, int from_top)
{
	int v = m->v[m->n - from_top];

	for (int i = m->n - from_top; i + 1 < m->n; i++)
		m->v[i] = m->v[i + 1];
	m->n--;
	return v;
}

static int peek(const struct model *m, int from_top)
{
	return m->v[m->n - from_top];
}

static bool model_pick_or_roll(struct model *m, bool roll)
{
	int n;

	if (m->n < 2)
		return false;
	n = take(m, 1);
	if (n < 0 || n >= m->n)
		return false;
	push(m, roll ? take(m, n + 1) : peek(m, n + 1));
	return true;
}

/* Runs op; false when the stack is too small for it. */
static bool model_run(struct model *m, uint8_t op)
{
	int a, b;

	switch (op) {
	case OP_TOALTSTACK:
		if (m->n < 1)
			return false;
		m->alt[m->n_alt++] = take(m, 1);
		return true;
	case OP_2DROP:
		if (m->n < 2)
			return false;
		m->n -= 2;
		return true;
	case OP_2DUP:
		if (m->n < 2)
			return false;
		a = peek(m, 2), b = peek(m, 1);
		push(m, a), push(m, b);
		return true;
	case OP_3DUP:
		if (m->n < 3)
			return false;
		for (int i = 0; i < 3; i++)
			push(m, peek(m, 3));
		return true;
	case OP_2OVER:
		if (m->n < 4)
			return false;
		a = peek(m, 4), b = peek(m, 3);
		push(m, a), push(m, b);
		return true;
	case OP_2ROT:
		if (m->n < 6)
			return false;
		a = take(m, 6), b = take(m, 5);
		push(m, a), push(m, b);
		return true;
	case OP_2SWAP:
		if (m->n < 4)
			return false;
		a = take(m, 4), b = take(m, 3);
		push(m, a), push(m, b);
		return true;
	case OP_IFDUP:
		if (m->n < 1)
			return false;
		if (peek(m, 1))
			push(m, peek(m, 1));
		return true;
	case OP_DEPTH:
		push(m, m->n);
		return true;
	case OP_DROP:
		if (m->n < 1)
			return false;
		take(m, 1);
		return true;
	case OP_DUP:
		if (m->n < 1)
			return false;
		push(m, peek(m, 1));
		return true;
	case OP_NIP:
		if (m->n < 2)
			return false;
		take(m, 2);
		return true;
	case OP_OVER:
		if (m->n < 2)
			return false;
		push(m, peek(m, 2));
		return true;
	case OP_PICK:
	case OP_ROLL:
		return model_pick_or_roll(m, op == OP_ROLL);
	case OP_ROT:
		if (m->n < 3)
			return false;
		push(m, take(m, 3));
		return true;
	case OP_SWAP:
		if (m->n < 2)
			return false;
		push(m, take(m, 2));
		return true;
	case OP_TUCK:
		if (m->n < 2)
			return false;
		a = take(m, 1), b = take(m, 1);
		push(m, a), push(m, b), push(m, a);
		return true;
	default:
		fail_msg("no model of %02x", op);
	}
	return false;
}

static const uint8_t ops[] = {
	OP_TOALTSTACK, OP_2DROP, OP_2DUP, OP_3DUP, OP_2OVER, OP_2ROT, OP_2SWAP,
	OP_IFDUP, OP_DEPTH, OP_DROP, OP_DUP, OP_NIP, OP_OVER, OP_PICK, OP_ROLL,
	OP_ROT, OP_SWAP, OP_TUCK,
};

/* Compares at the end of the output's script, and when it fails. */
struct watch {
	const struct model *m;
	bool ended;
};

static void compare(void *ctx, const struct script_step *s)
{
	struct watch *w = ctx;
	int64_t v;

	if (s->event != SCRIPT_STEP || s->stage != SCRIPT_STAGE_PUBKEY ||
	    s->op != OP_NOP)
		return;
	w->ended = true;
	assert_int_equal(script_step_depth(s), w->m->n);
	for (size_t i = 0; i < script_step_depth(s); i++) {
		assert_true(scriptnum_get(&v, script_step_item(s, i), 4, true));
		assert_int_equal(v, w->m->v[i]);
	}
	assert_int_equal(script_step_alt_depth(s), w->m->n_alt);
	for (size_t i = 0; i < script_step_alt_depth(s); i++) {
		assert_true(scriptnum_get(&v, script_step_alt_item(s, i), 4,
					  true));
		assert_int_equal(v, w->m->alt[i]);
	}
}

/* The input pushes m's items, the output runs code and then OP_NOP OP_1. */
static void expect(struct model *m, struct bytes code)
{
	struct watch w = {m, false};
	struct script_trace trace = {compare, &w};
	struct spend s;
	enum script_error e, want = SCRIPT_ERR_OK;

	spend_init(&s, 1, 1);
	for (int i = 0; i < m->n; i++)
		script_push_int(&s.sig, m->v[i]);
	buf_bytes(&s.pubkey, code);
	buf_u8(&s.pubkey, OP_NOP);
	buf_u8(&s.pubkey, OP_1);
	for (size_t i = 0; want == SCRIPT_ERR_OK && i < code.len; i++) {
		if (!model_run(m, code.p[i]))
			want = SCRIPT_ERR_INVALID_STACK_OPERATION;
		else if (m->n + m->n_alt > STACK_ITEMS_MAX)
			want = SCRIPT_ERR_STACK_SIZE;
	}
	if (want == SCRIPT_ERR_OK && m->n + m->n_alt == STACK_ITEMS_MAX)
		want = SCRIPT_ERR_STACK_SIZE;	/* by OP_1 */
	e = spend_trace(&s, 0, 0, &trace);
	assert_int_equal(e, want);
	assert_int_equal(w.ended, want == SCRIPT_ERR_OK ||
			 (want == SCRIPT_ERR_STACK_SIZE &&
			  m->n + m->n_alt == STACK_ITEMS_MAX));
	spend_free(&s);
}

static void fill(struct model *m, int n, int top)
{
	memset(m, 0, sizeof(*m));
	for (int i = 0; i < n; i++)
		push(m, i + 1 == n ? top : 100 + i);
}

static void each_operation_at_each_depth(void **state)
{
	static const int depths[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17,
				     31, 32, 33, 63, 64, 65, 255, 256, 257, 511,
				     512, 513, 994, 995, 996, 997, 998, 999, 1000};
	static struct model m;

	for (size_t d = 0; d < sizeof(depths) / sizeof(depths[0]); d++) {
		int tops[] = {0, 1, 2, depths[d] - 3, depths[d] - 2,
			      depths[d] - 1, depths[d], -1};

		for (size_t o = 0; o < sizeof(ops); o++) {
			for (size_t t = 0; t < sizeof(tops) / sizeof(tops[0]); t++) {
				fill(&m, depths[d], tops[t]);
				expect(&m, bytes_of(&ops[o], 1));
			}
		}
	}
}

static void alt_stack_is_last_in_first_out(void **state)
{
	static struct model m;
	struct spend s;

	fill(&m, 5, 9);
	spend_init(&s, 1, 1);
	for (int i = 0; i < m.n; i++)
		script_push_int(&s.sig, m.v[i]);
	spend_ops(&s.pubkey, OP_TOALTSTACK, 2);
	spend_ops(&s.pubkey, OP_FROMALTSTACK, 2);
	script_push_int(&s.pubkey, 9);
	buf_u8(&s.pubkey, OP_EQUALVERIFY);
	script_push_int(&s.pubkey, 103);
	buf_u8(&s.pubkey, OP_EQUAL);
	assert_int_equal(spend_check(&s, 0, 0), SCRIPT_ERR_OK);
	buf_reset(&s.pubkey);
	buf_u8(&s.pubkey, OP_FROMALTSTACK);
	assert_int_equal(spend_check(&s, 0, 0),
			 SCRIPT_ERR_INVALID_ALTSTACK_OPERATION);
	/* the alternative stack does not survive a script */
	buf_u8(&s.sig, OP_TOALTSTACK);
	assert_int_equal(spend_check(&s, 0, 0),
			 SCRIPT_ERR_INVALID_ALTSTACK_OPERATION);
	spend_free(&s);
}

/* Long random runs: slots are given back and taken again in any order. */
static void random_sequences(void **state)
{
	static struct model m;
	uint32_t x = 12345;
	uint8_t code[150];

	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + round % sizeof(code);

		for (size_t i = 0; i < n; i++) {
			x = x * 1664525 + 1013904223;
			code[i] = ops[(x >> 16) % sizeof(ops)];
		}
		fill(&m, 20 + round % 980, 3);
		for (int i = 0; i < m.n; i++)
			m.v[i] = (int)((x >> 8) + (uint32_t)i) % 5;
		expect(&m, bytes_of(code, n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operation_at_each_depth),
		cmocka_unit_test(alt_stack_is_last_in_first_out),
		cmocka_unit_test(random_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
