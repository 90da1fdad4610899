/* SPDX-License-Identifier: MIT */
/*
 * test-timeout: 300
 *
 * A failure of the environment is a status, never a verdict: no memory at any
 * point, no room on disk, another connection that keeps the lock. Afterwards the
 * same block connects and the database is that of a quiet day.
 *
 * Linked with --wrap: the n-th allocation of the program fails.
 */
#include "tests/unit/node/labblock.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/core/priv.h"

#define READY 105

/* 0: none is to fail; else how many are left until one does. */
static long fuse;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t m);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t m);
void *__wrap_realloc(void *p, size_t n);

static bool burns(void)
{
	return fuse && --fuse == 0;
}

void *__wrap_malloc(size_t n)
{
	return burns() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t m)
{
	return burns() ? NULL : __real_calloc(n, m);
}

void *__wrap_realloc(void *p, size_t n)
{
	return burns() ? NULL : __real_realloc(p, n);
}

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];
	struct made_block extends;	/* with spends of every kind of coin */
	struct made_block branch[3];	/* from two below: more work */
	struct buf raw[4];
};

/* One thread: what fails, fails here. */
static void open_narrow(struct bench *t, int busy_ms)
{
	struct node_options o = {.db_path = t->l->path, .threads = 1,
				 .app_name = "faults", .busy_ms = busy_ms};
	char error[NODE_ERROR_SIZE];

	node_close(t->l->n);
	t->l->n = NULL;
	if (node_open(&t->l->n, &o, error) != ST_OK)
		fail_msg("%s", error);
}

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));
	struct lab_tx *spend = calloc(1, sizeof(*spend));
	struct plain_tx a, b;
	struct block_info info;
	struct buf spk;
	struct txid id, got;

	t->l = lab_open("regtest", 0);
	blocks_mine(t->l, READY, t->cb + 1);
	/* a coin of a key and its spender, and a plain chain of two */
	buf_init(&spk, 100);
	lab_script(t->l, LAB_P2WPKH, &spk);
	a = plain_spend(&t->cb[1], 0, SUBSIDY);
	a.out[0].script = buf_view(&spk);
	plain_write(&t->raw[0], &a, &id);
	spend->n_in = spend->n_out = 1;
	spend->in[0].coin = (struct lab_coin){.at = {id, 0}, .value = SUBSIDY,
					      .kind = LAB_P2WPKH};
	spend->out[0] = (struct lab_out){SUBSIDY, LAB_SCRIPT, op_true};
	buf_init(&t->raw[1], 10000);
	lab_build(t->l, spend, &t->raw[1], &got);
	b = plain_spend(&t->cb[2], 0, SUBSIDY - 5);
	plain_write(&t->raw[2], &b, &id);
	block_on_tip(t->l, &t->extends);
	for (int i = 0; i < 3; i++)
		t->extends.tx[t->extends.n_tx++] = buf_view(&t->raw[i]);
	block_make(&t->extends);
	assert_int_equal(query_block_at(t->l->n, READY - 2, &info), ST_OK);
	block_on(t->l, &t->branch[0], &info.id);
	for (int i = 0; i < 3; i++) {
		if (i)
			block_after(&t->branch[i], &t->branch[i - 1]);
		t->branch[i].extra = 50;
		if (i == 2)
			t->branch[i].tx[t->branch[i].n_tx++] =
				buf_view(&t->raw[0]);
		block_make(&t->branch[i]);
	}
	buf_free(&spk);
	free(spend);
	open_narrow(t, 30);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_verify(t->l);
	for (int i = 0; i < 3; i++) {
		block_drop(&t->branch[i]);
		buf_free(&t->raw[i]);
	}
	block_drop(&t->extends);
	lab_close(t->l);
	free(t);
	return 0;
}

/* One try. A verdict other than VALID is what must never come of it. */
static enum status attempt(struct bench *t, const struct made_block *b,
			   struct block_result *r)
{
	enum status st = node_accept_block(t->l->n, b->raw.p, b->raw.len, "lab",
					   r);
	struct refusal row;

	fuse = 0;
	if (st == ST_OK && r->verdict.code != VALID)
		fail_msg("a verdict: %s", verdict_name(r->verdict.code));
	assert_int_equal(query_refusal(t->l->n, &b->id.h, &row), ST_NOT_FOUND);
	return st;
}

