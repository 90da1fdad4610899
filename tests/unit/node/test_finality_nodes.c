/* SPDX-License-Identifier: MIT */
/*
 * Whole nodes under random schedules: four databases with the real code between
 * them and no network. Blocks and votes are lost and come late, the nodes are
 * parted, one is set back to a copy of its database (its record of votes stays),
 * and the first validator may be Byzantine: it signs contradictions, says nothing,
 * or makes invalid blocks and votes for them. Schedules follow from their number;
 * QUARRY_SCHEDULES says how many (else 4; make check-finality runs more). The rules
 * alone, under many more schedules: consensus/test_finality_sim.c.
 */
#include "tests/unit/node/votebench.h"

#include "node/mine/template.h"

enum { BLOCKS_MAX = 256, VOTES_MAX = 2000, WILD_TICKS = 40, LOSS = 6 };
enum habit { HONEST, TWO_FACED, SILENT, FOR_INVALID };

struct sim_block {
	struct blkid id, checkpoint;	/* the last one up to it */
	uint32_t height;
	int parent;
	struct buf raw;
	bool valid;
};

struct sim_node {
	struct lab *l;
	bool block[BLOCKS_MAX], vote[VOTES_MAX];
	struct vote_record record;	/* never set back */
	bool copied;
	bool block_then[BLOCKS_MAX], vote_then[VOTES_MAX];
};

struct sim {
	struct bench *t;
	uint64_t seed;
	enum habit habit;
	struct sim_node node[KEYS];
	struct sim_block block[BLOCKS_MAX];
	int n_block;
	struct vote vote[VOTES_MAX];
	int n_vote;
	bool cut;
	struct finality_mark final[BLOCKS_MAX];	/* anywhere */
	int n_final;
};

static uint32_t draw(struct sim *s, uint32_t below)
{
	uint64_t z = s->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % below);
}

static int find_block(const struct sim *s, const struct blkid *id)
{
	for (int i = s->n_block; i-- > 0;)
		if (hash256_equal(&s->block[i].id.h, &id->h))
			return i;
	return -1;
}

static int add_block(struct sim *s, const struct blkid *id, int parent,
		     struct bytes raw, bool valid)
{
	struct sim_block *b = &s->block[s->n_block];

	assert_true(s->n_block < BLOCKS_MAX);
	*b = (struct sim_block){.id = *id, .parent = parent, .valid = valid};
	if (parent >= 0) {
		b->height = s->block[parent].height + 1;
		b->valid &= s->block[parent].valid;
	}
	b->checkpoint = b->height % STEP ? s->block[parent].checkpoint : *id;
	buf_init(&b->raw, 1 << 20);
	buf_bytes(&b->raw, raw);
	return s->n_block++;
}

/* What is final anywhere is on the chain of whoever has got as far. */
static void look(struct sim *s, uint64_t number)
{
	for (int i = 0; i < KEYS; i++) {
		struct node *n = s->node[i].l->n;
		struct finality_info f;
		struct block_info b;
		bool known = false;

		assert_int_equal(node_finality(n, &f), ST_OK);
		for (int k = 0; k < s->n_final; k++) {
			known |= s->final[k].height == f.final.height;
			if (s->final[k].height > f.final.height)
				continue;
			assert_int_equal(query_block_at(n, s->final[k].height,
							&b), ST_OK);
			if (!hash256_equal(&b.id.h, &s->final[k].id.h))
				fail_msg("schedule %llu: two blocks of height %u "
					 "are final", (unsigned long long)number,
					 b.height);
		}
		if (!known)
			s->final[s->n_final++] = f.final;
	}
}

static void mine(struct sim *s, int i)
{
	const uint8_t script[2] = {0x50 + (uint8_t)(i + 2), 0x51};
	struct node *n = s->node[i].l->n;
	struct node_tip tip;
	struct blkid id;
	struct bytes raw;
	struct arena a;

	assert_int_equal(node_tip(n, &tip), ST_OK);
	assert_int_equal(node_mine_one(n, bytes_of(script, 2), 1000000, "test",
				       &id), ST_OK);
	arena_init(&a, 1 << 20);
	assert_int_equal(query_block_raw(n, &id, &a, &raw), ST_OK);
	s->node[i].block[add_block(s, &id, find_block(s, &tip.id), raw, true)] =
		true;
	arena_free(&a);
}

/* Pays itself more than there is: found out when it is connected. */
static void mine_invalid(struct sim *s)
{
	struct made_block b;
	struct node_tip tip;

	assert_int_equal(node_tip(s->node[0].l->n, &tip), ST_OK);
	block_on(s->node[0].l, &b, &tip.id);
	b.pays = 100 * COIN_SAT;
	b.extra = (uint32_t)s->n_block;
	block_make(&b);
	add_block(s, &b.id, find_block(s, &tip.id), buf_view(&b.raw), false);
	block_drop(&b);
}

