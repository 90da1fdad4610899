/* SPDX-License-Identifier: MIT */
/*
 * The vote rules, exhaustively: four validators of equal weight, one of them
 * Byzantine, and every order in which the three honest ones can vote on a small
 * tree of checkpoints.
 *
 * The Byzantine one votes for every link from the start, which is the most it
 * can do: votes only ever add to what is justified. An honest one may be shown
 * anything, whenever it likes (no fork choice is relied upon): it signs what
 * vote_record_allows lets it sign, from sources that are justified. So a state
 * is what each honest one has signed, and the search visits every state that can
 * be reached. In each, no two final checkpoints may conflict, and finality_advance
 * must say the same as the model does.
 *
 * Each rule is also broken on purpose; the search must then find a conflict.
 */
#include "tests/unit/unit.h"

#include "consensus/finality.h"

enum { HONEST = 3, NODES_MAX = 10, LINKS_MAX = 32, TARGETS_MAX = 5,
	HISTORIES_MAX = 4096 };

/* --- the tree --- */

struct tree {
	int n;
	int parent[NODES_MAX], height[NODES_MAX];
	int n_link;
	struct { int s, t; } link[LINKS_MAX];
};

/* Three epochs: forks at the root and at each of the first two checkpoints.
 * A1-A2-A3, B1-B2-B3, C2-C3 on A1, D3 on A2. */
static const struct tree three_epochs = {
	.n = 10,
	.parent = {-1, 0, 1, 2, 0, 4, 5, 1, 7, 2},
	.height = {0, 1, 2, 3, 1, 2, 3, 2, 3, 3},
};
/* Four epochs, two branches. */
static const struct tree four_epochs = {
	.n = 9,
	.parent = {-1, 0, 1, 2, 3, 0, 5, 6, 7},
	.height = {0, 1, 2, 3, 4, 1, 2, 3, 4},
};

static bool descends(const struct tree *t, int id, int from)
{
	while (id > from || (id >= 0 && t->height[id] > t->height[from]))
		id = t->parent[id];
	return id == from;
}

static bool conflict(const struct tree *t, int a, int b)
{
	return !descends(t, a, b) && !descends(t, b, a);
}

static void add_links(struct tree *t)
{
	for (int b = 1; b < t->n; b++)
		for (int a = t->parent[b]; a >= 0; a = t->parent[a]) {
			t->link[t->n_link].s = a;
			t->link[t->n_link++].t = b;
		}
}

/* --- the rules, and how they may be broken --- */

enum finals {
	BY_LINK_TO_CHILD,	/* the rule */
	BY_ANY_LINK,		/* a justified link to any descendant */
	BY_JUSTIFIED_CHILD,	/* a child justified from wherever */
};

struct rules {
	enum finals finals;
	int honest_needed;	/* beside the Byzantine one; 2 of 4 and 1: 3 */
	bool (*allows)(const struct vote_record *, const struct vote *);
};

static bool allows_two_at_a_height(const struct vote_record *r,
				   const struct vote *v)
{
	return v->target_height >= r->target_height &&
	       v->source_height >= r->source_height;
}

static bool allows_surrounding(const struct vote_record *r, const struct vote *v)
{
	return v->target_height > r->target_height;
}

static const struct rules true_rules = {BY_LINK_TO_CHILD, 2, vote_record_allows};

/* --- what one validator may have signed --- */

struct history {
	uint32_t links;		/* a bit each */
	struct vote_record record;
	int next[LINKS_MAX];	/* after one more link; -1: not allowed */
};

struct model {
	struct tree tree;
	struct rules rules;
	struct history *history;
	int n_history;
	uint8_t *seen;		/* bits over sorted triples */
	uint64_t states, conflicts;
	uint8_t *checked;	/* bits over sets of links */
};

static struct vote vote_of(const struct tree *t, int link, int key)
{
	struct vote v = {
		.source_height = (uint32_t)t->height[t->link[link].s],
		.target_height = (uint32_t)t->height[t->link[link].t],
	};

	v.source.h.b[0] = (uint8_t)t->link[link].s;
	v.target.h.b[0] = (uint8_t)t->link[link].t;
	v.key[0] = (uint8_t)key;
	return v;
}

static int find_history(struct model *m, uint32_t links, struct vote_record r)
{
	for (int i = 0; i < m->n_history; i++)
		if (m->history[i].links == links &&
		    memcmp(&m->history[i].record, &r, sizeof(r)) == 0)
			return i;
	assert_true(m->n_history < HISTORIES_MAX);
	m->history[m->n_history] = (struct history){links, r, {0}};
	return m->n_history++;
}

