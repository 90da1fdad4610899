/* SPDX-License-Identifier: MIT */
/*
 * test-timeout: 600
 *
 * Random reorganisations, 1 to 20 blocks deep, of chains whose blocks spend each
 * other's outputs, while other transactions wait, some of which are mined.
 * Whatever way the database went, its coins, totals and history are those of a
 * fresh one that was given the final chain alone, and what waits is what a model
 * of Bitcoin Core's rules says (poolmodel.h); also when its process was killed
 * at random points on the way.
 *
 * QUARRY_REORGS says how many (default 1000), QUARRY_SEED which.
 */
#include "tests/unit/node/poolmodel.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/chain/import.h"

#define READY 120
#define DEPTH_MAX 20
#define SPENDS_MAX 6
#define OUT_MAX 3
#define LOOSE_MAX 12		/* of those that wait, remembered for blocks */
#define EXPIRE_EVERY 40		/* reorganisations; then nothing waits */

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
	struct buf stream;	/* the story: u32 kind and length, bytes */
	uint32_t n_made;	/* blocks */
	uint32_t n_told;	/* records of the story */
	struct buf loose[LOOSE_MAX];
	uint32_t n_loose;	/* ever made */
};

/* What a record of the story is. */
enum kind {
	BLOCK,
	TX,		/* it comes to the pool, which may not want it */
	EXPIRE,		/* so much time passes that nothing waits any more */
};
#define KIND_SHIFT 28

static void put_record(struct bench *t, enum kind kind, struct bytes raw)
{
	buf_le32(&t->stream, (uint32_t)kind << KIND_SHIFT | (uint32_t)raw.len);
	buf_bytes(&t->stream, raw);
	assert_int_equal(buf_status(&t->stream), ST_OK);
	t->n_told++;
}

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

static bool find_out(const struct state *s, const struct outpoint *o,
		     uint32_t *at)
{
	for (*at = 0; *at < s->n_out; (*at)++) {
		if (s->out[*at].n == o->n &&
		    hash256_equal(&s->out[*at].txid.h, &o->txid.h))
			return true;
	}
	return false;
}

/* One of those that wait, where the state has what it spends. */
static bool mine_loose(struct state *s, uint32_t height, const struct buf *from,
		       struct buf *raw)
{
	uint32_t at;
	struct arena a;
	struct tx tx;
	bool good = true;

	arena_init(&a, 1 << 20);
	assert_int_equal(tx_parse(&tx, from->p, from->len, &a), ST_OK);
	for (uint32_t i = 0; good && i < tx.n_in; i++)
		good = find_out(s, &tx.in[i].prevout, &at) &&
		       (!s->out[at].coinbase ||
			height - s->out[at].height >= LAB_MATURITY);
	for (uint32_t i = 0; good && i < tx.n_in; i++) {
		assert_true(find_out(s, &tx.in[i].prevout, &at));
		s->out[at] = s->out[--s->n_out];
	}
	for (uint32_t i = 0; good && i < tx.n_out; i++)
		put_out(s, &tx.txid, i, height, tx.out[i].value, false);
	if (good) {
		buf_init(raw, 100000);
		buf_bytes(raw, buf_view(from));
	}
	arena_free(&a);
	return good;
}

/* A transaction for the next block: a new one, or one that waits. */
static bool next_tx(struct bench *t, struct state *s, uint32_t height,
		    struct buf *raw)
{
	uint32_t n = t->n_loose < LOOSE_MAX ? t->n_loose : LOOSE_MAX;

