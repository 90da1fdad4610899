/* SPDX-License-Identifier: MIT */
/*
 * Blocks that take long to validate, while another process keeps writing to the
 * same file: the write lock is not held meanwhile. One is the worst that legacy
 * signature hashes allow, each of a transaction nearly as large as the block;
 * one has signature operations up to the limit.
 * QUARRY_HARD_INPUTS: inputs of the first, up to 6,700, which is a megabyte.
 * QUARRY_HARD_TRIES: of each 20 keys of the second, how many are tried (20: the
 * limit of 80,000 is what is really checked).
 */
#include "tests/unit/node/hard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "consensus/tx_inputs.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"

/* The other process: takes and releases a lease, two commits, over and over. */
struct writer {
	atomic_bool stop;
	atomic_uint commits;
	atomic_uint failures;
	atomic_uint longest_ms;	/* of one wait */
};

struct bench {
	struct lab *l;
	struct writer *w;
	pid_t pid;
	int path_fd;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void write_on(struct writer *w, const char *path)
{
	struct node_options o = {.db_path = path, .threads = 1,
				 .app_name = "writer", .busy_ms = 20000};
	const struct timespec pause = {0, 1000000};
	char error[NODE_ERROR_SIZE];
	struct node *n;

	if (node_open(&n, &o, error) != ST_OK) {
		atomic_fetch_add(&w->failures, 1);
		return;
	}
	while (!atomic_load(&w->stop)) {
		uint64_t from = now_ms(), took;

		if (node_lease_take(n, "writer", 1000) == ST_OK)
			atomic_fetch_add(&w->commits, 1);
		else
			atomic_fetch_add(&w->failures, 1);
		took = now_ms() - from;
		if (took > atomic_load(&w->longest_ms))
			atomic_store(&w->longest_ms, (unsigned)took);
		nanosleep(&pause, NULL);
	}
	node_close(n);
}

/* Made before this process opens any database: SQLite's locks are not to be
 * taken through a fork. It learns the path, and the end, by a pipe. */
static void writer_start(struct bench *b)
{
	int fd[2];

	b->w = mmap(NULL, sizeof(*b->w), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(b->w != MAP_FAILED);
	assert_int_equal(pipe(fd), 0);
	b->pid = fork();
	assert_true(b->pid >= 0);
	if (b->pid == 0) {
		char path[200];
		ssize_t n;

		close(fd[1]);
		n = read(fd[0], path, sizeof(path) - 1);
		if (n > 0) {
			path[n] = '\0';
			write_on(b->w, path);
		}
		_exit(0);
	}
	close(fd[0]);
	b->path_fd = fd[1];
}

static int bench_begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	writer_start(b);
	b->l = lab_open("regtest", LAB_MATURITY + 40);
	assert_int_equal(write(b->path_fd, b->l->path, strlen(b->l->path)),
			 (ssize_t)strlen(b->l->path));
	*state = b;
	return 0;
}

static int bench_end(void **state)
{
	struct bench *b = *state;
	int status = 0;

	atomic_store(&b->w->stop, true);
	close(b->path_fd);
	while (waitpid(b->pid, &status, 0) < 0 && errno == EINTR)
		;
	assert_int_equal(status, 0);
	munmap(b->w, sizeof(*b->w));
	lab_close(b->l);
	free(b);
	return 0;
}

/* Judges a block and says how much the other process wrote meanwhile. */
static void connect_beside_the_writer(struct bench *b, const char *what,
				      const struct buf *block)
{
	struct node *n = hard_open(b->l, 2);
	uint64_t from;
	unsigned before, commits;

	while (atomic_load(&b->w->commits) == 0 &&
	       atomic_load(&b->w->failures) == 0)
		usleep(1000);
	atomic_store(&b->w->longest_ms, 0);
	before = atomic_load(&b->w->commits);
	from = now_ms();
	hard_connect(b->l, n, block);
	commits = atomic_load(&b->w->commits) - before;
	print_message("%s: %zu bytes in %llu ms; meanwhile another process "
		      "committed %u times and waited %u ms at most\n", what,
		      block->len, (unsigned long long)(now_ms() - from),
		      commits, atomic_load(&b->w->longest_ms));
	assert_int_equal(atomic_load(&b->w->failures), 0);
	/* with the lock held it would be one or two */
	assert_true(commits >= 20);
	node_close(n);
}

/* --- the worst legacy block --- */

#define CHECKS 50	/* 4 operations each, of 201 */
#define PER_BLOCK 390	/* outputs whose signature operations fit in a block */

/* Each signature is hashed by itself: a separator changes what is signed. The
 * signature is wrong, which is not asked. */
static void greedy_script(struct buf *b)
{
	for (int i = 0; i < CHECKS; i++) {
		buf_u8(b, OP_CODESEPARATOR);
		buf_u8(b, OP_2DUP);
		buf_u8(b, OP_CHECKSIG);
		buf_u8(b, OP_DROP);
	}
}

static void greedy_transaction(struct lab *l, uint32_t n_in, struct buf *raw)
{
	struct bytes script[PER_BLOCK];
	struct txin *in = calloc(n_in, sizeof(*in));
	struct txout out = {.value = 0};
	struct tx tx = {.version = 2, .n_in = n_in, .in = in, .n_out = 1,
			.out = &out};
	struct buf greedy, sig;
	uint8_t pub[33], der[EC_DER_MAX + 1];
	const uint8_t msg[32] = {1};
	size_t len;

	assert_non_null(in);
	buf_init(&greedy, 1000);
	buf_init(&sig, 1000);
	greedy_script(&greedy);
	len = ec_sign_ecdsa(l->ec, der, l->key, msg);
	der[len] = SIGHASH_ALL;
	script_push(&sig, der, len + 1);
	assert_int_equal(ec_pubkey_create(l->ec, pub, l->key, true), 33);
	script_push(&sig, pub, 33);
	for (uint32_t k = 0; k < PER_BLOCK; k++)
		script[k] = buf_view(&greedy);
	for (uint32_t i = 0; i < n_in;) {
		struct txid txid;
		int64_t value;

		hard_fund(l, 1 + i / PER_BLOCK, script, PER_BLOCK, &txid, &value);
		for (uint32_t k = 0; k < PER_BLOCK && i < n_in; k++, i++)
			in[i] = (struct txin){.prevout = {txid, k},
					      .script_sig = buf_view(&sig),
					      .sequence = SEQUENCE_FINAL};
	}
	out.script = bytes_of("\x51", 1);
	tx_write(raw, &tx, true);
	assert_int_equal(buf_status(raw), ST_OK);
	buf_free(&greedy);
	buf_free(&sig);
	free(in);
}

static void quadratic_hashing_leaves_the_lock_free(void **state)
{
	struct bench *b = *state;
	uint32_t n = hard_number("QUARRY_HARD_INPUTS", 250);
	struct buf raw, block;
	struct bytes one;
	struct blkid id;

	buf_init(&raw, HARD_RAW_MAX);
	buf_init(&block, HARD_RAW_MAX);
	greedy_transaction(b->l, n, &raw);
	one = buf_view(&raw);
	hard_block(b->l, &one, 1, 0, &block, &id);
	connect_beside_the_writer(b, "quadratic hashing", &block);
	buf_free(&raw);
	buf_free(&block);
}

/* --- signature operations up to the limit --- */

#define KEYS 20
#define MULTISIGS 9	/* 21 operations each, of 201 */

/* n times 1 of 20. The key that signs is tried after those behind it. */
static void multisig_script(const struct lab *l, struct buf *b, int n)
{
	uint8_t key[KEYS][33];
	int signs = KEYS - (int)hard_number("QUARRY_HARD_TRIES", 5) % (KEYS + 1);

	for (int k = 0; k < KEYS; k++) {
		uint8_t secret[32];

		memset(secret, 0x31 + k, sizeof(secret));
		assert_int_equal(ec_pubkey_create(l->ec, key[k], k == signs ?
						  l->key : secret, true), 33);
	}
	for (int i = 0; i < n; i++) {
		buf_u8(b, OP_1);
		for (int k = 0; k < KEYS; k++)
			script_push(b, key[k], 33);
		script_push_int(b, KEYS);
		buf_u8(b, i + 1 < n ? OP_CHECKMULTISIGVERIFY :
			  OP_CHECKMULTISIG);
	}
}

struct multisigs {
	struct buf script[2], pays[2], wit;
	struct txin *in;
	struct coin *coin;
	uint32_t n_in;
};

/* Which script an input spends: all have nine, the last has what is left. */
static uint32_t which(const struct multisigs *m, uint32_t i)
{
	return i + 1 == m->n_in;
}

static void sign_multisigs(struct lab *l, struct multisigs *m, struct tx *tx)
{
	struct sighash_cache *c = sighash_cache_new(tx, m->coin);
	size_t *from = calloc(m->n_in + 1, sizeof(*from));

	assert_true(c && from);
	for (uint32_t i = 0; i < m->n_in; i++) {
		const struct buf *script = &m->script[which(m, i)];
		int n = which(m, i) ? 4 : MULTISIGS;
		uint8_t der[EC_DER_MAX + 1];
		struct hash256 h;
		size_t len;

		sighash_v0(&h, c, i, buf_view(script), m->coin[i].value,
			   SIGHASH_ALL);
		len = ec_sign_ecdsa(l->ec, der, l->key, h.b);
		der[len] = SIGHASH_ALL;
		from[i] = m->wit.len;
		for (int k = 0; k < n; k++) {
			buf_u8(&m->wit, 0);
			buf_u8(&m->wit, (uint8_t)(len + 1));
			buf_add(&m->wit, der, len + 1);
		}
		compactsize_add(&m->wit, script->len);
		buf_bytes(&m->wit, buf_view(script));
		m->in[i].n_witness = 2 * (uint32_t)n + 1;
	}
	from[m->n_in] = m->wit.len;
	for (uint32_t i = 0; i < m->n_in; i++)
		m->in[i].witness = bytes_of(m->wit.p + from[i],
					    from[i + 1] - from[i]);
	sighash_cache_free(c);
	free(from);
}

/* 80,000 and, with more, 80,000 + more operations: 444 inputs of 180, one of 80,
 * and outputs of 4 each. */
static void multisig_block(struct lab *l, struct multisigs *m, uint32_t more,
			   struct buf *block)
{
	struct txout out = {.value = 0, .script = bytes_of("\xac", more ? 1 : 0)};
	struct tx tx = {.version = 2, .n_in = m->n_in, .in = m->in,
			.n_out = 1, .out = &out, .has_witness = true};
	struct buf raw;
	struct bytes one;
	struct blkid id;