static void make_histories(struct model *m)
{
	const struct vote_record none = {0};

	find_history(m, 0, none);
	for (int i = 0; i < m->n_history; i++) {
		for (int k = 0; k < m->tree.n_link; k++) {
			struct history *h = &m->history[i];
			struct vote v = vote_of(&m->tree, k, 0);
			struct vote_record r = h->record;
			int to = -1;

			if (!(h->links >> k & 1) && m->rules.allows(&r, &v)) {
				vote_record_add(&r, &v);
				to = find_history(m, h->links | 1u << k, r);
			}
			m->history[i].next[k] = to;
		}
	}
}

/* --- what a set of links with two thirds leads to --- */

static uint32_t justified(const struct tree *t, uint32_t links)
{
	uint32_t j = 1, before = 0;

	while (j != before) {
		before = j;
		for (int k = 0; k < t->n_link; k++)
			if (links >> k & 1 && j >> t->link[k].s & 1)
				j |= 1u << t->link[k].t;
	}
	return j;
}

static uint32_t finals(const struct model *m, uint32_t links, uint32_t just)
{
	const struct tree *t = &m->tree;
	uint32_t f = 1;

	for (int k = 0; k < t->n_link; k++) {
		int a = t->link[k].s, b = t->link[k].t;
		bool child = t->parent[b] == a, link = links >> k & 1;

		if (!(just >> a & 1))
			continue;
		if ((m->rules.finals == BY_LINK_TO_CHILD && link && child) ||
		    (m->rules.finals == BY_ANY_LINK && link) ||
		    (m->rules.finals == BY_JUSTIFIED_CHILD && child &&
		     just >> b & 1))
			f |= 1u << a;
	}
	return f;
}

static bool has_conflict(const struct tree *t, uint32_t finals)
{
	for (int a = 0; a < t->n; a++)
		for (int b = 0; b < a; b++)
			if (finals >> a & 1 && finals >> b & 1 &&
			    conflict(t, a, b))
				return true;
	return false;
}

/* The real code on the same votes. */
static enum status view_descends(void *arg, const struct blkid *id,
				 uint32_t height, const struct blkid *from,
				 uint32_t from_height)
{
	(void)height, (void)from_height;
	return descends(arg, id->h.b[0], from->h.b[0]) ? ST_OK : ST_NOT_FOUND;
}

static enum status view_set(void *arg, const struct blkid *id, uint32_t height,
			    const struct finality_set **out)
{
	static struct finality_set four = {.n = 4, .total = 4};

	(void)arg, (void)id, (void)height;
	for (int i = 0; i < 4; i++)
		four.member[i] = (struct finality_member){{(uint8_t)i}, 1};
	*out = &four;
	return ST_OK;
}

static void agrees_with_the_code(struct model *m, uint32_t links, uint32_t just,
				 uint32_t fin)
{
	const struct finality_view view = {&m->tree, view_descends, view_set};
	const struct blkid genesis = {{{0}}};
	struct vote vote[4 * LINKS_MAX];
	struct finality f;
	uint32_t got = 0;
	int top = 0;
	size_t n = 0;

	/* three votes make two thirds of four, two do not */
	for (int k = 0; k < m->tree.n_link; k++)
		for (int key = 0; key < (links >> k & 1 ? 3 : 2); key++)
			vote[n++] = vote_of(&m->tree, k, 3 - key);
	assert_int_equal(finality_init(&f, 1, &genesis), ST_OK);
	assert_int_equal(finality_advance(&f, &view, vote, n), ST_OK);
	for (uint32_t i = 0; i < f.n_point; i++)
		got |= 1u << f.point[i].id.h.b[0];
	for (int a = 0; a < m->tree.n; a++)
		if (fin >> a & 1 && m->tree.height[a] > m->tree.height[top])
			top = a;
	assert_int_equal(f.point[f.last].id.h.b[0], top);
	/* what lies beside the final one is not looked at any more */
	for (int a = 0; a < m->tree.n; a++)
		if (just >> a & 1 && descends(&m->tree, a, top))
			assert_true(got >> a & 1);
	assert_int_equal(got & ~just, 0);
	finality_free(&f);
}

static uint32_t links_with_two_thirds(const struct model *m, const int h[HONEST])
{
	uint32_t a = m->history[h[0]].links, b = m->history[h[1]].links,
		 c = m->history[h[2]].links;

	return m->rules.honest_needed == 1 ? a | b | c :
					     (a & b) | (a & c) | (b & c);
}