	if (n && below(t, 3) == 0) {
		const struct buf *from = &t->loose[below(t, n)];

		if (from->len && mine_loose(s, height, from, raw))
			return true;
	}
	return make_tx(t, s, height, raw);
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
	for (uint32_t i = 0; i < n && next_tx(t, &s, b.height, &raw[b.n_tx]); i++) {
		b.tx[b.n_tx] = buf_view(&raw[b.n_tx]);
		b.n_tx++;
	}
	block_make(&b);
	put_out(&s, &b.coinbase, 0, b.height, b.pays, true);
	s.id = b.id;
	s.height = b.height;
	s.time = b.time;
	put_record(t, BLOCK, buf_view(&b.raw));
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

/* Some that spend what the tip has, and each other. */
static void plan_loose(struct bench *t)
{
	const struct state *tip = &t->chain[t->n_chain - 1];
	struct state s = *tip;
	uint32_t n = below(t, 5);

	s.out = malloc((tip->n_out + 1) * sizeof(*s.out));
	assert_non_null(s.out);
	if (tip->n_out)
		memcpy(s.out, tip->out, tip->n_out * sizeof(*s.out));
	for (uint32_t i = 0; i < n; i++) {
		struct buf *raw = &t->loose[t->n_loose % LOOSE_MAX];

		buf_free(raw);
		*raw = (struct buf){0};
		if (!make_tx(t, &s, tip->height + 1, raw))
			break;
		t->n_loose++;
		put_record(t, TX, buf_view(raw));
	}
	free(s.out);
}

static uint32_t reorgs(void)
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
	for (uint32_t i = 0; i < reorgs(); i++) {
		plan_reorg(t, 1 + below(t, DEPTH_MAX));
		plan_loose(t);
		if (i % EXPIRE_EVERY == EXPIRE_EVERY / 2)
			put_record(t, EXPIRE, bytes_of(NULL, 0));
	}
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_close(t->l);
	for (uint32_t i = 0; i < t->n_chain; i++)
		free(t->chain[i].out);
	for (uint32_t i = 0; i < LOOSE_MAX; i++)
		buf_free(&t->loose[i]);
	free(t->chain);
	buf_free(&t->stream);
	free(t);
	return 0;
}

/* A pool without fees and limits, that replaces nothing. */
static void relax(struct node *n)
{
	struct mempool_policy p = *node_mempool_policy(n);

	p.require_standard = p.full_rbf = false;
	p.min_relay_sat_kvb = p.incremental_sat_kvb = 0;
	p.ancestors_max = p.descendants_max = 1000000;
	p.ancestors_max_vb = p.descendants_max_vb = INT64_C(1000000000);
	node_set_mempool_policy(n, &p);
}

static void pass_time(struct node *n)
{
	node_set_now_s(n, node_now_s(n) + node_mempool_policy(n)->expiry_s + 1);
}

static void give_block(struct node *n, struct bytes raw)
{
	struct block_result r;

	assert_int_equal(node_accept_block(n, raw.p, raw.len, "lab", &r), ST_OK);
	assert_int_equal(r.verdict.code, VALID);
}

static bool give_tx(struct node *n, struct bytes raw)
{
	struct tx_options o = {.source = "lab"};
	struct tx_result r;

	assert_int_equal(node_accept_tx(n, raw.p, raw.len, &o, &r), ST_OK);
	return r.verdict.code == VALID;
}

/* Tells n, or the model, or both, the story from record `from` on; report: a
 * file that learns of each record, or -1. n's clock stands still meanwhile. */
