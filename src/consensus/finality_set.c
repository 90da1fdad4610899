/* SPDX-License-Identifier: MIT */
/* Who votes, and with what weight. */
#include "consensus/finality.h"

#include <stdlib.h>

bool finality_two_thirds(uint64_t weight, uint64_t total)
{
	return total > 0 && 3 * weight >= 2 * total;
}

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

const struct finality_member *finality_member_of(const struct finality_set *s,
						 const uint8_t key[32])
{
	return bsearch(key, s->member, s->n, sizeof(*s->member), by_key);
}

void finality_set_document(struct finality_set *out, const struct params *p)
{
	out->n = p->finality_validators.n;
	out->total = 0;
	for (uint32_t i = 0; i < out->n; i++) {
		const struct params_validator *v = &p->finality_validators.v[i];

		memcpy(out->member[i].key, v->key, 32);
		out->member[i].weight = v->weight;
		out->total += v->weight;
	}
}

void finality_set_without(struct finality_set *s, const uint8_t key[32])
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		if (memcmp(s->member[i].key, key, 32) == 0)
			s->total -= s->member[i].weight;
		else
			s->member[kept++] = s->member[i];
	}
	s->n = kept;
}

static bool is_in(const uint8_t key[32], const uint8_t (*list)[32], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(list[i], key, 32) == 0)
			return true;
	return false;
}

static void exclude(struct finality_set *s, const uint8_t (*excluded)[32],
		    size_t n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		if (is_in(s->member[i].key, excluded, n))
			s->total -= s->member[i].weight;
		else
			s->member[kept++] = s->member[i];
	}
	s->n = kept;
}

static int by_value(const void *x, const void *y)
{
	const struct finality_bond *a = x, *b = y;

	if (a->value_sat != b->value_sat)
		return a->value_sat > b->value_sat ? -1 : 1;
	return memcmp(a->key, b->key, 32);
}

/* One entry a key, without the excluded; returns how many. */
static size_t add_up(struct finality_bond *bond, size_t n,
		     const uint8_t (*excluded)[32], size_t n_excluded)
{
	size_t kept = 0;

	if (n > 1)
		qsort(bond, n, sizeof(*bond), by_key);
	for (size_t i = 0; i < n; i++) {
		if (is_in(bond[i].key, excluded, n_excluded))
			continue;
		if (kept && memcmp(bond[kept - 1].key, bond[i].key, 32) == 0)
			bond[kept - 1].value_sat += bond[i].value_sat;
		else
			bond[kept++] = bond[i];
	}
	return kept;
}

void finality_set_derive(struct finality_set *out, const struct params *p,
			 struct finality_bond *bond, size_t n_bond,
			 const uint8_t (*excluded)[32], size_t n_excluded)
{
	int64_t sum = 0;

	if (p->bond_lock)
		n_bond = add_up(bond, n_bond, excluded, n_excluded);
	for (size_t i = 0; p->bond_lock && i < n_bond; i++)
		sum += bond[i].value_sat;
	if (!p->bond_lock || sum < p->bond_start_sat) {
		finality_set_document(out, p);
		exclude(out, excluded, n_excluded);
		return;
	}
	if (n_bond > FINALITY_MEMBERS_MAX) {
		qsort(bond, n_bond, sizeof(*bond), by_value);
		n_bond = FINALITY_MEMBERS_MAX;
		qsort(bond, n_bond, sizeof(*bond), by_key);
	}
	out->n = (uint32_t)n_bond;
	out->total = 0;
	for (size_t i = 0; i < n_bond; i++) {
		memcpy(out->member[i].key, bond[i].key, 32);
		out->member[i].weight = (uint64_t)bond[i].value_sat;
		out->total += out->member[i].weight;
	}
}