/* --- the search --- */

struct stack {
	int (*at)[HONEST];
	size_t n, room;
};

static void visit(struct model *m, struct stack *s, int a, int b, int c)
{
	int h[HONEST] = {a, b, c};
	size_t bit;

	/* the honest are alike: one order of them stands for all */
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2 - i; k++)
			if (h[k] > h[k + 1]) {
				int x = h[k];

				h[k] = h[k + 1];
				h[k + 1] = x;
			}
	bit = ((size_t)h[0] * (size_t)m->n_history + (size_t)h[1]) *
	      (size_t)m->n_history + (size_t)h[2];
	if (m->seen[bit / 8] >> (bit % 8) & 1)
		return;
	m->seen[bit / 8] |= (uint8_t)(1 << bit % 8);
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->at = realloc(s->at, s->room * sizeof(*s->at));
		assert_non_null(s->at);
	}
	memcpy(s->at[s->n++], h, sizeof(h));
}

static void expand(struct model *m, struct stack *s, const int h[HONEST])
{
	uint32_t links = links_with_two_thirds(m, h);
	uint32_t just = justified(&m->tree, links);

	m->states++;
	if (!(m->checked[links / 8] >> (links % 8) & 1)) {
		uint32_t fin = finals(m, links, just);

		m->checked[links / 8] |= (uint8_t)(1 << links % 8);
		if (has_conflict(&m->tree, fin))
			m->conflicts++;
		else if (memcmp(&m->rules, &true_rules, sizeof(true_rules)) == 0)
			agrees_with_the_code(m, links, just, fin);
	}
	for (int v = 0; v < HONEST; v++) {
		for (int k = 0; k < m->tree.n_link; k++) {
			int to = m->history[h[v]].next[k];
			int g[HONEST] = {h[0], h[1], h[2]};

			if (to < 0 || !(just >> m->tree.link[k].s & 1))
				continue;
			g[v] = to;
			visit(m, s, g[0], g[1], g[2]);
		}
	}
}

/* Returns how many sets of links hold conflicting final checkpoints; stops at
 * the first when the rules are broken on purpose. */
static uint64_t explore(const struct tree *tree, const struct rules *rules,
			bool to_the_end)
{
	struct model m = {.tree = *tree, .rules = *rules};
	struct stack s = {0};
	size_t n;

	add_links(&m.tree);
	m.history = calloc(HISTORIES_MAX, sizeof(*m.history));
	assert_non_null(m.history);
	make_histories(&m);
	n = (size_t)m.n_history;
	m.seen = calloc(n * n * n / 8 + 1, 1);
	m.checked = calloc(((size_t)1 << m.tree.n_link) / 8 + 1, 1);
	assert_true(m.seen && m.checked);
	visit(&m, &s, 0, 0, 0);
	while (s.n && (to_the_end || !m.conflicts)) {
		int h[HONEST];

		memcpy(h, s.at[--s.n], sizeof(h));
		expand(&m, &s, h);
	}
	print_message("%d histories, %llu states, %llu conflicts\n", m.n_history,
		      (unsigned long long)m.states,
		      (unsigned long long)m.conflicts);
	free(s.at);
	free(m.seen);
	free(m.checked);
	free(m.history);
	return m.conflicts;
}

static void one_byzantine_of_four_makes_no_conflict(void **state)
{
	assert_int_equal(explore(&three_epochs, &true_rules, true), 0);
	assert_int_equal(explore(&four_epochs, &true_rules, true), 0);
}

static void each_rule_is_needed(void **state)
{
	struct tree two_branches = three_epochs;
	struct rules r = true_rules;

	two_branches.n = 7;
	r.finals = BY_ANY_LINK;
	assert_true(explore(&four_epochs, &r, false) > 0);
	r.finals = BY_JUSTIFIED_CHILD;
	assert_true(explore(&four_epochs, &r, false) > 0);
	r = true_rules;
	r.honest_needed = 1;
	assert_true(explore(&three_epochs, &r, false) > 0);
	r = true_rules;
	r.allows = allows_two_at_a_height;
	assert_true(explore(&two_branches, &r, false) > 0);
	r.allows = allows_surrounding;
	assert_true(explore(&four_epochs, &r, false) > 0);
}

/* --- evidence --- */

enum { PATHS_MAX = 512 };

struct path {
	int n;
	int link[TARGETS_MAX];
	int last;	/* the final checkpoint */
};

