/* SPDX-License-Identifier: MIT */
/*
 * The rules under random schedules: nodes that learn of blocks and votes late,
 * out of order or not at all, partitions, crashes that set a node back to an older
 * state (its safety record stays), and Byzantine validators that contradict
 * themselves, say nothing, or vote for invalid blocks. Each schedule follows from
 * its number; QUARRY_SCHEDULES says how many (else 600; make check-finality runs
 * 10,000).
 *
 * A message is one node telling another all it knows, with what is lost on the
 * way; delays are the times at which it is not drawn. The state of each node is a
 * struct finality, its votes come from finality_propose and vote_record_allows.
 */
#include "tests/unit/unit.h"

#include "consensus/finality.h"

enum { STEP = 2, NODES_MAX = 7, BLOCKS_MAX = 512, VOTES_MAX = 6000,
	WILD_TICKS = 60, CALM_TICKS = 40 };

enum habit { HONEST, TWO_FACED, SILENT, FOR_INVALID };

struct sim_block {
	int parent;
	uint32_t height;
	bool valid;
};

struct sim_node {
	enum habit habit;
	bool block[BLOCKS_MAX], vote[VOTES_MAX];	/* known here */
	struct finality f;
	struct vote_record record;			/* never set back */
	int head;
	uint32_t top_final;				/* ever */
};

struct sim {
	uint64_t seed;
	int n, n_byzantine;
	struct sim_block block[BLOCKS_MAX];
	int n_block;
	struct vote vote[VOTES_MAX];
	int n_vote;
	struct sim_node node[NODES_MAX];
	struct finality_set set;
	bool cut;
	bool relayed;			/* nobody begins anything new */
	int final[BLOCKS_MAX];		/* by whom it is final: count */
	bool conflict;
	struct sim_node *asking;	/* whose view it is */
};

static uint32_t draw(struct sim *s, uint32_t below)
{
	uint64_t z = s->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % below);
}

static struct blkid id_of(int block)
{
	struct blkid id = {{{0}}};

	id.h.b[0] = (uint8_t)block;
	id.h.b[1] = (uint8_t)(block >> 8);
	return id;
}

static int block_of(const struct blkid *id)
{
	return id->h.b[0] | id->h.b[1] << 8;
}

static bool descends(const struct sim *s, int b, int from)
{
	while (b >= 0 && s->block[b].height > s->block[from].height)
		b = s->block[b].parent;
	return b == from;
}

static bool is_valid(const struct sim *s, int b)
{
	for (; b >= 0; b = s->block[b].parent)
		if (!s->block[b].valid)
			return false;
	return true;
}

static enum status view_descends(void *arg, const struct blkid *id,
				 uint32_t height, const struct blkid *from,
				 uint32_t from_height)
{
	struct sim *s = arg;
	int b = block_of(id);

	if (b >= s->n_block || !s->asking->block[b] || !is_valid(s, b) ||
	    s->block[b].height != height ||
	    s->block[block_of(from)].height != from_height)
		return ST_NOT_FOUND;
	return descends(s, b, block_of(from)) ? ST_OK : ST_NOT_FOUND;
}

static enum status view_set(void *arg, const struct blkid *id, uint32_t height,
			    const struct finality_set **out)
{
	struct sim *s = arg;

	(void)id, (void)height;
	*out = &s->set;
	return ST_OK;
}

/* What became final anywhere must lie on one branch. */
static void note_final(struct sim *s, int b)
{
	for (int i = 0; i < s->n_block; i++)
		if (s->final[i] && !descends(s, i, b) && !descends(s, b, i))
			s->conflict = true;
	s->final[b]++;
}

/* After anything new: justified, final, head. */
static void follow(struct sim *s, struct sim_node *x)
{
	struct finality_view view = {s, view_descends, view_set};
	static struct vote v[VOTES_MAX];
	uint32_t final, best;
	size_t n = 0;
	int top;

	s->asking = x;
	for (int i = 0; i < s->n_vote; i++)
		if (x->vote[i] && s->vote[i].target_height >
					  x->f.point[x->f.last].height)
			v[n++] = s->vote[i];
	assert_int_equal(finality_advance(&x->f, &view, v, n), ST_OK);
	final = x->f.point[x->f.last].height;
	if (final > x->top_final) {
		x->top_final = final;
		note_final(s, block_of(&x->f.point[x->f.last].id));
	}
	assert_int_equal(finality_best(&x->f, &view, &best), ST_OK);
	top = block_of(&x->f.point[best].id);
	if (!descends(s, x->head, top) || !x->block[x->head])
		x->head = top;
	for (int b = 0; b < s->n_block; b++)
		if (x->block[b] && s->block[b].height > s->block[x->head].height &&
		    is_valid(s, b) && descends(s, b, top))
			x->head = b;
}

static int add_vote(struct sim *s, const struct vote *v)
{
	for (int i = 0; i < s->n_vote; i++)
		if (vote_same_link(&s->vote[i], v) &&
		    memcmp(s->vote[i].key, v->key, 32) == 0)
			return i;
	if (s->n_vote == VOTES_MAX)
		return -1;
	s->vote[s->n_vote] = *v;
	return s->n_vote++;
}

