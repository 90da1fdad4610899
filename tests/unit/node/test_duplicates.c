/* SPDX-License-Identifier: MIT */
/*
 * Transactions with the id of an earlier one (BIP30), as Bitcoin's first two
 * years had them, on a regtest whose coinbases need no height.
 */
#include "tests/unit/node/labblock.h"

#include "node/chain/import.h"
#include "node/core/priv.h"

struct bench {
	struct lab *l;
	struct params p;
	struct buf stream;	/* blocks given: u32 length, bytes */
};

static struct lab *open_lab(struct bench *t)
{
	assert_true(params_builtin(&t->p, "regtest"));
	assert_true(params_activate(&t->p, "bip34@100000"));
	return lab_open_chain(&t->p, NULL, 0, 0);
}

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));

	t->l = open_lab(t);
	buf_init(&t->stream, 64 << 20);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_close(t->l);
	buf_free(&t->stream);
	free(t);
	return 0;
}

static void note(struct bench *t, const struct made_block *b)
{
	buf_le32(&t->stream, (uint32_t)b->raw.len);
	buf_bytes(&t->stream, buf_view(&b->raw));
}

/* The next block; `same` has a coinbase that is always the same. */
static void next(struct bench *t, struct made_block *b, bool same)
{
	block_on_tip(t->l, b);
	if (same)
		b->script_sig = bytes_of("again", 5);
	b->commits = !same;
}

static struct txid take(struct bench *t, struct made_block *b)
{
	struct txid id;

	block_make(b);
	block_take(t->l, b);
	note(t, b);
	id = b->coinbase;
	block_drop(b);
	return id;
}

static void fill(struct bench *t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct made_block b;

		next(t, &b, false);
		take(t, &b);
	}
}

/* A fresh database with the same blocks, through an import or one by one. */
static void same_when_fresh(struct bench *t, bool bulk,
			    const struct params *exceptions)
{
	struct lab *other = open_lab(t);
	struct reader rd = reader_of(t->stream.p, t->stream.len);
	struct import_options o = {0};
	struct lab_state a = lab_state(t->l), b;
	struct block_result r;

	if (exceptions)
		other->n->params = *exceptions;
	if (bulk)
		assert_int_equal(import_begin(other->n, &o), ST_OK);
	while (reader_left(&rd)) {
		uint32_t len = reader_le32(&rd);
		const uint8_t *raw = reader_take(&rd, len);

		assert_int_equal(node_accept_block(other->n, raw, len, "lab", &r),
				 ST_OK);
		assert_int_equal(r.verdict.code, VALID);
	}
	if (bulk) {
		assert_int_equal(import_end(other->n, &r), ST_OK);
		assert_int_equal(r.verdict.code, VALID);
	}
	b = lab_state(other);
	lab_same(&a, &b);
	lab_verify(other);
	lab_close(other);
}

static void an_id_may_not_come_again_while_a_coin_of_it_is_left(void **state)
{
	struct bench *t = *state;
	struct made_block b;

	next(t, &b, true);
	take(t, &b);
	fill(t, 3);
	next(t, &b, true);
	block_make(&b);
	block_refuse(t->l, &b, V_BIP30);
	block_refuse(t->l, &b, V_DUPLICATE_INVALID);
	block_drop(&b);
	lab_verify(t->l);
}

/* The whole life: made, spent, made again, spent again. */
static void life(struct bench *t, struct made_block *spends, struct buf *raw)
{
	struct plain_tx tx;
	struct made_block b;
	struct txid id;

	next(t, &b, true);
	id = take(t, &b);
	fill(t, 100);
	next(t, spends, false);
	tx = plain_spend(&id, 0, SUBSIDY);
	plain_write(raw, &tx, NULL);
	spends->tx[spends->n_tx++] = buf_view(raw);
	take(t, spends);
	next(t, &b, true);
	b.pays = SUBSIDY;
	take(t, &b);
}

static void an_id_may_come_again_when_all_its_coins_are_spent(void **state)
{
	struct bench *t = *state;
	struct made_block spends;
	struct buf raw;

	life(t, &spends, &raw);
	fill(t, 5);
	lab_verify(t->l);
	same_when_fresh(t, false, NULL);
	same_when_fresh(t, true, NULL);
	buf_free(&raw);
}

