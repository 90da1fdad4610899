/* SPDX-License-Identifier: MIT */
/*
 * How fast blocks are imported, against the time that their signatures alone
 * take.
 *
 *	tests/bench/import FILE.blk
 *
 * FILE holds blocks of regtest as blk*.dat does. Three steps, each in a process
 * of its own so that times and memory do not mix: an import that notes every
 * signature check it makes; those checks alone, on one core, parsing included;
 * an import as it always is, everything indexed and every script run. Prints the
 * figures and, last, the ratios of the import to the checks alone, of processor
 * time and of time that passed; the second means little on a busy machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/ec.h"
#include "node/chain/blkfile.h"
#include "node/chain/import.h"

#define CHECKS_MAX 1000000

struct check {
	uint8_t msg[32];
	uint8_t key[65];
	uint8_t sig[80];
	uint8_t key_len;	/* 32: Schnorr */
	uint8_t sig_len;
};

/* Shared with the children. */
struct shared {
	size_t n_checks;
	size_t n_wrong;
	uint64_t n_tx;
	double pure_s;
	struct check check[CHECKS_MAX];
};

static struct shared *shared;
static bool note;

bool __real_ec_verify_ecdsa(struct bytes sig, struct bytes pubkey,
			    const uint8_t msg[32]);
bool __wrap_ec_verify_ecdsa(struct bytes sig, struct bytes pubkey,
			    const uint8_t msg[32]);
bool __real_ec_verify_schnorr(const uint8_t sig[64], const uint8_t xonly[32],
			      const uint8_t msg[32]);
bool __wrap_ec_verify_schnorr(const uint8_t sig[64], const uint8_t xonly[32],
			      const uint8_t msg[32]);

static void take_note(struct bytes sig, struct bytes key, const uint8_t msg[32])
{
	size_t i = __atomic_fetch_add(&shared->n_checks, 1, __ATOMIC_RELAXED);
	struct check *c = &shared->check[i];

	if (i >= CHECKS_MAX || sig.len > sizeof(c->sig) ||
	    key.len > sizeof(c->key))
		return;
	memcpy(c->msg, msg, 32);
	memcpy(c->key, key.p, key.len);
	memcpy(c->sig, sig.p, sig.len);
	c->key_len = (uint8_t)key.len;
	c->sig_len = (uint8_t)sig.len;
}

bool __wrap_ec_verify_ecdsa(struct bytes sig, struct bytes pubkey,
			    const uint8_t msg[32])
{
	if (note)
		take_note(sig, pubkey, msg);
	return __real_ec_verify_ecdsa(sig, pubkey, msg);
}

bool __wrap_ec_verify_schnorr(const uint8_t sig[64], const uint8_t xonly[32],
			      const uint8_t msg[32])
{
	if (note)
		take_note(bytes_of(sig, 64), bytes_of(xonly, 32), msg);
	return __real_ec_verify_schnorr(sig, xonly, msg);
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "import: %s: %s.\n", what, why);
	return 1;
}

static int import_file(const char *db, const char *path)
{
	struct node_options o = {
		.db_path = db, .bulk = true, .app_name = "bench"};
	struct import_options io = {0};
	char error[NODE_ERROR_SIZE];
	struct blkfile_place where;
	struct block_result r = {0};
	struct params params;
	struct node *n;
	struct blkfile f;
	struct buf raw;
	enum status st;

	if (!params_builtin(&params, "regtest") ||
	    node_create(db, &params, NULL, 0, error) != ST_OK ||
	    node_open(&n, &o, error) != ST_OK)
		return fail(db, error);
	buf_init(&raw, (size_t)64 << 20);
	st = blkfile_open(&f, path, &params);
	if (st == ST_OK)
		st = import_begin(n, &io);
	while (st == ST_OK) {
		st = blkfile_next(&f, &raw, &where);
		if (st == ST_OK)
			st = node_accept_block(n, raw.p, raw.len, "bench", &r);
		if (st == ST_OK && r.verdict.code != VALID)
			return fail("refused", verdict_name(r.verdict.code));
	}
	if (st == ST_NOT_FOUND)
		st = import_end(n, &r);
	if (st == ST_OK)
		st = node_checkpoint(n, true);
	buf_free(&raw);
	blkfile_close(&f);
	node_close(n);
	return st == ST_OK ? 0 : fail(path, status_text(st));
}