static void give_block(struct sim *s, struct sim_node *to, int b)
{
	struct block_result r;

	assert_int_equal(node_accept_block(to->l->n, s->block[b].raw.p,
					   s->block[b].raw.len, "sim", &r), ST_OK);
	to->block[b] = r.verdict.code != V_PREV_NOT_FOUND;
	if (!s->block[b].valid)
		assert_false(r.active);
}

static void give_vote(struct sim *s, struct sim_node *to, int k)
{
	struct vote_result r;
	bool moved;

	assert_int_equal(node_vote_accept(to->l->n, &s->vote[k], 1, "sim", &r,
					  &moved), ST_OK);
	to->vote[k] = r.added || r.known;
	assert_int_not_equal(r.verdict.code, V_VOTE_SIGNATURE);
	assert_int_not_equal(r.verdict.code, V_VOTE_FORM);
}

static int add_vote(struct sim *s, int who, struct vote *v)
{
	if (s->n_vote == VOTES_MAX)
		return -1;
	bench_sign(s->t, s->t->secret[who], v);
	s->vote[s->n_vote] = *v;
	return s->n_vote++;
}

static void honest_vote(struct sim *s, int i)
{
	struct sim_node *x = &s->node[i];
	struct vote v;
	enum status st = node_vote_propose(x->l->n, 0, &v);
	int k;

	if (st == ST_NOT_FOUND)
		return;
	assert_int_equal(st, ST_OK);
	if (!vote_record_allows(&x->record, &v))
		return;
	vote_record_add(&x->record, &v);
	k = add_vote(s, i, &v);
	if (k >= 0)
		give_vote(s, x, k);
}

/* Any link to a block that exists, and for whom it likes. */
static void lie(struct sim *s, struct sim_node *to)
{
	int b = (int)draw(s, (uint32_t)s->n_block), a = b, k;
	struct vote v = {0};

	while (b > 0 && s->block[b].height % STEP)
		b = s->block[b].parent;
	/* a checkpoint that is invalid, or builds on a block that is */
	if (b <= 0 || (s->habit == FOR_INVALID) == s->block[b].valid)
		return;
	a = b;
	do {
		a = s->block[a].parent;
	} while (a > 0 && (s->block[a].height % STEP || draw(s, 3) == 0));
	v.source_height = s->block[a].height;
	v.source = s->block[a].id;
	v.target_height = s->block[b].height;
	v.target = s->block[b].id;
	k = add_vote(s, 0, &v);
	if (k >= 0)
		give_vote(s, to, k);
}

static bool hears(struct sim *s, int loss)
{
	return !loss || draw(s, (uint32_t)loss) != 0;
}

static void tell(struct sim *s, int i, int j, int loss)
{
	struct sim_node *from = &s->node[i], *to = &s->node[j];

	if (i == 0 && loss && (s->habit == TWO_FACED || s->habit == FOR_INVALID))
		lie(s, to);
	for (int b = 0; b < s->n_block; b++)
		if ((from->block[b] || (i == 0 && !s->block[b].valid)) &&
		    !to->block[b] && hears(s, loss))
			give_block(s, to, b);
	for (int k = 0; k < s->n_vote; k++)
		if (from->vote[k] && !to->vote[k] && hears(s, loss))
			give_vote(s, to, k);
}

static void copy(const struct lab *l, const char *from, const char *to)
{
	char command[300];

	snprintf(command, sizeof(command), "cp %s/%s %s/%s", l->dir, from, l->dir,
		 to);
	assert_int_equal(system(command), 0);
}

static void reopen(struct sim_node *x, bool back)
{
	node_close(x->l->n);
	if (back)
		copy(x->l, "copy.db", "quarry.db");
	x->l->n = lab_open_again(x->l);
}

/* Node 1 alone is ever set back: what all have lost is lost. Its own votes are
 * kept with its record, and given again. */
static void crash(struct sim *s)
{
	struct sim_node *x = &s->node[1];

	if (!x->copied) {
		node_close(x->l->n);
		copy(x->l, "quarry.db", "copy.db");
		x->l->n = lab_open_again(x->l);
		memcpy(x->block_then, x->block, sizeof(x->block));
		memcpy(x->vote_then, x->vote, sizeof(x->vote));
		x->copied = true;
		return;
	}
	reopen(x, true);
	x->copied = false;
	memcpy(x->block, x->block_then, sizeof(x->block));
	memcpy(x->vote, x->vote_then, sizeof(x->vote));
	for (int k = 0; k < s->n_vote; k++)
		if (memcmp(s->vote[k].key, s->t->key[1], 32) == 0)
			give_vote(s, x, k);
}