static void a_reorganisation_brings_the_earlier_one_back(void **state)
{
	struct bench *t = *state;
	struct made_block spends, b, c;
	struct blkid fork;
	struct block_info info;
	struct buf raw;

	life(t, &spends, &raw);
	/* another branch that forks before the spending block */
	assert_int_equal(query_block_at(t->l->n, 101, &info), ST_OK);
	fork = info.id;
	block_on(t->l, &b, &fork);
	for (int i = 0; i < 3; i++) {
		b.extra = 1000;
		block_make(&b);
		assert_int_equal(block_give(t->l, &b).verdict.code, VALID);
		note(t, &b);
		block_after(&c, &b);
		block_drop(&b);
		b = c;
	}
	lab_verify(t->l);
	same_when_fresh(t, false, NULL);
	/* its coin is there again: neither may the id come, nor is it lost */
	next(t, &b, true);
	block_make(&b);
	block_refuse(t->l, &b, V_BIP30);
	block_drop(&b);
	next(t, &b, false);
	b.tx[b.n_tx++] = buf_view(&raw);
	take(t, &b);
	next(t, &b, true);
	take(t, &b);
	lab_verify(t->l);
	same_when_fresh(t, true, NULL);
	buf_free(&raw);
}

/* As blocks 91,842 and 91,880 of mainnet: the earlier coin is lost. */
static void the_exceptions_lose_the_earlier_coin(void **state)
{
	struct bench *t = *state;
	struct params *p = &t->l->n->params;
	struct made_block first, again, b, c;
	struct lab_state without, with;
	struct block_info info;
	struct arena a;
	struct outpoint at = {.n = 0};
	struct output_info out;

	next(t, &first, true);
	at.txid = take(t, &first);
	fill(t, 3);
	without = lab_state(t->l);
	next(t, &again, true);
	block_make(&again);
	p->bip30_exception[0].height = again.height;
	p->bip30_exception[0].id = again.id;
	block_take(t->l, &again);
	note(t, &again);
	fill(t, 1);
	arena_init(&a, 1 << 20);
	assert_int_equal(query_output(t->l->n, &at, &a, &out), ST_OK);
	assert_int_equal(out.height, again.height);
	assert_false(out.spent);
	with = lab_state(t->l);
	assert_int_equal(memcmp(with.digests.utxo, without.digests.utxo, 32) == 0,
			 0);
	lab_verify(t->l);
	same_when_fresh(t, false, p);
	same_when_fresh(t, true, p);
	/* a branch without it brings the first one back */
	assert_int_equal(query_block_at(t->l->n, again.height - 1, &info), ST_OK);
	block_on(t->l, &b, &info.id);
	for (int i = 0; i < 3; i++) {
		b.extra = 1000;
		block_make(&b);
		assert_int_equal(block_give(t->l, &b).verdict.code, VALID);
		note(t, &b);
		block_after(&c, &b);
		block_drop(&b);
		b = c;
	}
	assert_int_equal(query_output(t->l->n, &at, &a, &out), ST_OK);
	assert_int_equal(out.height, 1);
	assert_false(out.spent);
	lab_verify(t->l);
	same_when_fresh(t, false, p);
	arena_free(&a);
	block_drop(&again);
}

/* The genesis coinbase is no coin: its id may come again. */
static void the_id_of_the_genesis_coinbase_may_come_again(void **state)
{
	struct bench *t = *state;
	const struct params *p = &t->p;
	struct made_block b;
	struct buf raw;
	struct block g;
	struct arena a;

	buf_init(&raw, 10000);
	arena_init(&a, 1 << 20);
	params_genesis_block(&raw, p);
	assert_int_equal(block_parse(&g, raw.p, raw.len, &a), ST_OK);
	next(t, &b, true);
	block_make(&b);
	/* the genesis block's only transaction under another header */
	memcpy(raw.p, b.raw.p, HEADER_SIZE);
	buf_free(&b.raw);
	b.raw = raw;
	block_seal(&b, false);
	assert_memory_equal(&b.coinbase, &g.tx[0].txid, sizeof(b.coinbase));
	block_take(t->l, &b);
	note(t, &b);
	fill(t, 2);
	lab_verify(t->l);
	same_when_fresh(t, true, NULL);
	block_drop(&b);
	arena_free(&a);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_id_may_not_come_again_while_a_coin_of_it_is_left),
		T(an_id_may_come_again_when_all_its_coins_are_spent),
		T(a_reorganisation_brings_the_earlier_one_back),
		T(the_exceptions_lose_the_earlier_coin),
		T(the_id_of_the_genesis_coinbase_may_come_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
