/* SPDX-License-Identifier: MIT */
/* The safety record of a validator: what it lets be signed, on disk. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wallet/vote_guard.h"

static const struct hash256 chain = {{1}}, other_chain = {{2}};
static const uint8_t key[32] = {3}, other_key[32] = {4};

struct place {
	char dir[64], path[100];
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "/tmp/quarry-guard-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/key.votes", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static struct vote_guard *opened(struct place *p, bool create)
{
	char error[VOTE_GUARD_ERROR_SIZE];
	struct vote_guard *g;

	if (vote_guard_open(&g, p->path, create, &chain, key, error) != ST_OK)
		fail_msg("%s", error);
	return g;
}

static enum status refused(struct place *p, bool create,
			   const struct hash256 *document, const uint8_t k[32])
{
	char error[VOTE_GUARD_ERROR_SIZE] = "";
	struct vote_guard *g;
	enum status st = vote_guard_open(&g, p->path, create, document, k, error);

	assert_null(g);
	assert_true(strlen(error) > 10);
	return st;
}

static struct vote link_of(uint32_t from, uint32_t to)
{
	return (struct vote){.source_height = from, .target_height = to};
}

static enum status pass(struct vote_guard *g, uint32_t from, uint32_t to)
{
	struct vote v = link_of(from, to);

	return vote_guard_pass(g, &v);
}

static void a_record_is_never_made_by_accident(void **state)
{
	struct place *p = *state;
	struct vote_guard *g;

	assert_int_equal(refused(p, false, &chain, key), ST_NOT_FOUND);
	g = opened(p, true);
	assert_int_equal(refused(p, false, &chain, key), ST_BUSY);
	vote_guard_close(g);
	assert_int_equal(refused(p, true, &chain, key), ST_DENIED);
	assert_int_equal(refused(p, false, &other_chain, key), ST_DENIED);
	assert_int_equal(refused(p, false, &chain, other_key), ST_DENIED);
}

static void what_was_signed_is_remembered_by_the_next_process(void **state)
{
	struct place *p = *state;
	struct vote_guard *g = opened(p, true);

	assert_int_equal(pass(g, 0, 10), ST_OK);
	assert_int_equal(pass(g, 5, 10), ST_DENIED);
	assert_int_equal(pass(g, 10, 20), ST_OK);
	vote_guard_close(g);
	g = opened(p, false);
	assert_int_equal(vote_guard_record(g).target_height, 20);
	assert_int_equal(pass(g, 11, 20), ST_DENIED);
	assert_int_equal(pass(g, 0, 30), ST_DENIED);
	assert_int_equal(pass(g, 30, 30), ST_DENIED);
	assert_int_equal(pass(g, 10, 30), ST_OK);
	vote_guard_close(g);
}

/* Its signature may have been lost on the way. */
static void the_last_vote_may_be_signed_again_and_no_other(void **state)
{
	struct place *p = *state;
	struct vote_guard *g = opened(p, true);
	struct vote v = link_of(10, 20);

	assert_int_equal(pass(g, 0, 10), ST_OK);
	assert_int_equal(pass(g, 10, 20), ST_OK);
	vote_guard_close(g);
	g = opened(p, false);
	assert_int_equal(pass(g, 10, 20), ST_OK);
	assert_int_equal(vote_guard_record(g).target_height, 20);
	assert_int_equal(pass(g, 0, 10), ST_DENIED);
	v.target.h.b[0] = 1;
	assert_int_equal(vote_guard_pass(g, &v), ST_DENIED);
	v = link_of(10, 20);
	v.source.h.b[31] = 1;
	assert_int_equal(vote_guard_pass(g, &v), ST_DENIED);
	vote_guard_close(g);
}

