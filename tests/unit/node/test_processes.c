/* SPDX-License-Identifier: MIT */
/*
 * test-timeout: 300
 *
 * Four processes give the same blocks, of two branches, and transactions to one
 * file, each in an order of its own: nothing is lost, nothing is there twice,
 * and in the end the file says what a fresh one says.
 */
#include "tests/unit/node/labblock.h"

#include <sys/wait.h>
#include <unistd.h>

#define READY 110
#define N_BLOCKS 60	/* on each branch; the second has one more */
#define N_PROCESSES 4

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];
	struct made_block b[2 * N_BLOCKS + 1];
	uint32_t n;
	struct buf raw[2 * N_BLOCKS + 1];	/* a spend in some of them */
};

/* Branches from the base; some blocks spend mature coinbases. */
static void make_blocks(struct bench *t, const struct blkid *base)
{
	for (uint32_t k = 0; k < 2; k++) {
		uint32_t first = t->n;

		for (uint32_t i = 0; i < N_BLOCKS + k; i++, t->n++) {
			struct made_block *b = &t->b[t->n];

			if (i)
				block_after(b, &t->b[t->n - 1]);
			else
				block_on(t->l, b, base);
			assert_true(i || t->n == first);
			b->extra = k + 1;
			b->pays = params_subsidy_sat(node_params(t->l->n),
						     b->height);
			if (i < 10) {
				struct plain_tx tx = plain_spend(
					&t->cb[i + 1], 0, SUBSIDY - (int64_t)k);

				plain_write(&t->raw[t->n], &tx, NULL);
				b->tx[b->n_tx++] = buf_view(&t->raw[t->n]);
			}
			block_make(b);
		}
	}
}

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));
	struct node_tip tip;

	t->l = lab_open("regtest", 0);
	blocks_mine(t->l, READY, t->cb + 1);
	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	make_blocks(t, &tip.id);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_close(t->l);
	for (uint32_t i = 0; i < t->n; i++) {
		block_drop(&t->b[i]);
		if (t->raw[i].p)
			buf_free(&t->raw[i]);
	}
	free(t);
	return 0;
}

/* Gives every block until it is here; the exit code says what went wrong. */
static int work(struct bench *t, uint32_t self)
{
	struct node *n = lab_open_again(t->l);
	bool done[2 * N_BLOCKS + 1] = {false};
	uint32_t left = t->n;

	t->l->seed = 100 + self;
	for (uint32_t turn = 0; left; turn++) {
		/* somewhere near the first that is missing */
		uint32_t i = 0, ahead = (uint32_t)(lab_rand(t->l) % 8);
		struct tx_options o = {.source = "lab"};
		struct block_result r;
		struct tx_result tr;
		enum status st;

		if (turn > 200000)
			return 3;
		if (lab_rand(t->l) & 1)
			i = N_BLOCKS;
		while (i < t->n && done[i])
			i++;
		i = (i + ahead) % t->n;
		if (done[i])
			continue;
		st = node_accept_block(n, t->b[i].raw.p, t->b[i].raw.len, "lab",
				       &r);
		if (st == ST_BUSY)
			continue;
		if (st != ST_OK)
			return 1;
		if (r.verdict.code == VALID) {
			done[i] = true;
			left--;
		} else if (r.verdict.code != V_PREV_NOT_FOUND) {
			return 2;
		}
		/* OP_TRUE outputs are not standard: judged, not taken */
		if (t->raw[i].p &&
		    node_accept_tx(n, t->raw[i].p, t->raw[i].len, &o, &tr) ==
			    ST_CORRUPT)
			return 4;
	}
	node_close(n);
	return 0;
}

static void four_processes_agree(void **state)
{
	struct bench *t = *state;
	struct lab *fresh;
	struct lab_state a, b;
	struct block_info info;
	pid_t pid[N_PROCESSES];

	node_close(t->l->n);
	for (uint32_t k = 0; k < N_PROCESSES; k++) {
		pid[k] = fork();
		assert_true(pid[k] >= 0);
		if (pid[k] == 0)
			_exit(work(t, k));
	}
	for (uint32_t k = 0; k < N_PROCESSES; k++) {
		int status;

		assert_int_equal(waitpid(pid[k], &status, 0), pid[k]);
		assert_int_equal(status, 0);
	}
	t->l->n = lab_open_again(t->l);
	lab_tip_is(t->l, &t->b[t->n - 1].id);
	for (uint32_t i = 0; i < t->n; i++) {
		assert_int_equal(query_block(t->l->n, &t->b[i].id, &info), ST_OK);
		assert_true(info.has_data);
		assert_int_equal(info.active, i >= N_BLOCKS);
	}
	lab_verify(t->l);	/* with SQLite's integrity check */
	fresh = lab_open("regtest", 0);
	for (uint32_t h = 1; h <= READY + N_BLOCKS + 1; h++) {
		struct arena arena;
		struct bytes raw;
		struct block_result r;

		arena_init(&arena, 8 << 20);
		assert_int_equal(query_block_at(t->l->n, h, &info), ST_OK);
		assert_int_equal(query_block_raw(t->l->n, &info.id, &arena, &raw),
				 ST_OK);
		assert_int_equal(node_accept_block(fresh->n, raw.p, raw.len,
						   "lab", &r), ST_OK);
		assert_true(r.active);
		arena_free(&arena);
	}
	a = lab_state(t->l);
	b = lab_state(fresh);
	lab_same(&a, &b);
	lab_close(fresh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(four_processes_agree, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