static void wild(struct sim *s, uint64_t number)
{
	int first = s->habit != HONEST;

	for (int tick = 0; tick < WILD_TICKS; tick++) {
		if (draw(s, 10) == 0)
			s->cut = !s->cut;
		if (draw(s, 2) == 0)
			mine(s, (int)draw(s, KEYS));
		if (s->habit == FOR_INVALID && draw(s, 5) == 0)
			mine_invalid(s);
		for (int k = 0; k < 3; k++) {
			int i = (int)draw(s, KEYS), j = (int)draw(s, KEYS);

			/* who is Byzantine speaks to both sides */
			if (i != j && !(s->cut && i >= first && j >= first &&
					i % 2 != j % 2))
				tell(s, i, j, LOSS);
		}
		for (int i = first; i < KEYS; i++)
			if (draw(s, 2) == 0)
				honest_vote(s, i);
		if (draw(s, 12) == 0)
			crash(s);
		if (draw(s, 12) == 0)
			reopen(&s->node[2 + draw(s, 2)], false);
		look(s, number);
	}
}

static void everybody_tells(struct sim *s)
{
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < KEYS; i++)
			for (int j = 0; j < KEYS; j++)
				if (i != j)
					tell(s, i, j, 0);
}

/* Healed: the first checkpoint above all that was there is final when there are two
 * more. */
static void calm(struct sim *s, uint64_t number)
{
	uint32_t top = 0, first;
	struct node_tip tip;

	for (int b = 0; b < s->n_block; b++)
		if (s->block[b].valid && s->block[b].height > top)
			top = s->block[b].height;
	first = (top / STEP + 1) * STEP;
	everybody_tells(s);
	for (;;) {
		assert_int_equal(node_tip(s->node[3].l->n, &tip), ST_OK);
		if (tip.height >= first + 2 * STEP)
			break;
		mine(s, 3);
		everybody_tells(s);
		for (int i = s->habit != HONEST; i < KEYS; i++)
			honest_vote(s, i);
		everybody_tells(s);
		look(s, number);
	}
	for (int i = s->habit != HONEST; i < KEYS; i++) {
		struct finality_info f;

		assert_int_equal(node_finality(s->node[i].l->n, &f), ST_OK);
		if (f.final.height < first)
			fail_msg("schedule %llu: node %d has %u final, not %u",
				 (unsigned long long)number, i, f.final.height,
				 first);
	}
}

static void honest_are_never_convicted(struct sim *s)
{
	for (int i = 0; i < KEYS; i++) {
		struct finality_evidence e = {{0}};
		enum status st;

		while ((st = node_evidence_next(s->node[i].l->n, e.key, &e)) ==
		       ST_OK)
			assert_true(s->habit != HONEST &&
				    memcmp(e.key, s->t->key[0], 32) == 0);
		assert_int_equal(st, ST_NOT_FOUND);
	}
}

static void run(struct sim *s, uint64_t number)
{
	struct params *p;
	struct buf text;

	memset(s, 0, sizeof(*s));
	s->seed = number;
	s->habit = (enum habit)(number % 4);
	s->t = bench_open(0, 0);
	p = &s->t->p;
	buf_init(&text, 1 << 16);
	params_write(&text, p);
	buf_printf(&text, "genesis_nonce = %u\n", p->genesis.nonce);
	for (int i = 0; i < KEYS; i++) {
		s->node[i].l = i ? lab_open_chain(p, buf_str(&text), text.len, 0) :
				   s->t->l;
		s->node[i].block[0] = true;
	}
	buf_free(&text);
	add_block(s, &p->genesis_id, -1, bytes_of("", 0), true);
	wild(s, number);
	calm(s, number);
	honest_are_never_convicted(s);
	for (int i = 1; i < KEYS; i++) {
		lab_verify(s->node[i].l);
		lab_close(s->node[i].l);
	}
	for (int b = 0; b < s->n_block; b++)
		buf_free(&s->block[b].raw);
	bench_close(s->t);
}

static void one_byzantine_of_four_is_safe_and_goes_on(void **state)
{
	static struct sim s;
	const char *text = getenv("QUARRY_SCHEDULES");
	uint64_t n = text ? strtoull(text, NULL, 10) : 4, blocks = 0, votes = 0;

	(void)state;
	for (uint64_t i = 0; i < n; i++) {
		run(&s, i);
		blocks += (uint64_t)s.n_block;
		votes += (uint64_t)s.n_vote;
	}
	print_message("%llu schedules, %llu blocks, %llu votes\n",
		      (unsigned long long)n, (unsigned long long)blocks,
		      (unsigned long long)votes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byzantine_of_four_is_safe_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
