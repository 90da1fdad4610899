/* SPDX-License-Identifier: MIT */
/* What somebody with cheap blocks, or with patience, tries on a node. */
#include "tests/unit/node/labblock.h"

#include <sqlite3.h>

#include "node/chain/import.h"
#include "node/core/branch.h"
#include "node/core/priv.h"
#include "node/net/peers.h"

#define READY 110

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];
};

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));

	t->l = lab_open("regtest", 0);
	blocks_mine(t->l, READY, t->cb + 1);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_verify(t->l);
	lab_close(t->l);
	free(t);
	return 0;
}

/* What one SQL question answers. */
static int64_t ask(struct bench *t, const char *sql)
{
	sqlite3_stmt *s;
	sqlite3 *h;
	int64_t v;

	assert_int_equal(sqlite3_open(t->l->path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(h);
	return v;
}

static void tell(struct bench *t, const char *sql)
{
	sqlite3 *h;

	assert_int_equal(sqlite3_open(t->l->path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
}

static void header_of(struct bench *t, const struct made_block *b)
{
	struct verdict v;
	size_t accepted;

	assert_int_equal(node_accept_headers(t->l->n, b->raw.p, 1, "lab",
					     &accepted, &v), ST_OK);
	assert_int_equal(v.code, VALID);
}

static void every_child_of_an_invalid_block_is_marked(void **state)
{
	enum { KIDS = 300 };
	struct bench *t = *state;
	struct made_block bad, kid;

	block_on_tip(t->l, &bad);
	bad.pays = SUBSIDY + 1;
	block_make(&bad);
	header_of(t, &bad);
	for (uint32_t i = 0; i < KIDS; i++) {
		block_after(&kid, &bad);
		kid.extra = i;
		block_make(&kid);
		header_of(t, &kid);
		block_drop(&kid);
	}
	assert_int_equal(block_give(t->l, &bad).verdict.code, V_CB_AMOUNT);
	assert_int_equal(ask(t, "SELECT count(*) FROM block WHERE status > 4"),
			 KIDS);
	block_drop(&bad);
}

static void an_import_goes_on_after_a_bad_block_with_bad_descendants(void **state)
{
	struct bench *t = *state;
	struct import_options o = {0};
	struct block_result r;
	struct made_block b[4], good;
	struct plain_tx p = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct buf tx, spoiled;
	struct txid id;
	struct arena a;
	struct tx parsed;
	struct txin in;

	/* OP_RETURN as the input script: it fails when it is run, not before */
	buf_init(&tx, 1000);
	buf_init(&spoiled, 1000);
	arena_init(&a, 1 << 20);
	plain_write(&tx, &p, &id);
	assert_int_equal(tx_parse(&parsed, tx.p, tx.len, &a), ST_OK);
	in = parsed.in[0];
	in.script_sig = bytes_of("\x6a", 1);
	parsed.in = &in;
	tx_write(&spoiled, &parsed, true);

	block_on_tip(t->l, &b[0]);
	b[0].n_tx = 1;
	b[0].tx[0] = buf_view(&spoiled);
	block_make(&b[0]);
	for (int i = 1; i < 4; i++) {
		block_after(&b[i], &b[i - 1]);
		if (i == 2)
			b[i].pays = SUBSIDY + 1;	/* found at once */
		block_make(&b[i]);
	}
	block_on_tip(t->l, &good);
	good.extra = 77;
	block_make(&good);
	assert_int_equal(import_begin(t->l->n, &o), ST_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(node_accept_block(t->l->n, b[i].raw.p,
						   b[i].raw.len, "lab", &r),
				 ST_OK);
	assert_int_equal(node_accept_block(t->l->n, good.raw.p, good.raw.len,
					   "lab", &r), ST_OK);
	assert_int_equal(r.verdict.code, VALID);
	assert_int_equal(import_end(t->l->n, &r), ST_OK);
	lab_tip_is(t->l, &good.id);
	for (int i = 0; i < 4; i++)
		block_drop(&b[i]);
	block_drop(&good);
	buf_free(&tx);
	buf_free(&spoiled);
	arena_free(&a);
}

static void old_headers_of_a_long_branch_are_its_own(void **state)
{
	enum { N = 40000 };
	struct bench *t = *state;
	struct block_row row;
	struct header h;
	struct branch br;
	struct chain_view view;
	bool own;

	assert_int_equal(node_read_begin(t->l->n, &own), ST_OK);
	branch_init(&br, t->l->n->db);
	assert_int_equal(store_block_by_height(t->l->n->db, 5, &row), ST_OK);
	assert_int_equal(branch_set(&br, &row), ST_OK);
	h = row.header;
	for (uint32_t i = 0; i < N; i++) {
		struct blkid id;

		header_hash(&id, &h);
		h.prev = id;
		h.time = 1000000 + i;
		header_hash(&id, &h);
		assert_int_equal(branch_push(&br, &id, &h), ST_OK);
	}
	view = branch_view(&br);
	assert_int_equal(view.height, 5 + N);
	/* height 6 is on the active chain, too, as another block */
	for (uint32_t i = 0; i < N; i += 999) {
		assert_int_equal(view.header_at(view.arg, 6 + i, &h), ST_OK);
		assert_int_equal(h.time, 1000000 + i);
	}
	assert_int_equal(view.header_at(view.arg, 3, &h), ST_OK);
	branch_free(&br);
	node_read_end(t->l->n, own);
}

static void a_long_family_that_comes_back_is_cut_at_the_limits(void **state)
{
	enum { N = 200 };
	struct bench *t = *state;
	struct made_block a, b[2];
	struct buf tx[N];
	struct txid from = t->cb[1];
	struct mempool_info info;

	block_on_tip(t->l, &b[0]);
	b[0].extra = 5;
	block_make(&b[0]);
	block_after(&b[1], &b[0]);
	block_make(&b[1]);
	block_on_tip(t->l, &a);
	a.n_tx = N;
	for (uint32_t i = 0; i < N; i++) {
		struct plain_tx p = plain_spend(&from, 0, SUBSIDY - 100000 *
							  (int64_t)(i + 1));
		static const uint8_t wide[34] = {OP_0, 32};

		buf_init(&tx[i], 1000);
		/* a data output makes it large enough for the pool */
		p.n_out = 2;
		p.out[1].value = 1000;
		p.out[1].script = bytes_of(wide, sizeof(wide));
		plain_write(&tx[i], &p, &from);
		a.tx[i] = buf_view(&tx[i]);
	}
	block_make(&a);
	{
		struct mempool_policy policy = *node_mempool_policy(t->l->n);

		policy.require_standard = false;
		node_set_mempool_policy(t->l->n, &policy);
	}
	block_take(t->l, &a);
	assert_int_equal(block_give(t->l, &b[0]).verdict.code, VALID);
	block_take(t->l, &b[1]);
	assert_int_equal(node_mempool_info(t->l->n, &info), ST_OK);
	assert_int_equal(info.count, 25);
	for (uint32_t i = 0; i < N; i++)
		buf_free(&tx[i]);
	block_drop(&a);
	block_drop(&b[0]);
	block_drop(&b[1]);
}

static void after_2106_a_template_has_the_last_time_there_is(void **state)
{
	struct bench *t = *state;
	struct block_template tmpl;

	node_set_now_s(t->l->n, INT64_C(5000000000));
	assert_int_equal(node_template_make(t->l->n, &tmpl), ST_OK);
	assert_int_equal(tmpl.header.time, UINT32_MAX);
	node_template_free(&tmpl);
	node_set_now_s(t->l->n, 0);
}

static void a_lease_taken_by_a_clock_set_back_since_is_free(void **state)
{
	struct bench *t = *state;
	struct node *other = lab_open_again(t->l);

	assert_int_equal(node_lease_take(t->l->n, "resolve", 20000), ST_OK);
	assert_int_equal(node_lease_take(other, "resolve", 20000),
			 ST_OK);	/* same process: same owner */
	tell(t, "UPDATE lease SET owner = 'quarry-resolve/1'");
	assert_int_equal(node_lease_take(other, "resolve", 20000), ST_BUSY);
	tell(t, "UPDATE lease SET until = until + 86400000");
	assert_int_equal(node_lease_take(other, "resolve", 20000), ST_OK);
	node_close(other);
}

static void proposals_do_not_fill_memory(void **state)
{
	struct bench *t = *state;
	struct node_tip tip;

	t->l->n->coins.max_bytes = 600;
	for (int i = 1; i <= 10; i++) {
		struct plain_tx p = plain_spend(&t->cb[i], 0, SUBSIDY);
		struct made_block b;
		struct verdict v;
		struct txid id;
		struct buf tx;

		buf_init(&tx, 1000);
		plain_write(&tx, &p, &id);
		block_on_tip(t->l, &b);
		b.n_tx = 1;
		b.tx[0] = buf_view(&tx);
		block_make(&b);
		assert_int_equal(node_judge_block(t->l->n, b.raw.p, b.raw.len,
						  &v), ST_OK);
		block_drop(&b);
		buf_free(&tx);
	}
	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	assert_true(t->l->n->coins.bytes <= 1200);
}

static void a_flood_of_refusals_is_not_written_in_full(void **state)
{
	enum { FLOOD = 5000 };
	struct bench *t = *state;
	struct tx_options o = {.source = "lab"};
	struct tx_result r;
	int64_t rows;

	for (uint32_t i = 0; i < FLOOD; i++)
		assert_int_equal(node_accept_tx(t->l->n, &i, sizeof(i), &o, &r),
				 ST_OK);
	rows = ask(t, "SELECT count(*) FROM reject");
	assert_true(rows >= 1000);
	assert_true(rows <= 4000);
}

#define ASKED 50

static void missing_are(struct bench *t, const struct made_block *b,
			uint32_t from, uint32_t n)
{
	struct arena a;
	struct blkid *ids;
	uint32_t count;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_missing_blocks(t->l->n, ASKED, &a, &ids, &count),
			 ST_OK);
	assert_int_equal(count, n);
	for (uint32_t i = 0; i < n; i++)
		assert_memory_equal(&ids[i], &b[from + i].id, 32);
	arena_free(&a);
}

/* How many are missing, the lowest of them being this one. */
static uint32_t lowest_missing(struct bench *t, const struct blkid *id)
{
	struct arena a;
	struct blkid *ids;
	uint32_t count;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_missing_blocks(t->l->n, ASKED, &a, &ids, &count),
			 ST_OK);
	assert_memory_equal(&ids[0], id, 32);
	arena_free(&a);
	return count;
}

static void what_is_missing_is_told_lowest_first(void **state)
{
	enum { N = 39 };
	struct bench *t = *state;
	struct made_block a[N], b[N + 1];

	for (uint32_t i = 0; i <= N; i++) {
		if (i) {
			block_after(&b[i], &b[i - 1]);
		} else {
			block_on_tip(t->l, &b[0]);
		}
		b[i].extra = 2;
		block_make(&b[i]);
	}
	for (uint32_t i = 0; i < N; i++) {
		if (i)
			block_after(&a[i], &a[i - 1]);
		else
			block_on_tip(t->l, &a[0]);
		a[i].extra = 1;
		block_make(&a[i]);
		header_of(t, &a[i]);
	}
	missing_are(t, a, 0, N);
	/* one further on is here before those below */
	block_give(t->l, &a[0]);
	block_give(t->l, &a[2]);
	assert_int_equal(lowest_missing(t, &a[1].id), N - 2);
	block_give(t->l, &a[1]);
	missing_are(t, a, 3, N - 3);
	/* another branch becomes the one with most work */
	for (uint32_t i = 0; i <= N; i++)
		header_of(t, &b[i]);
	missing_are(t, b, 0, N + 1);
	block_give(t->l, &b[0]);
	missing_are(t, b, 1, N);
	for (uint32_t i = 0; i < N; i++)
		block_drop(&a[i]);
	for (uint32_t i = 0; i <= N; i++)
		block_drop(&b[i]);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_child_of_an_invalid_block_is_marked),
		T(an_import_goes_on_after_a_bad_block_with_bad_descendants),
		T(old_headers_of_a_long_branch_are_its_own),
		T(a_long_family_that_comes_back_is_cut_at_the_limits),
		T(after_2106_a_template_has_the_last_time_there_is),
		T(a_lease_taken_by_a_clock_set_back_since_is_free),
		T(proposals_do_not_fill_memory),
		T(a_flood_of_refusals_is_not_written_in_full),
		T(what_is_missing_is_told_lowest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
