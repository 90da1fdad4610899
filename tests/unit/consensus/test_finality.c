/* SPDX-License-Identifier: MIT */
/* Who votes and what becomes final: thresholds, sets and their changes. */
#include "tests/unit/unit.h"

#include "consensus/finality.h"

enum { TIP = 200 };

/* A chain without forks: the hash of height h begins with h; sets by height. */
struct line {
	struct finality_set set[TIP];
	uint32_t connected;	/* states up to here are known */
};

static struct blkid at(uint32_t height)
{
	struct blkid id = {{{0}}};

	id.h.b[0] = (uint8_t)height;
	return id;
}

static enum status descends(void *arg, const struct blkid *id, uint32_t height,
			    const struct blkid *from, uint32_t from_height)
{
	(void)arg;
	return id->h.b[0] == height && from->h.b[0] == from_height &&
	       height >= from_height ? ST_OK : ST_NOT_FOUND;
}

static enum status set_of(void *arg, const struct blkid *id, uint32_t height,
			  const struct finality_set **out)
{
	struct line *l = arg;

	if (height > l->connected)
		return ST_NOT_FOUND;
	assert_int_equal(id->h.b[0], height);
	*out = &l->set[height];
	return ST_OK;
}

static void weight(struct finality_set *s, uint8_t key, uint64_t w)
{
	s->member[s->n] = (struct finality_member){{key}, w};
	s->n++;
	s->total += w;
}

static size_t add_votes(struct vote *v, size_t n, uint32_t from, uint32_t to,
			uint8_t first, uint8_t last)
{
	for (uint8_t key = first; key <= last; key++)
		v[n++] = (struct vote){from, to, at(from), at(to), {key}, {0}};
	return n;
}

/* Heights of the last final and of the best justified point. */
static void advance(struct line *l, struct vote *v, size_t n, uint32_t final,
		    uint32_t justified)
{
	const struct finality_view view = {l, descends, set_of};
	const struct blkid genesis = at(0);
	struct finality f;
	uint32_t best;

	assert_int_equal(finality_init(&f, 10, &genesis), ST_OK);
	/* as if each came alone, and all at once */
	for (size_t i = 1; i < n; i++) {
		struct vote *some = malloc(i * sizeof(*some));

		assert_non_null(some);
		memcpy(some, v, i * sizeof(*some));
		assert_int_equal(finality_advance(&f, &view, some, i), ST_OK);
		free(some);
	}
	assert_int_equal(finality_advance(&f, &view, v, n), ST_OK);
	assert_int_equal(finality_best(&f, &view, &best), ST_OK);
	assert_int_equal(f.point[f.last].height, final);
	assert_int_equal(f.point[best].height, justified);
	finality_free(&f);
	assert_int_equal(finality_init(&f, 10, &genesis), ST_OK);
	assert_int_equal(finality_advance(&f, &view, v, n), ST_OK);
	assert_int_equal(f.point[f.last].height, final);
	finality_free(&f);
}

static void two_thirds_are_exact(void **state)
{
	assert_true(finality_two_thirds(2, 3));
	assert_false(finality_two_thirds(1, 2));
	assert_false(finality_two_thirds(66, 100));
	assert_true(finality_two_thirds(67, 100));
	assert_false(finality_two_thirds(0, 0));
	/* where floating point would be wrong */
	assert_true(finality_two_thirds(1400000000000000, 2100000000000000));
	assert_false(finality_two_thirds(1399999999999999, 2100000000000000));
}

static struct line *four_of_weight_one(void)
{
	struct line *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	l->connected = TIP - 1;
	for (uint32_t h = 0; h < TIP; h++)
		for (uint8_t key = 1; key <= 4; key++)
			weight(&l->set[h], key, 1);
	return l;
}

static void a_child_justified_by_its_parent_makes_it_final(void **state)
{
	struct line *l = four_of_weight_one();
	struct vote v[64];
	size_t n = add_votes(v, 0, 0, 10, 1, 2);

	advance(l, v, n, 0, 0);
	n = add_votes(v, n, 0, 10, 2, 2);	/* the same vote again */
	advance(l, v, n, 0, 0);
	n = add_votes(v, n, 0, 10, 9, 9);	/* a stranger's */
	advance(l, v, n, 0, 0);
	n = add_votes(v, n, 0, 10, 3, 3);
	advance(l, v, n, 0, 10);
	/* a grandchild does not make it final; that one's child does */
	n = add_votes(v, n, 10, 30, 1, 3);
	advance(l, v, n, 0, 30);
	n = add_votes(v, n, 30, 40, 1, 3);
	advance(l, v, n, 30, 40);
	/* from what is not justified nothing follows */
	n = add_votes(v, n, 50, 60, 1, 4);
	advance(l, v, n, 30, 40);
	free(l);
}

/* Members change at a final block; both the old and the new must agree to the
 * next links, then the new alone. */
