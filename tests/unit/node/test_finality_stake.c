/* SPDX-License-Identifier: MIT */
/*
 * Stake from beginning to end: coins are bonded and registered, weigh from the next
 * final checkpoint on, leave when the lock is over and are spent by their owner, and
 * weigh nothing once evidence convicts their key. Each change waits until it is
 * final.
 */
#include "tests/unit/node/votebench.h"

#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "consensus/taproot.h"
#include "node/mine/template.h"
#include "primitives/bond.h"

enum { LOCK = 10 };

struct bonded {
	uint8_t secret[32], owner[32];
	struct bond_keys keys;
	uint8_t script[BOND_OUTPUT_SCRIPT], control[33];
	struct txid txid;
	int64_t value;
};

static void block_with(struct bench *t, const struct buf *raw, bool witness,
		       struct made_block *b)
{
	block_on_tip(t->l, b);
	b->tx[0] = buf_view(raw);
	b->n_tx = 1;
	b->commits = witness;
	block_make(b);
}

static void bond(struct bench *t, struct bonded *v, uint8_t mark,
		 const struct txid *coinbase, int64_t value)
{
	uint8_t reg[BOND_REGISTER_SCRIPT];
	struct made_block b;
	struct plain_tx tx;
	struct buf raw;

	memset(v->secret, mark, 32);
	memset(v->owner, mark + 1, 32);
	v->value = value;
	assert_true(ec_xonly_create(t->l->ec, v->keys.validator, NULL, v->secret));
	assert_true(ec_xonly_create(t->l->ec, v->keys.owner, NULL, v->owner));
	assert_true(bond_script(v->script, v->control, v->keys.owner, LOCK));
	bond_register_write(reg, &v->keys);
	tx = plain_spend(coinbase, 0, value);
	tx.n_out = 2;
	tx.out[0].script = bytes_of(v->script, sizeof(v->script));
	tx.out[1].value = 0;
	tx.out[1].script = bytes_of(reg, sizeof(reg));
	plain_write(&raw, &tx, &v->txid);
	block_with(t, &raw, false, &b);
	block_take(t->l, &b);
	block_drop(&b);
	buf_free(&raw);
}

/* The owner's signature for the leaf; as BIP342 has it. */
static void sign_leaf(struct bench *t, const struct bonded *v, const struct tx *tx,
		      struct bytes leaf, uint8_t sig[64])
{
	static const uint8_t aux[32];
	const struct coin coin = {.value = v->value,
				  .script = bytes_of(v->script,
						     sizeof(v->script))};
	struct taproot_ext ext = {.tapscript = true, .codesep = 0xffffffff};
	struct sighash_cache *c = sighash_cache_new(tx, &coin);
	struct hash256 h;

	assert_non_null(c);
	taproot_leaf_hash(&ext.leaf, 0xc0, leaf);
	assert_true(sighash_taproot(&h, c, 0, &ext, SIGHASH_DEFAULT));
	assert_true(ec_sign_schnorr(t->l->ec, sig, v->owner, h.b, aux));
	sighash_cache_free(c);
}

/* A transaction that spends the bond to anybody. */
static struct buf leave(struct bench *t, const struct bonded *v)
{
	uint8_t leaf[BOND_LEAF_MAX], wit[200] = {64}, sig[64];
	size_t n = bond_leaf(leaf, v->keys.owner, LOCK), len = 65;
	struct txin in = {.prevout = {v->txid, 0}, .sequence = LOCK};
	struct txout out = {v->value, op_true};
	struct tx tx = {.version = 2, .n_in = 1, .in = &in, .n_out = 1,
			.out = &out, .has_witness = true};
	struct buf raw;

	wit[len++] = (uint8_t)n;
	memcpy(wit + len, leaf, n);
	len += n;
	wit[len++] = 33;
	memcpy(wit + len, v->control, 33);
	len += 33;
	in.n_witness = 3;
	in.witness = bytes_of(wit, len);
	sign_leaf(t, v, &tx, bytes_of(leaf, n), sig);
	memcpy(wit + 1, sig, 64);
	buf_init(&raw, 1 << 16);
	tx_write(&raw, &tx, true);
	return raw;
}

