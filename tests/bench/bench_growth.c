/* SPDX-License-Identifier: MIT */
/*
 * How the cost of an output grows with the chain.
 *
 *	tests/bench/growth [MILLIONS]
 *
 * Makes a chain as it goes, without signatures: each output pays to a script
 * hash of its own (so each has an address nobody had before), each transaction
 * spends one earlier output, three times in four a recent one, and makes three.
 * Prints processor time per output and bytes written to files for each million,
 * and last the ratio of the processor time of the last million to the first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consensus/block_check.h"
#include "crypto/sha256.h"
#include "node/chain/import.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "primitives/target.h"

#define TXS_A_BLOCK 1800
#define OUTS_A_TX 3
#define RECENT 200000
#define SEEDS 110

/* An output that can still be spent: its script is <number> DROP TRUE. */
struct spendable {
	struct txid txid;
	uint32_t n;
	int64_t value;
	uint64_t number;
};

struct maker {
	struct spendable *pool;
	size_t n_pool, room;
	uint64_t next_number, outputs, rng;
	struct node *n;
	struct buf txs, raw;
	struct hash256 *txid, *wtxid;
};

static uint64_t rnd(struct maker *m)
{
	m->rng ^= m->rng << 13;
	m->rng ^= m->rng >> 7;
	m->rng ^= m->rng << 17;
	return m->rng;
}

static size_t inner_script(uint8_t out[12], uint64_t number)
{
	out[0] = 8;
	le64_put(out + 1, number);
	out[9] = OP_DROP;
	out[10] = OP_1;
	return 11;
}

static void put_output(struct maker *m, struct buf *b, int64_t value,
		       uint64_t number)
{
	uint8_t inner[12], hash[32];

	(void)m;
	sha256(hash, inner, inner_script(inner, number));
	buf_le64(b, (uint64_t)value);
	compactsize_add(b, 34);
	buf_u8(b, OP_0);
	buf_u8(b, 32);
	buf_add(b, hash, 32);
}

static void add_spendable(struct maker *m, const struct txid *txid, uint32_t n,
			  int64_t value, uint64_t number)
{
	if (m->n_pool == m->room) {
		m->room = m->room ? 2 * m->room : 1 << 16;
		m->pool = realloc(m->pool, m->room * sizeof(*m->pool));
		if (!m->pool)
			exit(1);
	}
	m->pool[m->n_pool++] = (struct spendable){*txid, n, value, number};
}

static struct spendable pick(struct maker *m)
{
	size_t from = 0, at;
	struct spendable s;

	if (rnd(m) % 4 && m->n_pool > RECENT)
		from = m->n_pool - RECENT;
	at = from + (size_t)(rnd(m) % (m->n_pool - from));
	s = m->pool[at];
	m->pool[at] = m->pool[--m->n_pool];
	return s;
}

static void make_tx(struct maker *m, uint32_t at)
{
	struct spendable s = pick(m);
	uint8_t inner[12];
	size_t len = inner_script(inner, s.number);
	struct buf base;
	struct txid id;
	size_t start = m->txs.len;

	buf_init(&base, 4096);
	compactsize_add(&base, 1);
	buf_add(&base, s.txid.h.b, 32);
	buf_le32(&base, s.n);
	compactsize_add(&base, 0);
	buf_le32(&base, SEQUENCE_FINAL);
	compactsize_add(&base, OUTS_A_TX);
	for (uint32_t k = 0; k < OUTS_A_TX; k++)
		put_output(m, &base, s.value / OUTS_A_TX, m->next_number + k);
	buf_le32(&m->txs, 2);
	buf_add(&m->txs, "\0\1", 2);
	buf_bytes(&m->txs, buf_view(&base));
	compactsize_add(&m->txs, 1);
	compactsize_add(&m->txs, len);
	buf_add(&m->txs, inner, len);
	buf_le32(&m->txs, 0);
	sha256d(m->wtxid[at].b, m->txs.p + start, m->txs.len - start);
	{
		struct sha256_ctx c;

		sha256_init(&c);
		sha256_add(&c, "\2\0\0\0", 4);
		sha256_add(&c, base.p, base.len);
		sha256_add(&c, "\0\0\0\0", 4);
		sha256d_done(&c, id.h.b);
	}
	m->txid[at] = id.h;
	for (uint32_t k = 0; k < OUTS_A_TX; k++)
		add_spendable(m, &id, k, s.value / OUTS_A_TX, m->next_number++);
	m->outputs += OUTS_A_TX;
	buf_free(&base);
}