static void a_new_set_is_handed_over_to(void **state)
{
	struct line *l = four_of_weight_one();
	struct vote v[64];
	size_t n = add_votes(v, 0, 0, 10, 1, 3), m;

	/* the state of height 10 names others */
	for (uint32_t h = 10; h < TIP; h++) {
		l->set[h] = (struct finality_set){0};
		for (uint8_t key = 11; key <= 13; key++)
			weight(&l->set[h], key, 5);
	}
	n = add_votes(v, n, 10, 20, 1, 3);
	advance(l, v, n, 10, 20);
	/* 10 is final: the link from 20 needs both */
	m = add_votes(v, n, 20, 30, 1, 3);
	advance(l, v, m, 10, 20);
	m = add_votes(v, n, 20, 30, 11, 13);
	advance(l, v, m, 10, 20);
	m = add_votes(v, m, 20, 30, 1, 3);
	advance(l, v, m, 20, 30);
	n = m;
	/* 20 is final: the old ones have left */
	m = add_votes(v, n, 30, 40, 1, 4);
	advance(l, v, m, 20, 30);
	m = add_votes(v, n, 30, 40, 11, 12);
	advance(l, v, m, 30, 40);
	free(l);
}

static void nothing_is_final_before_its_state_is_known(void **state)
{
	struct line *l = four_of_weight_one();
	struct vote v[64];
	size_t n = add_votes(v, 0, 0, 10, 1, 3);

	n = add_votes(v, n, 10, 20, 1, 3);
	n = add_votes(v, n, 20, 30, 1, 3);
	l->connected = 9;
	advance(l, v, n, 0, 20);
	l->connected = 10;
	advance(l, v, n, 10, 30);
	l->connected = 20;
	advance(l, v, n, 20, 30);
	free(l);
}

static void sets_follow_bonds_and_evidence(void **state)
{
	static struct params p;
	struct finality_bond b[300];
	static const uint8_t out[1][32] = {{7}};
	static struct finality_set s;

	p.finality_validators.n = 2;
	p.finality_validators.v[0] = (struct params_validator){{7}, 3};
	p.finality_validators.v[1] = (struct params_validator){{9}, 4};
	finality_set_derive(&s, &p, NULL, 0, NULL, 0);
	assert_int_equal(s.total, 7);
	finality_set_derive(&s, &p, NULL, 0, out, 1);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.total, 4);
	assert_null(finality_member_of(&s, out[0]));
	/* bonds below the start count for nothing */
	p.bond_lock = 100;
	p.bond_start_sat = 1000;
	b[0] = (struct finality_bond){{5}, 400};
	b[1] = (struct finality_bond){{3}, 100};
	b[2] = (struct finality_bond){{5}, 499};
	finality_set_derive(&s, &p, b, 3, NULL, 0);
	assert_int_equal(s.total, 7);
	b[0] = (struct finality_bond){{5}, 400};
	b[1] = (struct finality_bond){{3}, 101};
	b[2] = (struct finality_bond){{5}, 499};
	finality_set_derive(&s, &p, b, 3, NULL, 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.member[1].weight, 899);
	assert_int_equal(s.total, 1000);
	/* those of an excluded key do not count */
	b[0] = (struct finality_bond){{5}, 1000};
	b[1] = (struct finality_bond){{7}, 5000};
	finality_set_derive(&s, &p, b, 2, out, 1);
	assert_int_equal(s.total, 1000);
	/* of many the greatest */
	for (int i = 0; i < 300; i++)
		b[i] = (struct finality_bond){{(uint8_t)i, (uint8_t)(i >> 8)},
					      1000 + i};
	finality_set_derive(&s, &p, b, 300, NULL, 0);
	assert_int_equal(s.n, FINALITY_MEMBERS_MAX);
	for (uint32_t i = 0; i < s.n; i++)
		assert_true(s.member[i].weight >= 1000 + 300 - 256);
	for (uint32_t i = 1; i < s.n; i++)
		assert_true(memcmp(s.member[i - 1].key, s.member[i].key, 32) < 0);
}

static void votes_are_proposed_on_the_best_branch(void **state)
{
	struct line *l = four_of_weight_one();
	const struct finality_view view = {l, descends, set_of};
	const struct blkid genesis = at(0), ten = at(10), twenty = at(20);
	struct blkid other = at(20);
	struct vote v[8], out;
	struct finality f;
	size_t n = add_votes(v, 0, 0, 10, 1, 3);

	assert_int_equal(finality_init(&f, 10, &genesis), ST_OK);
	assert_int_equal(finality_propose(&f, &view, &ten, 10, &out), ST_OK);
	assert_int_equal(out.source_height, 0);
	assert_int_equal(finality_advance(&f, &view, v, n), ST_OK);
	assert_int_equal(finality_propose(&f, &view, &ten, 10, &out),
			 ST_NOT_FOUND);
	assert_int_equal(finality_propose(&f, &view, &twenty, 20, &out), ST_OK);
	assert_int_equal(out.source_height, 10);
	assert_true(hash256_equal(&out.source.h, &ten.h));
	assert_true(finality_vote_form(&out, 10));
	assert_false(finality_vote_form(&out, 3));
	other.h.b[0] ^= 1;
	assert_int_equal(finality_propose(&f, &view, &other, 20, &out),
			 ST_NOT_FOUND);
	finality_free(&f);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_thirds_are_exact),
		cmocka_unit_test(a_child_justified_by_its_parent_makes_it_final),
		cmocka_unit_test(a_new_set_is_handed_over_to),
		cmocka_unit_test(nothing_is_final_before_its_state_is_known),
		cmocka_unit_test(sets_follow_bonds_and_evidence),
		cmocka_unit_test(votes_are_proposed_on_the_best_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