static void add_paths(const struct tree *t, struct path *p, int at,
		      struct path *all, int *n)
{
	for (int k = 0; k < t->n_link; k++) {
		if (t->link[k].s != at)
			continue;
		p->link[p->n++] = k;
		if (t->parent[t->link[k].t] == at) {
			assert_true(*n < PATHS_MAX);
			all[*n] = *p;
			all[(*n)++].last = at;
		}
		add_paths(t, p, t->link[k].t, all, n);
		p->n--;
	}
}

/* The fewest validators with votes that clash, over all ways to choose three of
 * four voters for each link. */
static int fewest_named(const struct tree *t, const int *link, int n)
{
	int fewest = 4;

	for (int w = 0; w < 1 << 2 * n; w++) {
		int named = 0;

		for (int key = 0; key < 4; key++) {
			bool clash = false;

			for (int i = 0; i < n; i++)
				for (int k = 0; k < i; k++) {
					struct vote a, b;

					if ((w >> 2 * i & 3) == key ||
					    (w >> 2 * k & 3) == key)
						continue;
					a = vote_of(t, link[i], key);
					b = vote_of(t, link[k], key);
					clash |= vote_clash(&a, &b) !=
						 VOTE_AGREES;
				}
			named += clash;
		}
		if (named < fewest)
			fewest = named;
	}
	return fewest;
}

/* Whoever they are: two conflicting final checkpoints cannot be without votes
 * that name a third of the weight, two of four. */
static void every_conflict_names_a_third(void **state)
{
	const struct tree *const trees[] = {&three_epochs, &four_epochs};
	int pairs = 0;

	for (int i = 0; i < 2; i++) {
		struct tree t = *trees[i];
		struct path p = {0};
		static struct path all[PATHS_MAX];
		int n = 0;

		add_links(&t);
		add_paths(&t, &p, 0, all, &n);
		for (int a = 0; a < n; a++)
			for (int b = 0; b < a; b++) {
				int link[2 * TARGETS_MAX], k = 0;

				if (!conflict(&t, all[a].last, all[b].last))
					continue;
				/* a path's links but those both share */
				for (int x = 0; x < all[a].n; x++)
					link[k++] = all[a].link[x];
				for (int x = 0; x < all[b].n; x++) {
					bool shared = false;

					for (int y = 0; y < all[a].n; y++)
						shared |= all[a].link[y] ==
							  all[b].link[x];
					if (!shared)
						link[k++] = all[b].link[x];
				}
				if (k > 6)
					continue;
				pairs++;
				assert_true(fewest_named(&t, link, k) >= 2);
			}
	}
	print_message("%d pairs of conflicting final checkpoints\n", pairs);
	assert_true(pairs > 20);
}

/* --- the record alone, across restarts --- */

/* A validator that is asked anything in any order, by software that may have gone
 * back to any older chain; only its record is durable. It crashes anywhere.
 * durable_first false: the record is written after the signature. */
static int clashes_of(const struct tree *t, const struct vote *signed_, int n,
		      struct vote_record disk, bool durable_first, int depth)
{
	int found = 0;

	for (int k = 0; depth && !found && k < t->n_link; k++) {
		struct vote v = vote_of(t, k, 0), all[TARGETS_MAX];
		struct vote_record written = disk;

		if (!vote_record_allows(&disk, &v))
			continue;
		vote_record_add(&written, &v);
		memcpy(all, signed_, (size_t)n * sizeof(*all));
		all[n] = v;
		for (int i = 0; i < n; i++)
			found += vote_clash(&all[i], &v) != VOTE_AGREES;
		/* done; or a crash between the two steps */
		found += clashes_of(t, all, n + 1, written, durable_first,
				    depth - 1);
		found += durable_first ?
			clashes_of(t, signed_, n, written, true, depth - 1) :
			clashes_of(t, all, n + 1, disk, false, depth - 1);
	}
	return found;
}

static void the_record_alone_keeps_the_honest_safe(void **state)
{
	struct tree t = three_epochs, u = four_epochs;
	const struct vote_record none = {0};
	struct vote v[TARGETS_MAX] = {0};

	add_links(&t);
	add_links(&u);
	assert_int_equal(clashes_of(&t, v, 0, none, true, 4), 0);
	assert_int_equal(clashes_of(&u, v, 0, none, true, 5), 0);
	/* and the order of the two steps matters */
	assert_true(clashes_of(&t, v, 0, none, false, 4) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byzantine_of_four_makes_no_conflict),
		cmocka_unit_test(each_rule_is_needed),
		cmocka_unit_test(every_conflict_names_a_third),
		cmocka_unit_test(the_record_alone_keeps_the_honest_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