static void tell(struct bench *t, struct node *n, struct pool_model *m,
		 uint32_t from, int report)
{
	struct reader rd = reader_of(t->stream.p, t->stream.len);

	if (n)
		node_set_now_s(n, 1700000000);
	for (uint32_t i = 0; reader_left(&rd); i++) {
		uint32_t word = reader_le32(&rd);
		uint32_t len = word & ((1u << KIND_SHIFT) - 1);
		struct bytes raw = bytes_of(reader_take(&rd, len), len);
		enum kind kind = word >> KIND_SHIFT;
		bool taken = false, wanted = false;

		if (n && kind == EXPIRE)
			pass_time(n);
		if (i < from)
			continue;
		if (n && kind == BLOCK)
			give_block(n, raw);
		else if (n && kind == TX)
			taken = give_tx(n, raw);
		else if (n)
			assert_int_equal(node_mempool_expire(n), ST_OK);
		if (m && kind == BLOCK)
			pool_model_block(m, raw.p, raw.len);
		else if (m && kind == TX)
			wanted = pool_model_tx(m, raw.p, raw.len);
		else if (m)
			pool_model_expire(m);
		if (n && m)
			assert_int_equal(taken, wanted);
		if (n && m && (kind == EXPIRE || i % 50 == 0))
			pool_model_is(m, n);
		if (report >= 0 && write(report, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
}

/* An import knows blocks alone. */
static void import_blocks(struct bench *t, struct node *n)
{
	struct reader rd = reader_of(t->stream.p, t->stream.len);

	while (reader_left(&rd)) {
		uint32_t word = reader_le32(&rd);
		uint32_t len = word & ((1u << KIND_SHIFT) - 1);
		struct bytes raw = bytes_of(reader_take(&rd, len), len);

		if (word >> KIND_SHIFT == BLOCK)
			give_block(n, raw);
	}
}

/* A fresh database with the last chain, and with what waits by the model. */
static struct lab_state fresh_state(struct bench *t, const struct pool_model *m)
{
	struct lab *other = lab_open("regtest", 0);
	struct lab_state s;
	struct arena a;

	arena_init(&a, (size_t)1 << 30);
	relax(other->n);
	for (uint32_t i = 1; i < t->n_chain; i++) {
		struct bytes raw;

		arena_reset(&a);
		assert_int_equal(query_block_raw(t->l->n, &t->chain[i].id, &a,
						 &raw), ST_OK);
		give_block(other->n, raw);
	}
	for (uint32_t i = 0; m && i < pool_model_count(m); i++)
		assert_true(give_tx(other->n, pool_model_at(m, i)->raw));
	s = lab_state(other);
	lab_verify(other);
	arena_free(&a);
	lab_close(other);
	return s;
}

static void ends_as_a_fresh_database(struct bench *t,
				     const struct pool_model *m)
{
	struct lab_state here = lab_state(t->l), fresh = fresh_state(t, m);

	lab_tip_is(t->l, &t->chain[t->n_chain - 1].id);
	lab_same(&here, &fresh);
	lab_verify(t->l);
}

static void a_thousand_reorganisations_leave_what_the_last_chain_makes(void **state)
{
	struct bench *t = *state;
	struct pool_model *m = pool_model_new();
	uint32_t came, gone;

	relax(t->l->n);
	tell(t, t->l->n, m, 0, -1);
	pool_model_is(m, t->l->n);
	ends_as_a_fresh_database(t, m);
	pool_model_returns(m, &came, &gone);
	print_message("%u transactions came back from blocks, %u could not; "
		      "%u wait\n", came, gone, pool_model_count(m));
	assert_true(came > reorgs() && gone > reorgs() / 2);
	pool_model_free(m);
}

static void an_import_of_all_branches_ends_the_same(void **state)
{
	struct bench *t = *state;
	struct import_options o = {0};
	struct block_result bad;

	assert_int_equal(import_begin(t->l->n, &o), ST_OK);
	import_blocks(t, t->l->n);
	assert_int_equal(import_end(t->l->n, &bad), ST_OK);
	assert_int_equal(bad.verdict.code, VALID);
	ends_as_a_fresh_database(t, NULL);
}

/* A child works until it is killed; returns how many records it has reported. */
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
		relax(n);
		tell(t, n, NULL, from, fd[1]);
		_exit(0);
	}
	close(fd[1]);
	/* counted from its first record: opening is not the point */
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
	struct pool_model *m = pool_model_new();
	uint32_t done = 0;

	/* nobody else has it open while the children work */
	node_close(t->l->n);
	for (int i = 0; i < 40 && done < t->n_told; i++) {
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
	relax(t->l->n);
	tell(t, t->l->n, NULL, done, -1);
	tell(t, NULL, m, 0, -1);
	pool_model_is(m, t->l->n);
	ends_as_a_fresh_database(t, m);
	pool_model_free(m);
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