/* Fails the 1st, 2nd, ... allocation until the block goes through. */
static void starve(struct bench *t, const struct made_block *b, bool joins)
{
	struct block_result r;
	long n = 0, failed = 0;
	enum status st = ST_NOMEM;

	while (st != ST_OK) {
		assert_true(++n < 100000);
		fuse = n;
		st = attempt(t, b, &r);
		if (st != ST_OK && st != ST_NOMEM)
			fail_msg("%s", status_text(st));
		failed += st != ST_OK;
	}
	assert_true(failed > 0);
	/* it may have been connected already when the last one failed */
	r = block_give(t->l, b);
	assert_int_equal(r.verdict.code, VALID);
	assert_int_equal(r.active, joins);
}

static void without_memory_a_block_waits(void **state)
{
	struct bench *t = *state;

	starve(t, &t->extends, true);
	lab_tip_is(t->l, &t->extends.id);
}

static void without_memory_a_reorganisation_waits(void **state)
{
	struct bench *t = *state;

	starve(t, &t->branch[0], false);
	starve(t, &t->branch[1], false);
	starve(t, &t->branch[2], true);
	lab_tip_is(t->l, &t->branch[2].id);
}

static rlim_t log_size(struct bench *t)
{
	struct stat sb;
	char path[200];

	snprintf(path, sizeof(path), "%s-wal", t->l->path);
	return stat(path, &sb) == 0 ? (rlim_t)sb.st_size : 0;
}

/* The log may grow by so many pages and no more. */
static void allow(struct bench *t, int pages)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = pages < 0 ? r.rlim_max
			       : log_size(t) + (rlim_t)pages * 4120;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void without_room(struct bench *t, const struct made_block *b, bool joins)
{
	enum status st = ST_FULL;
	struct block_result r;
	int failed = 0;

	signal(SIGXFSZ, SIG_IGN);
	/* a log that starts anew has room of its own: begin behind it */
	assert_int_equal(node_checkpoint(t->l->n, true), ST_OK);
	for (int pages = 0; st != ST_OK; pages++) {
		assert_true(pages < 2000);
		allow(t, pages);
		st = attempt(t, b, &r);
		allow(t, -1);
		if (st != ST_OK && st != ST_FULL && st != ST_IO)
			fail_msg("%s", status_text(st));
		failed += st != ST_OK;
	}
	assert_true(failed > 3);
	r = block_give(t->l, b);
	assert_int_equal(r.verdict.code, VALID);
	assert_int_equal(r.active, joins);
}

static void without_room_on_disk_a_block_waits(void **state)
{
	struct bench *t = *state;

	without_room(t, &t->extends, true);
	lab_tip_is(t->l, &t->extends.id);
}

static void without_room_on_disk_a_reorganisation_waits(void **state)
{
	struct bench *t = *state;

	without_room(t, &t->branch[0], false);
	without_room(t, &t->branch[1], false);
	without_room(t, &t->branch[2], true);
	lab_tip_is(t->l, &t->branch[2].id);
}

static void while_another_writes_a_block_waits(void **state)
{
	struct bench *t = *state;
	struct node *other = lab_open_again(t->l);
	struct block_result r;

	assert_int_equal(node_write_begin(other), ST_OK);
	assert_int_equal(attempt(t, &t->extends, &r), ST_BUSY);
	for (int i = 0; i < 3; i++)
		assert_int_equal(attempt(t, &t->branch[0], &r), ST_BUSY);
	assert_int_equal(node_write_end(other, ST_CANCELLED), ST_CANCELLED);
	block_take(t->l, &t->extends);
	node_close(other);
}

/* Stored, but the activation found no lock: the next sight of it makes good. */
static void a_stored_block_is_activated_when_it_comes_again(void **state)
{
	struct bench *t = *state;
	struct block_result r;
	struct block_info info;
	bool seen = false;

	assert_int_equal(block_give(t->l, &t->branch[0]).verdict.code, VALID);
	assert_int_equal(block_give(t->l, &t->branch[1]).verdict.code, VALID);
	for (long n = 1; !seen; n++) {
		assert_true(n < 100000);
		fuse = n;
		if (attempt(t, &t->branch[2], &r) == ST_OK)
			break;
		seen = query_block(t->l->n, &t->branch[2].id, &info) == ST_OK &&
		       info.has_data && !info.active;
	}
	assert_true(seen);
	r = block_give(t->l, &t->branch[2]);
	assert_true(r.known);
	assert_true(r.active);
	lab_tip_is(t->l, &t->branch[2].id);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(without_memory_a_block_waits),
		T(without_memory_a_reorganisation_waits),
		T(without_room_on_disk_a_block_waits),
		T(without_room_on_disk_a_reorganisation_waits),
		T(while_another_writes_a_block_waits),
		T(a_stored_block_is_activated_when_it_comes_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