static void honest_vote(struct sim *s, int i)
{
	struct finality_view view = {s, view_descends, view_set};
	struct sim_node *x = &s->node[i];
	struct blkid id;
	struct vote v;
	int b = x->head, at;

	while (s->block[b].height % STEP)
		b = s->block[b].parent;
	id = id_of(b);
	s->asking = x;
	if (finality_propose(&x->f, &view, &id, s->block[b].height, &v) !=
		    ST_OK || !vote_record_allows(&x->record, &v))
		return;
	vote_record_add(&x->record, &v);
	memcpy(v.key, s->set.member[i].key, 32);
	at = add_vote(s, &v);
	if (at >= 0)
		x->vote[at] = true;
	follow(s, x);
}

/* Any link among blocks that exist, for one listener. */
static void lie(struct sim *s, int i, struct sim_node *to)
{
	int b = (int)draw(s, (uint32_t)s->n_block), a = b, at;
	struct vote v = {0};

	if (s->block[b].height % STEP || !s->block[b].height ||
	    (s->node[i].habit == FOR_INVALID) == is_valid(s, b))
		return;
	do {
		a = s->block[a].parent;
	} while (s->block[a].height % STEP ||
		 (s->block[a].height && draw(s, 3) == 0));
	v.source_height = s->block[a].height;
	v.source = id_of(a);
	v.target_height = s->block[b].height;
	v.target = id_of(b);
	memcpy(v.key, s->set.member[i].key, 32);
	at = add_vote(s, &v);
	if (at >= 0)
		to->vote[at] = true;
}

/* i tells j what it knows; of each thing a part is lost. */
static void tell(struct sim *s, int i, int j, bool lossy)
{
	struct sim_node *from = &s->node[i], *to = &s->node[j];

	if (!s->relayed &&
	    (from->habit == TWO_FACED || from->habit == FOR_INVALID))
		for (int k = 0; k < 6; k++)
			lie(s, i, to);
	for (int b = 0; b < s->n_block; b++)
		if (from->block[b] && to->block[s->block[b].parent < 0 ?
						0 : s->block[b].parent] &&
		    !(lossy && draw(s, 8) == 0))
			to->block[b] = true;
	for (int k = 0; k < s->n_vote; k++)
		if (from->vote[k] && !(lossy && draw(s, 8) == 0))
			to->vote[k] = true;
	follow(s, to);
}

static void make_block(struct sim *s, int i)
{
	struct sim_node *x = &s->node[i];
	int b = s->n_block;

	if (b == BLOCKS_MAX)
		return;
	s->block[b] = (struct sim_block){x->head, s->block[x->head].height + 1, true};
	/* a bad one, that no honest node builds on */
	if (x->habit != HONEST && draw(s, 3) == 0)
		s->block[b].valid = false;
	s->n_block++;
	x->block[b] = true;
	follow(s, x);
}

/* The database is an older one: the safety record, with one's own votes, is not.
 * Without those votes a validator could have seen justified what nobody else ever
 * will, and be bound to it for ever. */
static void crash(struct sim *s, int i)
{
	struct sim_node *x = &s->node[i];
	const struct blkid genesis = id_of(0);

	finality_free(&x->f);
	assert_int_equal(finality_init(&x->f, STEP, &genesis), ST_OK);
	/* one is set back, others begin again with what they had: what all have
	 * lost is lost */
	for (int b = 1 + (int)draw(s, (uint32_t)s->n_block);
	     i == s->n_byzantine && b < s->n_block; b++)
		x->block[b] = false;
	for (int k = (int)draw(s, (uint32_t)s->n_vote + 1);
	     i == s->n_byzantine && k < s->n_vote; k++)
		x->vote[k] = s->vote[k].key[0] == i && x->vote[k];
	x->head = 0;
	follow(s, x);
}

static bool parted(const struct sim *s, int i, int j)
{
	/* who is Byzantine speaks to both sides */
	return s->cut && i >= s->n_byzantine && j >= s->n_byzantine &&
	       (i % 2) != (j % 2);
}

static void wild(struct sim *s)
{
	for (int t = 0; t < WILD_TICKS; t++) {
		if (draw(s, 12) == 0)
			s->cut = !s->cut;
		if (draw(s, 3) == 0)
			make_block(s, (int)draw(s, (uint32_t)s->n));
		for (int k = 0; k < s->n; k++) {
			int i = (int)draw(s, (uint32_t)s->n);
			int j = (int)draw(s, (uint32_t)s->n);

			if (i != j && !parted(s, i, j))
				tell(s, i, j, true);
		}
		for (int i = s->n_byzantine; i < s->n; i++)
			if (draw(s, 2) == 0)
				honest_vote(s, i);
		if (draw(s, 20) == 0)
			crash(s, s->n_byzantine +
				 (int)draw(s, (uint32_t)(s->n - s->n_byzantine)));
	}
}

static void tell_all(struct sim *s)
{
	for (int i = 0; i < s->n; i++)
		for (int j = 0; j < s->n; j++)
			if (i != j && s->node[j].habit == HONEST)
				tell(s, i, j, false);
}