static void make_coinbase(struct maker *m, uint32_t height, uint32_t n_tx,
			  struct buf *out)
{
	static const uint8_t reserved[32];
	uint8_t commit[38];
	struct hash256 root;
	struct buf sig;
	struct bytes s;

	memset(&m->wtxid[0], 0, 32);
	merkle_root(&root, NULL, m->wtxid, n_tx);
	block_commitment_script(commit, &root, reserved);
	buf_init(&sig, 100);
	script_push_int(&sig, height);
	buf_u8(&sig, OP_0);
	s = buf_view(&sig);
	buf_le32(out, 2);
	buf_add(out, "\0\1", 2);
	buf_u8(out, 1);
	buf_add(out, reserved, 32);
	buf_le32(out, OUTPOINT_NULL_N);
	compactsize_add(out, s.len);
	buf_bytes(out, s);
	buf_le32(out, SEQUENCE_FINAL);
	buf_u8(out, 2);
	put_output(m, out, height <= SEEDS ? COIN_SAT : 0, m->next_number);
	buf_le64(out, 0);
	compactsize_add(out, sizeof(commit));
	buf_add(out, commit, sizeof(commit));
	buf_u8(out, 1);
	buf_u8(out, 32);
	buf_add(out, reserved, 32);
	buf_le32(out, 0);
	buf_free(&sig);
}

/* The next block on the tip, solved, as raw bytes in m->raw. */
static enum status make_block(struct maker *m, uint32_t height,
			      const struct blkid *prev, uint32_t time,
			      uint32_t n_spends, struct blkid *id)
{
	struct header h = {.version = 0x20000000, .prev = *prev, .time = time};
	struct u256 target;
	struct arena a;
	struct buf cb;
	struct tx tx;
	enum status st;

	buf_reset(&m->txs);
	for (uint32_t i = 1; i <= n_spends; i++)
		make_tx(m, i);
	buf_init(&cb, 4096);
	make_coinbase(m, height, n_spends + 1, &cb);
	arena_init(&a, 1 << 16);
	st = tx_parse(&tx, cb.p, cb.len, &a);
	if (st != ST_OK)
		return st;
	/* the first blocks' rewards seed everything, once they are mature */
	if (height <= SEEDS)
		add_spendable(m, &tx.txid, 0, COIN_SAT, m->next_number);
	m->next_number++;
	m->outputs++;
	m->txid[0] = tx.txid.h;
	arena_free(&a);
	merkle_root(&h.merkle_root, NULL, m->txid, n_spends + 1);
	h.bits = node_params(m->n)->pow_limit_bits;
	if (!target_from_bits(&target, h.bits))
		return ST_PARSE;
	do {
		h.nonce++;
		header_hash(id, &h);
	} while (!target_met(id, &target));
	buf_reset(&m->raw);
	{
		uint8_t head[HEADER_SIZE];

		header_write(head, &h);
		buf_add(&m->raw, head, sizeof(head));
	}
	compactsize_add(&m->raw, n_spends + 1);
	buf_bytes(&m->raw, buf_view(&cb));
	buf_bytes(&m->raw, buf_view(&m->txs));
	buf_free(&cb);
	return buf_status(&m->raw);
}