static int count_txs(const char *path)
{
	struct blkfile_place where;
	struct params params;
	struct blkfile f;
	struct arena a;
	struct buf raw;

	buf_init(&raw, (size_t)64 << 20);
	arena_init(&a, (size_t)1 << 30);
	if (!params_builtin(&params, "regtest") ||
	    blkfile_open(&f, path, &params) != ST_OK)
		return fail(path, "cannot be read");
	while (blkfile_next(&f, &raw, &where) == ST_OK) {
		struct block b;

		arena_reset(&a);
		if (block_parse(&b, raw.p, raw.len, &a) == ST_OK)
			shared->n_tx += b.n_tx;
	}
	arena_free(&a);
	buf_free(&raw);
	blkfile_close(&f);
	return 0;
}

static int run_checks(void)
{
	int64_t start = clock_mono_us();

	for (size_t i = 0; i < shared->n_checks; i++) {
		const struct check *c = &shared->check[i];
		bool ok = c->key_len == 32
				  ? ec_verify_schnorr(c->sig, c->key, c->msg)
				  : ec_verify_ecdsa(bytes_of(c->sig, c->sig_len),
						    bytes_of(c->key, c->key_len),
						    c->msg);

		shared->n_wrong += !ok;
	}
	shared->pure_s = (double)(clock_mono_us() - start) / 1e6;
	return 0;
}

/* Runs a step in a child; its processor seconds, wall seconds and memory. */
static int step(int which, const char *db, const char *path, double *cpu_s,
		double *wall_s, long *peak_kib)
{
	int64_t start = clock_mono_us();
	struct rusage ru;
	int code;
	pid_t pid = fork();

	if (pid == 0) {
		note = which == 0;
		code = which == 1 ? run_checks() : import_file(db, path);
		_exit(code);
	}
	if (pid < 0 || wait4(pid, &code, 0, &ru) != pid || code != 0)
		return 1;
	*wall_s = (double)(clock_mono_us() - start) / 1e6;
	*cpu_s = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
		 (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	*peak_kib = ru.ru_maxrss;
	return 0;
}

static void remove_db(const char *db)
{
	static const char *const tail[] = {"", "-wal", "-shm"};
	char name[4200];

	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", db, tail[i]);
		unlink(name);
	}
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/quarry-bench-XXXXXX", db[64];
	double cpu, wall, pure_cpu = 0;
	struct stat sb;
	long peak;
	int code = 1;

	if (argc != 2) {
		fprintf(stderr, "Usage: import FILE.blk\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || !mkdtemp(dir))
		return fail(argv[1], "no memory, or no place for a database");
	snprintf(db, sizeof(db), "%s/quarry.db", dir);
	if (count_txs(argv[1]) == 0 &&
	    step(0, db, argv[1], &cpu, &wall, &peak) == 0) {
		remove_db(db);
		printf("signature checks: %zu\n", shared->n_checks);
		fflush(stdout);
		code = step(1, db, argv[1], &pure_cpu, &wall, &peak);
	}
	if (code == 0) {
		printf("those alone, one core: %.2f s, %.1f us each (%zu of them "
		       "false)\n",
		       shared->pure_s,
		       shared->pure_s * 1e6 / (double)shared->n_checks,
		       shared->n_wrong);
		fflush(stdout);
		code = step(2, db, argv[1], &cpu, &wall, &peak);
	}
	if (code == 0 && stat(db, &sb) == 0) {
		printf("import: %.2f s of processor, %.2f s, peak %.0f MiB\n",
		       cpu, wall, (double)peak / 1024);
		printf("bytes per transaction: %.0f\n",
		       (double)sb.st_size / (double)shared->n_tx);
		printf("cpu ratio: %.2f\nwall ratio: %.2f\n",
		       cpu / pure_cpu, wall / shared->pure_s);
	}
	remove_db(db);
	rmdir(dir);
	return code;
}