/* What the Byzantine tell one is told on to all before anybody votes: a block's
 * interval is longer than a message is under way. */
static void everybody_tells(struct sim *s)
{
	for (int round = 0; round < 2; round++) {
		s->relayed = round == 1;
		tell_all(s);
	}
	s->relayed = false;
}

static uint32_t highest(const struct sim *s)
{
	uint32_t top = 0;

	for (int b = 0; b < s->n_block; b++)
		if (s->block[b].height > top)
			top = s->block[b].height;
	return top;
}

/* Healed: the first checkpoint above all that was there is final with the second
 * one after it. */
static void calm(struct sim *s)
{
	uint32_t first;

	s->cut = false;
	for (int k = 0; k < 3; k++)
		everybody_tells(s);
	first = (highest(s) / STEP + 1) * STEP;
	for (int t = 0; t < CALM_TICKS; t++) {
		struct sim_node *x = &s->node[s->n - 1];

		if (s->block[x->head].height >= first + 2 * STEP)
			break;
		make_block(s, s->n - 1);
		everybody_tells(s);
		for (int i = s->n_byzantine; i < s->n; i++)
			honest_vote(s, i);
		everybody_tells(s);
	}
	for (int i = s->n_byzantine; i < s->n; i++)
		if (s->node[i].f.point[s->node[i].f.last].height < first)
			fail_msg("node %d of %d, %d bad, %d blocks, %d votes: "
				 "%u is final, not %u; the head is %u high", i,
				 s->n, s->n_byzantine, s->n_block, s->n_vote,
				 s->node[i].f.point[s->node[i].f.last].height,
				 first, s->block[s->node[i].head].height);
}

static void sim_open(struct sim *s, uint64_t seed, int n, int n_byzantine,
		     enum habit habit)
{
	const struct blkid genesis = id_of(0);

	memset(s, 0, sizeof(*s));
	s->seed = seed;
	s->n = n;
	s->n_byzantine = n_byzantine;
	s->n_block = 1;
	s->block[0] = (struct sim_block){-1, 0, true};
	for (int i = 0; i < n; i++) {
		s->set.member[i] = (struct finality_member){{(uint8_t)i}, 1};
		s->node[i].block[0] = true;
		if (i < n_byzantine)
			s->node[i].habit = habit;
		assert_int_equal(finality_init(&s->node[i].f, STEP, &genesis),
				 ST_OK);
	}
	s->set.n = (uint32_t)n;
	s->set.total = (uint64_t)n;
}

static void sim_close(struct sim *s)
{
	for (int i = 0; i < s->n; i++)
		finality_free(&s->node[i].f);
}

/* How many keys are named by votes that clash; the honest never are. */
static int named(const struct sim *s)
{
	bool is[NODES_MAX] = {0};
	int count = 0;

	for (int i = 0; i < s->n_vote; i++)
		for (int k = 0; k < i; k++)
			if (memcmp(s->vote[i].key, s->vote[k].key, 32) == 0 &&
			    vote_clash(&s->vote[i], &s->vote[k]) != VOTE_AGREES)
				is[s->vote[i].key[0]] = true;
	for (int i = 0; i < s->n; i++) {
		assert_false(is[i] && s->node[i].habit == HONEST);
		count += is[i];
	}
	return count;
}

static uint64_t schedules(void)
{
	const char *text = getenv("QUARRY_SCHEDULES");

	return text ? strtoull(text, NULL, 10) : 600;
}

static void up_to_a_third_byzantine_is_safe_and_goes_on(void **state)
{
	static struct sim s;
	uint64_t n = schedules(), finals = 0;

	for (uint64_t i = 0; i < n; i++) {
		int f = i % 2 ? 2 : 1;
		int bad = (int)(i / 2 % (uint64_t)(f + 1));

		sim_open(&s, i, 3 * f + 1, bad, (enum habit)(1 + i % 3));
		wild(&s);
		if (s.conflict)
			fail_msg("schedule %llu: two branches are final",
				 (unsigned long long)i);
		calm(&s);
		assert_false(s.conflict);
		named(&s);
		finals += s.node[s.n - 1].f.point[s.node[s.n - 1].f.last].height;
		sim_close(&s);
	}
	print_message("%llu schedules, %llu blocks high on average\n",
		      (unsigned long long)n, (unsigned long long)(finals / n));
}

static void more_than_a_third_is_named_by_evidence(void **state)
{
	static struct sim s;
	uint64_t n = schedules(), conflicts = 0;

	for (uint64_t i = 0; i < n / 2; i++) {
		sim_open(&s, i + 1000000, 4, 2, TWO_FACED);
		wild(&s);
		if (s.conflict) {
			conflicts++;
			assert_true(3 * named(&s) >= s.n);
		}
		sim_close(&s);
	}
	print_message("%llu of %llu schedules end with two final branches\n",
		      (unsigned long long)conflicts, (unsigned long long)(n / 2));
	assert_true(conflicts > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_to_a_third_byzantine_is_safe_and_goes_on),
		cmocka_unit_test(more_than_a_third_is_named_by_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
