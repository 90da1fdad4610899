/* SPDX-License-Identifier: MIT */
/*
 * test-timeout: 600
 *
 * Random reorganisations, 1 to 20 blocks deep, of chains whose blocks spend each
 * other's outputs. Whatever way the database went, its coins, totals, history
 * and pool are those of a fresh one that was given the final chain alone; also
 * when its process was killed at random points on the way.
 *
 * QUARRY_REORGS says how many (default 1000), QUARRY_SEED which.
 */
#include "tests/unit/node/labblock.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/import.h"

#define READY 120
#define DEPTH_MAX 20
#define SPENDS_MAX 6
#define OUT_MAX 3

struct out {
	struct txid txid;
	uint32_t n, height;
	int64_t value;
	bool coinbase;
};

/* A state of the chain: the outputs that may be spent there. */
struct state {
	struct blkid id;
	uint32_t height, time;
	struct out *out;
	uint32_t n_out;
};

struct bench {
	struct lab *l;
	struct state *chain;	/* the active chain by height, from `first` on */
	uint32_t n_chain;
	uint32_t first;
	struct buf stream;	/* every block made: u32 length, bytes */
	uint32_t n_made;
};

static uint32_t below(struct bench *t, uint32_t n)
{
	return (uint32_t)(lab_rand(t->l) % n);
}

static int64_t subsidy(struct bench *t, uint32_t height)
{
	return params_subsidy_sat(node_params(t->l->n), height);
}

/* A random output that may be spent at this height; taken from the state. */
static bool take_out(struct bench *t, struct state *s, uint32_t height,
		     struct out *o)
{
	for (int tries = 0; s->n_out && tries < 8; tries++) {
		uint32_t i = below(t, s->n_out);

		*o = s->out[i];
		if (o->coinbase && height - o->height < LAB_MATURITY)
			continue;
		s->out[i] = s->out[--s->n_out];
		return true;
	}
	return false;
}

static void put_out(struct state *s, const struct txid *txid, uint32_t n,
		    uint32_t height, int64_t value, bool coinbase)
{
	s->out = realloc(s->out, (s->n_out + 1) * sizeof(*s->out));
	assert_non_null(s->out);
	s->out[s->n_out++] = (struct out){*txid, n, height, value, coinbase};
}

/* Scripts that come again and again, so that totals and history have work. */
static struct bytes pays_to(struct bench *t, uint8_t store[40])
{
	uint32_t n = below(t, 6);

	if (n == 0)
		return op_true;
	store[0] = 4;
	memset(store + 1, (int)n, 4);
	store[5] = OP_DROP;
	store[6] = OP_1;
	return bytes_of(store, 7);
}

/* A transaction of up to three inputs and outputs. */
static bool make_tx(struct bench *t, struct state *s, uint32_t height,
		    struct buf *raw)
{
	struct plain_tx tx = {.version = 2};
	uint8_t store[OUT_MAX][40];
	uint32_t want = 1 + below(t, 3);
	int64_t sum = 0;
	struct txid id;
	struct out o;

	while (tx.n_in < want && take_out(t, s, height, &o)) {
		tx.in[tx.n_in].txid = o.txid;
		tx.in[tx.n_in].n = o.n;
		tx.in[tx.n_in++].sequence = SEQUENCE_FINAL;
		sum += o.value;
	}
	if (!tx.n_in)
		return false;
	tx.n_out = 1 + below(t, OUT_MAX);
	for (uint32_t i = 0; i < tx.n_out; i++) {
		tx.out[i].value = sum / tx.n_out - below(t, 2);
		tx.out[i].value = tx.out[i].value < 0 ? 0 : tx.out[i].value;
		tx.out[i].script = pays_to(t, store[i]);
	}
	plain_write(raw, &tx, &id);
	for (uint32_t i = 0; i < tx.n_out; i++)
		put_out(s, &id, i, height, tx.out[i].value, false);
	return true;
}

/* One more block on a state; what it leads to. */
static struct state extend(struct bench *t, const struct state *from)
{
	struct state s = *from;
	struct buf raw[SPENDS_MAX];
	struct made_block b = {.parent = from->id, .height = from->height + 1,
			       .time = from->time + 1, .bits = 0x207fffff,
			       .version = 0x20000000, .pays_to = op_true,
			       .sequence = SEQUENCE_FINAL, .commits = true};
	uint32_t n = below(t, SPENDS_MAX);

	s.out = malloc((from->n_out + 1) * sizeof(*s.out));
	assert_non_null(s.out);
	if (from->n_out)
		memcpy(s.out, from->out, from->n_out * sizeof(*s.out));
	b.extra = t->n_made++;
	b.pays = subsidy(t, b.height);
	for (uint32_t i = 0; i < n && make_tx(t, &s, b.height, &raw[b.n_tx]); i++) {
		b.tx[b.n_tx] = buf_view(&raw[b.n_tx]);
		b.n_tx++;
	}
	block_make(&b);
	put_out(&s, &b.coinbase, 0, b.height, b.pays, true);
	s.id = b.id;
	s.height = b.height;
	s.time = b.time;
	buf_le32(&t->stream, (uint32_t)b.raw.len);
	buf_bytes(&t->stream, buf_view(&b.raw));
	assert_int_equal(buf_status(&t->stream), ST_OK);
	for (uint32_t i = 0; i < b.n_tx; i++)
		buf_free(&raw[i]);
	block_drop(&b);
	return s;
}

