/* SPDX-License-Identifier: MIT */
/* See votebench.h. */
#include "tests/unit/node/votebench.h"

#include <inttypes.h>

#include "base/clock.h"

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void write_document(struct params *p, struct buf *text)
{
	char error[PARAMS_ERROR_SIZE];

	buf_init(text, 1 << 16);
	params_write(text, p);
	assert_int_equal(params_parse(p, buf_str(text), text->len, error),
			 ST_NOT_FOUND);
	assert_true(params_genesis_search(p, 0, 10000000));
	buf_printf(text, "genesis_nonce = %" PRIu32 "\n", p->genesis.nonce);
	if (params_parse(p, buf_str(text), text->len, error) != ST_OK)
		fail_msg("%s", error);
}

struct bench *bench_open(uint32_t bond_lock, uint32_t blocks)
{
	struct bench *t = calloc(1, sizeof(*t));
	struct params *p = &t->p;
	struct ec *ec = ec_open();
	struct { uint8_t key[32], secret[32]; } pair[KEYS];
	struct buf text;

	assert_non_null(t);
	params_own_defaults(p, "voted");
	memset(&p->pow_limit, 0xff, sizeof(p->pow_limit));
	p->pow_limit = u256_shr(&p->pow_limit, 1);
	p->retarget = RETARGET_NONE;
	p->asert_half_life_s = 0;
	p->genesis.bits = 0x207fffff;
	p->genesis.time = (uint32_t)clock_wall_s() - 86400;
	snprintf(p->genesis_message, sizeof(p->genesis_message), "votes");
	p->finality_interval = STEP;
	p->bond_lock = bond_lock;
	p->bond_start_sat = bond_lock ? 20 * COIN_SAT : 0;
	for (int i = 0; i < KEYS; i++) {
		memset(pair[i].secret, 0x30 + i, 32);
		assert_true(ec_xonly_create(ec, pair[i].key, NULL,
					    pair[i].secret));
	}
	qsort(pair, KEYS, sizeof(*pair), by_key);
	p->finality_validators.n = KEYS;
	for (int i = 0; i < KEYS; i++) {
		struct params_validator *v = &p->finality_validators.v[i];

		memcpy(t->key[i], pair[i].key, 32);
		memcpy(t->secret[i], pair[i].secret, 32);
		memcpy(v->key, pair[i].key, 32);
		v->weight = 1;
	}
	write_document(p, &text);
	t->l = lab_open_chain(p, buf_str(&text), text.len, 0);
	buf_free(&text);
	ec_close(ec);
	blocks_mine(t->l, blocks, t->cb + 1);
	return t;
}

void bench_close(struct bench *t)
{
	lab_verify(t->l);
	lab_close(t->l);
	free(t);
}

struct blkid bench_at(struct bench *t, uint32_t height)
{
	struct block_info info;

	assert_int_equal(query_block_at(t->l->n, height, &info), ST_OK);
	return info.id;
}

void bench_sign(struct bench *t, const uint8_t secret[32], struct vote *v)
{
	uint8_t msg[32], aux[32] = {0};

	assert_true(ec_xonly_create(t->l->ec, v->key, NULL, secret));
	vote_message(msg, &t->p.document, v);
	assert_true(ec_sign_schnorr(t->l->ec, v->sig, secret, msg, aux));
}

struct vote bench_link(struct bench *t, int who, uint32_t from,
			   const struct blkid *from_id, uint32_t to,
			   const struct blkid *to_id)
{
	struct vote v = {from, to, *from_id, *to_id, {0}, {0}};

	bench_sign(t, t->secret[who], &v);
	return v;
}

struct vote_result bench_give(struct bench *t, const struct vote *v)
{
	struct vote_result r;
	bool changed;

	assert_int_equal(node_vote_accept(t->l->n, v, 1, "test", &r, &changed),
			 ST_OK);
	return r;
}

/* The first `n` validators vote from block to block of the active chain. */
void bench_vote(struct bench *t, int n, uint32_t from, uint32_t to)
{
	struct blkid a = bench_at(t, from), b = bench_at(t, to);

	for (int i = 0; i < n; i++) {
		struct vote v = bench_link(t, i, from, &a, to, &b);
		struct vote_result r = bench_give(t, &v);

		assert_string_equal(verdict_name(r.verdict.code), "");
		assert_true(r.added);
		assert_true(bench_give(t, &v).known);
	}
}

void bench_expect(struct bench *t, uint32_t final, uint32_t justified)
{
	struct finality_info info;

	assert_int_equal(node_finality(t->l->n, &info), ST_OK);
	assert_int_equal(info.final.height, final);
	assert_int_equal(info.justified.height, justified);
}

struct made_block *bench_branch(struct bench *t, uint32_t from, uint32_t n)
{
	struct made_block *b = calloc(n, sizeof(*b));
	struct blkid parent = bench_at(t, from);

	assert_non_null(b);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0)
			block_on(t->l, &b[i], &parent);
		else
			block_after(&b[i], &b[i - 1]);
		b[i].extra = 7;
		block_make(&b[i]);
	}
	return b;
}

void bench_drop(struct made_block *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		block_drop(&b[i]);
	free(b);
}
