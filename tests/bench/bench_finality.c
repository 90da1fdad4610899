/* SPDX-License-Identifier: MIT */
/*
 * What finality costs, with a hundred validators.
 *
 *	tests/bench/finality [CHECKPOINTS]
 *
 * One node makes blocks, another is given them. At each checkpoint all validators
 * vote; in turns the second node has the votes before the block (which then makes
 * the one before it final while it is connected) or after it. Prints the median and
 * the least time of connecting a block without votes, one that brings finality, and
 * of taking a hundred votes, and the size of those.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/ec.h"
#include "node/chain/accept.h"
#include "node/finality/finality.h"
#include "node/mine/template.h"
#include "node/query/query.h"

enum { VALIDATORS = 100, STEP = 4, TIMES_MAX = 4096 };

struct keyed {
	uint8_t key[32], secret[32];
};

struct times {
	double ms[TIMES_MAX];
	int n;
};

static struct keyed keyed[VALIDATORS];
static struct times plain, with_votes, votes_alone;

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s failed\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + (double)t.tv_nsec / 1e6;
}

static void add(struct times *t, double ms)
{
	if (t->n < TIMES_MAX)
		t->ms[t->n++] = ms;
}

static int by_ms(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void print(const char *what, struct times *t)
{
	qsort(t->ms, (size_t)t->n, sizeof(*t->ms), by_ms);
	if (t->n)
		printf("%-40s median %6.2f ms  least %6.2f ms  (%d)\n", what,
		       t->ms[t->n / 2], t->ms[0], t->n);
}

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void make_chain(struct params *p, struct buf *text, const struct ec *ec)
{
	char error[PARAMS_ERROR_SIZE];

	params_own_defaults(p, "hundred");
	memset(&p->pow_limit, 0xff, sizeof(p->pow_limit));
	p->pow_limit = u256_shr(&p->pow_limit, 1);
	p->retarget = RETARGET_NONE;
	p->asert_half_life_s = 0;
	p->genesis.bits = 0x207fffff;
	p->genesis.time = (uint32_t)clock_wall_s() - 86400;
	snprintf(p->genesis_message, sizeof(p->genesis_message), "votes");
	p->finality_interval = STEP;
	for (int i = 0; i < VALIDATORS; i++) {
		memset(keyed[i].secret, 0x20, 32);
		keyed[i].secret[31] = (uint8_t)i;
		must(ec_xonly_create(ec, keyed[i].key, NULL, keyed[i].secret),
		     "a key");
	}
	qsort(keyed, VALIDATORS, sizeof(*keyed), by_key);
	p->finality_validators.n = VALIDATORS;
	for (int i = 0; i < VALIDATORS; i++) {
		memcpy(p->finality_validators.v[i].key, keyed[i].key, 32);
		p->finality_validators.v[i].weight = 1;
	}
	buf_init(text, 1 << 20);
	params_write(text, p);
	if (params_parse(p, buf_str(text), text->len, error) != ST_OK) {
		must(params_genesis_search(p, 0, 10000000), "the first block");
		buf_printf(text, "genesis_nonce = %u\n", p->genesis.nonce);
	}
	must(params_parse(p, buf_str(text), text->len, error) == ST_OK, error);
}

static struct node *open_new(const char *dir, const char *name,
			     const struct params *p, struct buf *text)
{
	char path[200], error[NODE_ERROR_SIZE];
	struct node_options o = {.db_path = path};
	struct node *n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	must(node_create(path, p, buf_str(text), text->len, error) == ST_OK,
	     error);
	must(node_open(&n, &o, error) == ST_OK, error);
	return n;
}

static void take_votes(struct node *n, const struct vote *v)
{
	struct vote_result r[VALIDATORS];
	bool moved;

	must(node_vote_accept(n, v, VALIDATORS, "bench", r, &moved) == ST_OK,
	     "taking votes");
	for (int i = 0; i < VALIDATORS; i++)
		must(r[i].added, verdict_name(r[i].verdict.code));
}

static void sign_all(const struct ec *ec, const struct params *p, struct vote *v,
		     const struct finality_mark *from,
		     const struct finality_mark *to)
{
	static const uint8_t aux[32];
	uint8_t msg[32];

	for (int i = 0; i < VALIDATORS; i++) {
		v[i] = (struct vote){from->height, to->height, from->id, to->id,
				     {0}, {0}};
		memcpy(v[i].key, keyed[i].key, 32);
		vote_message(msg, &p->document, &v[i]);
		must(ec_sign_schnorr(ec, v[i].sig, keyed[i].secret, msg, aux),
		     "signing");
	}
}

/* The next block, from the maker to the other; with the votes for it before or
 * after. */
static void next_block(struct node *maker, struct node *n, const struct vote *v,
		       const struct blkid *id, bool before)
{
	struct block_result b;
	struct bytes raw;
	struct arena a;
	double begin;

	arena_init(&a, 8 << 20);
	must(query_block_raw(maker, id, &a, &raw) == ST_OK, "reading a block");
	if (v && before)
		take_votes(n, v);
	begin = now_ms();
	must(node_accept_block(n, raw.p, raw.len, "bench", &b) == ST_OK && b.active,
	     "a block");
	add(v && before ? &with_votes : &plain, now_ms() - begin);
	if (v && !before) {
		begin = now_ms();
		take_votes(n, v);
		add(&votes_alone, now_ms() - begin);
	}
	arena_free(&a);
}

int main(int argc, char **argv)
{
	static const uint8_t script[1] = {0x51};
	uint32_t points = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 40;
	char dir[] = "/tmp/quarry-bench-XXXXXX", command[100];
	struct ec *ec = ec_open();
	struct finality_mark from = {{{{0}}}, 0}, to;
	struct vote v[VALIDATORS];
	struct node *maker, *other;
	struct finality_info info;
	struct params p;
	struct buf text;

	must(ec && mkdtemp(dir), "the beginning");
	make_chain(&p, &text, ec);
	maker = open_new(dir, "maker.db", &p, &text);
	other = open_new(dir, "other.db", &p, &text);
	from.id = p.genesis_id;
	for (uint32_t h = 1; h <= points * STEP; h++) {
		bool point = h % STEP == 0;

		must(node_mine_one(maker, bytes_of(script, 1), 1000000, "bench",
				   &to.id) == ST_OK, "mining");
		to.height = h;
		if (point)
			sign_all(ec, &p, v, &from, &to);
		next_block(maker, other, point ? v : NULL, &to.id,
			   h / STEP % 2 == 0);
		if (point)
			from = to;
	}
	must(node_finality(other, &info) == ST_OK &&
	     info.final.height == (points - 1) * STEP, "finality");
	print("a block", &plain);
	print("a block that makes another one final", &with_votes);
	print("a hundred votes", &votes_alone);
	printf("a hundred votes: %d bytes\n", VALIDATORS * VOTE_SIZE);
	node_close(maker);
	node_close(other);
	buf_free(&text);
	ec_close(ec);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) != 0;
}