static void a_record_without_a_chain_takes_that_of_the_first_vote(void **state)
{
	static const struct hash256 any;
	char error[VOTE_GUARD_ERROR_SIZE];
	struct place *p = *state;
	struct vote_guard *g;

	assert_int_equal(vote_guard_open(&g, p->path, true, &any, key, error),
			 ST_OK);
	vote_guard_close(g);
	/* looking binds to nothing */
	assert_int_equal(vote_guard_open(&g, p->path, false, &other_chain, key,
					 error), ST_OK);
	vote_guard_close(g);
	g = opened(p, false);
	assert_int_equal(pass(g, 0, 10), ST_OK);
	vote_guard_close(g);
	assert_int_equal(refused(p, false, &other_chain, key), ST_DENIED);
	vote_guard_close(opened(p, false));
}

static void votes_that_were_signed_are_kept(void **state)
{
	struct place *p = *state;
	struct vote_guard *g = opened(p, true);
	struct vote a = link_of(0, 10), b = link_of(10, 20), v;

	assert_int_equal(vote_guard_kept(g, 0, &v), ST_NOT_FOUND);
	a.sig[3] = 7;
	assert_int_equal(vote_guard_keep(g, &a), ST_OK);
	assert_int_equal(vote_guard_keep(g, &b), ST_OK);
	assert_int_equal(pass(g, 10, 30), ST_OK);
	vote_guard_close(g);
	g = opened(p, false);
	assert_int_equal(vote_guard_kept(g, 0, &v), ST_OK);
	assert_memory_equal(&v, &b, sizeof(v));
	assert_int_equal(vote_guard_kept(g, 1, &v), ST_OK);
	assert_memory_equal(&v, &a, sizeof(v));
	assert_int_equal(vote_guard_kept(g, 2, &v), ST_NOT_FOUND);
	vote_guard_close(g);
}

/* A process killed at any point of its writing: the next one knows at least of
 * all votes that were let through. The pipe stands for the signature. */
static void a_kill_loses_nothing_that_was_let_through(void **state)
{
	struct place *p = *state;
	uint32_t height = 0;

	vote_guard_close(opened(p, true));
	for (int round = 0; round < 20; round++) {
		uint32_t last = height, h;
		struct vote_guard *g;
		int fds[2];
		pid_t child;

		assert_int_equal(pipe(fds), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			close(fds[0]);
			g = opened(p, false);
			for (h = height + 1;; h++)
				if (pass(g, h - 1, h) != ST_OK ||
				    write(fds[1], &h, sizeof(h)) != sizeof(h))
					_exit(1);
		}
		close(fds[1]);
		while (height < last + 3 + (uint32_t)round &&
		       read(fds[0], &h, sizeof(h)) == sizeof(h))
			height = h;
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		while (read(fds[0], &h, sizeof(h)) == sizeof(h))
			height = h;
		close(fds[0]);
		g = opened(p, false);
		assert_true(height > last);
		assert_true(vote_guard_record(g).target_height >= height);
		height = vote_guard_record(g).target_height;
		vote_guard_close(g);
	}
}

/* One of the two copies half-written, as by a power cut. */
static void a_torn_write_leaves_the_other_copy(void **state)
{
	struct place *p = *state;
	struct vote_guard *g = opened(p, true);
	uint8_t junk[40];
	int fd;

	assert_int_equal(pass(g, 0, 10), ST_OK);	/* count 3, in slot 1 */
	vote_guard_close(g);
	memset(junk, 0x5a, sizeof(junk));
	fd = open(p->path, O_WRONLY);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), 10), sizeof(junk));
	g = opened(p, false);
	assert_int_equal(vote_guard_record(g).target_height, 10);
	vote_guard_close(g);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), 522), sizeof(junk));
	assert_int_equal(refused(p, false, &chain, key), ST_CORRUPT);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_record_is_never_made_by_accident, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_signed_is_remembered_by_the_next_process,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_last_vote_may_be_signed_again_and_no_other, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_record_without_a_chain_takes_that_of_the_first_vote,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			votes_that_were_signed_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_kill_loses_nothing_that_was_let_through, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_torn_write_leaves_the_other_copy, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