/* Another branch from `depth` below the tip, one block longer than the chain. */
static void plan_reorg(struct bench *t, uint32_t depth)
{
	uint32_t from = t->n_chain - 1 - depth;

	for (uint32_t i = 0; i <= depth; i++) {
		struct state s = extend(t, &t->chain[from + i]);

		if (from + i + 1 == t->n_chain) {
			t->chain = realloc(t->chain, (t->n_chain + 1) *
						     sizeof(*t->chain));
			assert_non_null(t->chain);
			t->n_chain++;
		} else {
			free(t->chain[from + i + 1].out);
		}
		t->chain[from + i + 1] = s;
	}
}

static uint32_t wanted(void)
{
	const char *text = getenv("QUARRY_REORGS");

	return text ? (uint32_t)strtoul(text, NULL, 10) : 1000;
}

/* The whole story is made before it is told. */
static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));
	const char *seed = getenv("QUARRY_SEED");
	struct node_tip tip;
	struct state s = {0};

	t->l = lab_open("regtest", 0);
	t->l->seed = seed ? strtoull(seed, NULL, 10) : 7;
	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	buf_init(&t->stream, (size_t)1 << 30);
	s.id = tip.id;
	s.time = tip.time;
	t->chain = malloc(sizeof(*t->chain));
	t->chain[0] = s;
	t->n_chain = 1;
	for (uint32_t i = 0; i < READY; i++)
		plan_reorg(t, 0);
	for (uint32_t i = 0; i < wanted(); i++)
		plan_reorg(t, 1 + below(t, DEPTH_MAX));
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_close(t->l);
	for (uint32_t i = 0; i < t->n_chain; i++)
		free(t->chain[i].out);
	free(t->chain);
	buf_free(&t->stream);
	free(t);
	return 0;
}

/* Gives the blocks from `from` on; stops after `until` of them. */
static void tell(struct bench *t, struct node *n, uint32_t from, uint32_t until,
		 int report)
{
	struct reader rd = reader_of(t->stream.p, t->stream.len);

	for (uint32_t i = 0; i < until && reader_left(&rd); i++) {
		uint32_t len = reader_le32(&rd);
		const uint8_t *raw = reader_take(&rd, len);
		struct block_result r;

		if (i < from)
			continue;
		assert_int_equal(node_accept_block(n, raw, len, "lab", &r), ST_OK);
		assert_int_equal(r.verdict.code, VALID);
		if (report >= 0 && write(report, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
}

static struct lab_state fresh_state(struct bench *t)
{
	struct lab *other = lab_open("regtest", 0);
	struct lab_state s;
	struct arena a;

	arena_init(&a, (size_t)1 << 30);
	for (uint32_t i = 1; i < t->n_chain; i++) {
		struct block_result r;
		struct bytes raw;

		arena_reset(&a);
		assert_int_equal(query_block_raw(t->l->n, &t->chain[i].id, &a,
						 &raw), ST_OK);
		assert_int_equal(node_accept_block(other->n, raw.p, raw.len,
						   "lab", &r), ST_OK);
		assert_int_equal(r.verdict.code, VALID);
		assert_true(r.active);
	}
	s = lab_state(other);
	lab_verify(other);
	arena_free(&a);
	lab_close(other);
	return s;
}

static void ends_as_a_fresh_database(struct bench *t)
{
	struct lab_state here = lab_state(t->l), fresh = fresh_state(t);

	lab_tip_is(t->l, &t->chain[t->n_chain - 1].id);
	lab_same(&here, &fresh);
	lab_verify(t->l);
}

static void a_thousand_reorganisations_leave_what_the_last_chain_makes(void **state)
{
	struct bench *t = *state;

	tell(t, t->l->n, 0, UINT32_MAX, -1);
	ends_as_a_fresh_database(t);
}

/* In bulk everything comes twice: the second time it is known. */
static void an_import_of_all_branches_ends_the_same(void **state)
{
	struct bench *t = *state;
	struct import_options o = {0};
	struct block_result bad;

	assert_int_equal(import_begin(t->l->n, &o), ST_OK);
	tell(t, t->l->n, 0, UINT32_MAX, -1);
	assert_int_equal(import_end(t->l->n, &bad), ST_OK);
	assert_int_equal(bad.verdict.code, VALID);
	ends_as_a_fresh_database(t);
}

/* A child works until it is killed; returns how many blocks it has reported. */
static uint32_t work_and_die(struct bench *t, uint32_t from, uint32_t after_us)
{
	struct timespec pause = {.tv_nsec = (long)after_us * 1000};
	uint32_t done = from, at;
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct node *n = lab_open_again(t->l);

		close(fd[0]);
		tell(t, n, from, UINT32_MAX, fd[1]);
		_exit(0);
	}
	close(fd[1]);
	/* counted from its first block: opening is not the point */
	if (read(fd[0], &at, sizeof(at)) == sizeof(at))
		done = at + 1;
	nanosleep(&pause, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	while (read(fd[0], &at, sizeof(at)) == sizeof(at))
		done = at + 1;
	close(fd[0]);
	return done;
}

static void killed_at_random_points_it_goes_on_where_it_was(void **state)
{
	struct bench *t = *state;
	uint32_t done = 0;

	/* nobody else has it open while the children work */
	node_close(t->l->n);
	for (int i = 0; i < 40 && done < t->n_made; i++) {
		struct verify_report v;
		struct node *n;

		done = work_and_die(t, done, below(t, 60000));
		n = lab_open_again(t->l);
		if (i % 8 == 0) {
			assert_int_equal(node_verify(n, NULL, NULL, &v), ST_OK);
			assert_string_equal(v.fault, "");
		}
		node_close(n);
	}
	t->l->n = lab_open_again(t->l);
	tell(t, t->l->n, done, UINT32_MAX, -1);
	ends_as_a_fresh_database(t);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_thousand_reorganisations_leave_what_the_last_chain_makes),
		T(an_import_of_all_branches_ends_the_same),
		T(killed_at_random_points_it_goes_on_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