	buf_reset(&m->wit);
	for (uint32_t i = 0; i < m->n_in; i++)
		m->in[i].n_witness = 1;	/* it will have one */
	sign_multisigs(l, m, &tx);
	buf_init(&raw, HARD_RAW_MAX);
	tx_write(&raw, &tx, true);
	assert_int_equal(buf_status(&raw), ST_OK);
	one = buf_view(&raw);
	hard_block(l, &one, 1, more, block, &id);
	buf_free(&raw);
}

static void signature_checks_leave_the_lock_free(void **state)
{
	struct bench *b = *state;
	struct multisigs m = {.n_in = 445};
	struct bytes *pays = calloc(m.n_in, sizeof(*pays));
	struct block_result r;
	struct buf block;
	struct txid txid;
	int64_t value;

	m.in = calloc(m.n_in, sizeof(*m.in));
	m.coin = calloc(m.n_in, sizeof(*m.coin));
	assert_true(pays && m.in && m.coin);
	buf_init(&m.wit, HARD_RAW_MAX);
	buf_init(&block, HARD_RAW_MAX);
	for (int i = 0; i < 2; i++) {
		uint8_t h[32];

		buf_init(&m.script[i], 10000);
		buf_init(&m.pays[i], 100);
		multisig_script(b->l, &m.script[i], i ? 4 : MULTISIGS);
		assert_int_equal(script_sigops(buf_view(&m.script[i]), true),
				 i ? 80 : 180);
		sha256(h, m.script[i].p, m.script[i].len);
		script_witness(&m.pays[i], 0, bytes_of(h, 32));
	}
	for (uint32_t i = 0; i < m.n_in; i++)
		pays[i] = buf_view(&m.pays[which(&m, i)]);
	hard_fund(b->l, 30, pays, m.n_in, &txid, &value);
	for (uint32_t i = 0; i < m.n_in; i++) {
		m.in[i] = (struct txin){.prevout = {txid, i},
					.sequence = SEQUENCE_FINAL};
		m.coin[i] = (struct coin){.value = value, .script = pays[i]};
	}
	multisig_block(b->l, &m, 1, &block);
	assert_int_equal(node_accept_block(b->l->n, block.p, block.len, "hard",
					   &r), ST_OK);
	assert_int_equal(r.verdict.code, V_BLOCK_SIGOPS);
	multisig_block(b->l, &m, 0, &block);
	connect_beside_the_writer(b, "80,000 signature operations", &block);
	for (int i = 0; i < 2; i++) {
		buf_free(&m.script[i]);
		buf_free(&m.pays[i]);
	}
	buf_free(&m.wit);
	buf_free(&block);
	free(m.in);
	free(m.coin);
	free(pays);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quadratic_hashing_leaves_the_lock_free),
		cmocka_unit_test(signature_checks_leave_the_lock_free),
	};

	return cmocka_run_group_tests_name("hard_lock", tests, bench_begin,
					   bench_end);
}