static void vote_as(struct bench *t, const uint8_t secret[32], uint32_t from,
		    uint32_t to)
{
	struct blkid a = bench_at(t, from), b = bench_at(t, to);
	struct vote v = {from, to, a, b, {0}, {0}};

	bench_sign(t, secret, &v);
	assert_true(bench_give(t, &v).added);
}

static void set_is(struct bench *t, uint32_t n, uint64_t weight)
{
	struct finality_info info;

	assert_int_equal(node_finality(t->l->n, &info), ST_OK);
	assert_int_equal(info.validators, n);
	assert_int_equal(info.weight, weight);
}

static void bonds_come_weigh_leave_and_are_convicted(void **state)
{
	struct bench *t = bench_open(LOCK, 102);
	struct bonded a, b;
	struct made_block m;
	struct buf exit_tx;
	struct blkid x = {{{7}}}, tip, base;
	struct vote v;

	(void)state;
	bond(t, &a, 0x51, &t->cb[1], 30 * COIN_SAT);
	bond(t, &b, 0x61, &t->cb[2], 25 * COIN_SAT);
	/* the lock holds the coins */
	exit_tx = leave(t, &a);
	block_with(t, &exit_tx, true, &m);
	block_refuse(t->l, &m, V_BLOCK_BIP68);
	block_drop(&m);
	blocks_mine(t->l, 12, t->cb + 110);
	/* 104 has the bonds in its state: the founders decide until it is final */
	bench_vote(t, 3, 0, 104);
	set_is(t, 4, 4);
	bench_vote(t, 3, 104, 108);
	set_is(t, 2, 55 * (uint64_t)COIN_SAT);
	/* both sets for the next, then the bonds alone; one of two is too few */
	bench_vote(t, 3, 108, 112);
	vote_as(t, a.secret, 108, 112);
	bench_expect(t, 104, 108);
	vote_as(t, b.secret, 108, 112);
	bench_expect(t, 108, 112);
	/* 117 takes one bond away */
	block_with(t, &exit_tx, true, &m);
	block_take(t->l, &m);
	block_drop(&m);
	buf_free(&exit_tx);
	blocks_mine(t->l, 12, t->cb + 130);
	vote_as(t, a.secret, 112, 116);
	vote_as(t, b.secret, 112, 116);
	vote_as(t, a.secret, 116, 120);
	vote_as(t, b.secret, 116, 120);
	bench_expect(t, 116, 120);
	set_is(t, 2, 55 * (uint64_t)COIN_SAT);
	/* until what it left with is final, its vote counts and is needed */
	vote_as(t, b.secret, 120, 124);
	bench_expect(t, 116, 120);
	vote_as(t, a.secret, 120, 124);
	bench_expect(t, 120, 124);
	set_is(t, 1, 25 * (uint64_t)COIN_SAT);
	vote_as(t, a.secret, 124, 128);
	vote_as(t, b.secret, 124, 128);
	bench_expect(t, 124, 128);
	/* the last one contradicts itself: evidence goes into the next block */
	base = bench_at(t, 124);
	v = (struct vote){124, 128, base, x, {0}, {0}};
	bench_sign(t, b.secret, &v);
	assert_true(bench_give(t, &v).convicts);
	assert_int_equal(node_mine_one(t->l->n, op_true, 1000000, "test", &tip),
			 ST_OK);
	blocks_mine(t->l, 12, t->cb + 150);
	/* not before it is final, by votes that still count */
	vote_as(t, b.secret, 128, 132);
	bench_expect(t, 128, 132);
	set_is(t, 1, 25 * (uint64_t)COIN_SAT);
	vote_as(t, b.secret, 132, 136);
	bench_expect(t, 132, 136);
	/* too little is bonded by others: the founders again */
	set_is(t, 4, 4);
	bench_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bonds_come_weigh_leave_and_are_convicted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