static double cpu_s(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

/* What went to files so far; 0 where the system does not say. */
static double written_bytes(void)
{
	unsigned long long n = 0;
	char line[80];
	FILE *f = fopen("/proc/self/io", "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "wchar: %llu", &n) == 1)
			break;
	}
	if (f)
		fclose(f);
	return (double)n;
}

struct clockwork {
	double made, all;	/* processor time of making blocks; at the last
				 * report */
	double written;		/* bytes, at the last report */
	uint64_t outputs, reports;
	double first, last;	/* microseconds an output */
};

static void report(struct maker *m, struct clockwork *c, const char *db)
{
	double now = cpu_s();
	double us = (now - c->all - c->made) * 1e6 /
		    (double)(m->outputs - c->outputs);
	struct rusage ru;
	struct stat sb = {0};
	double written = written_bytes();

	getrusage(RUSAGE_SELF, &ru);
	if (stat(db, &sb))
		sb.st_size = 0;
	printf("%5.1f M outputs: %6.2f us each, %5.0f bytes written each, "
	       "file %lld MB, peak %ld MiB\n",
	       (double)m->outputs / 1e6, us,
	       (written - c->written) / (double)(m->outputs - c->outputs),
	       (long long)sb.st_size / 1000000, ru.ru_maxrss / 1024);
	fflush(stdout);
	if (c->first == 0)
		c->first = us;
	c->last = us;
	c->made = 0;
	c->all = now;
	c->written = written;
	c->outputs = m->outputs;
	c->reports++;
}

static enum status grow(struct maker *m, uint64_t want, const char *db,
			struct clockwork *c)
{
	struct node_tip tip;
	struct block_result r = {0};
	struct blkid prev;
	enum status st = node_tip(m->n, &tip);
	uint32_t time = tip.time, height = 0;

	prev = tip.id;
	while (st == ST_OK && m->outputs < want) {
		double t = cpu_s();
		uint32_t n = m->n_pool < TXS_A_BLOCK ? (uint32_t)m->n_pool
						     : TXS_A_BLOCK;

		if (height < 2 * SEEDS)
			n = 0;
		time += 60;
		st = make_block(m, ++height, &prev, time, n, &prev);
		c->made += cpu_s() - t;
		if (st == ST_OK)
			st = node_accept_block(m->n, m->raw.p, m->raw.len,
					       "bench", &r);
		if (st == ST_OK && r.verdict.code != VALID) {
			fprintf(stderr, "growth: refused: %s %s\n",
				verdict_name(r.verdict.code), r.verdict.detail);
			return ST_PARSE;
		}
		if (m->outputs < (c->reports + 1) * 1000000)
			continue;
		/* each million pays for its own rows and pages */
		st = import_flush(m->n, &r);
		if (st == ST_OK)
			st = node_checkpoint(m->n, false);
		if (st == ST_OK)
			report(m, c, db);
	}
	return st;
}

int main(int argc, char **argv)
{
	uint64_t millions = argc > 1 ? strtoull(argv[1], NULL, 10) : 10;
	char dir[] = "/tmp/quarry-bench-XXXXXX", db[64], error[NODE_ERROR_SIZE];
	struct node_options o = {
		.db_path = db, .bulk = true, .app_name = "bench"};
	struct import_options io = {0};
	struct maker m = {.rng = 88172645463325252u, .next_number = 1};
	struct clockwork c = {0};
	struct block_result r;
	struct params params;
	enum status st;

	if (!mkdtemp(dir))
		return 1;
	snprintf(db, sizeof(db), "%s/quarry.db", dir);
	buf_init(&m.txs, (size_t)8 << 20);
	buf_init(&m.raw, (size_t)8 << 20);
	m.txid = calloc(TXS_A_BLOCK + 1, sizeof(*m.txid));
	m.wtxid = calloc(TXS_A_BLOCK + 1, sizeof(*m.wtxid));
	if (!m.txid || !m.wtxid || !params_builtin(&params, "regtest") ||
	    node_create(db, &params, NULL, 0, error) != ST_OK ||
	    node_open(&m.n, &o, error) != ST_OK) {
		fprintf(stderr, "growth: %s\n", error);
		return 1;
	}
	st = import_begin(m.n, &io);
	c.all = cpu_s();
	if (st == ST_OK)
		st = grow(&m, millions * 1000000, db, &c);
	if (st == ST_OK)
		st = import_end(m.n, &r);
	node_close(m.n);
	if (st == ST_OK)
		printf("ratio of million %llu to the first: %.2f\n",
		       (unsigned long long)millions, c.last / c.first);
	snprintf(error, sizeof(error), "%s-wal", db);
	unlink(error);
	snprintf(error, sizeof(error), "%s-shm", db);
	unlink(error);
	unlink(db);
	rmdir(dir);
	free(m.pool);
	free(m.txid);
	free(m.wtxid);
	buf_free(&m.txs);
	buf_free(&m.raw);
	return st == ST_OK ? 0 : 1;
}
