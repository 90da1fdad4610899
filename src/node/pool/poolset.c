/* SPDX-License-Identifier: MIT */
/* See poolset.h. Families are small (25 by policy), so a list is searched. */
#include "node/pool/poolset.h"

#include <stdlib.h>

#define CHILDREN_MAX 4096

void poolset_init(struct poolset *s)
{
	*s = (struct poolset){0};
}

void poolset_free(struct poolset *s)
{
	free(s->id);
	*s = (struct poolset){0};
}

bool poolset_has(const struct poolset *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->id[i] == id)
			return true;
	}
	return false;
}

enum status poolset_add(struct poolset *s, int64_t id, bool *added)
{
	*added = false;
	if (poolset_has(s, id))
		return ST_OK;
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 32;
		int64_t *p = realloc(s->id, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		s->id = p;
		s->room = room;
	}
	s->id[s->n++] = id;
	*added = true;
	return ST_OK;
}

enum status poolset_parents(struct node *n, struct poolset *s, int64_t id)
{
	enum status st = ST_OK;
	bool added;

	for (uint32_t k = 0; st == ST_OK; k++) {
		struct mempool_in_row in;
		struct mempool_row parent;

		st = store_mempool_in_get(n->db, id, k, &in);
		if (st != ST_OK)
			break;
		st = store_mempool_by_txid(n->db, &in.prevout.txid, &parent);
		if (st == ST_OK)
			st = poolset_add(s, parent.id, &added);
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status poolset_ancestors(struct node *n, struct poolset *s)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < s->n; i++)
		st = poolset_parents(n, s, s->id[i]);
	return st;
}

enum status poolset_descendants(struct node *n, struct poolset *s)
{
	int64_t *kid = malloc(CHILDREN_MAX * sizeof(*kid));
	enum status st = kid ? ST_OK : ST_NOMEM;

	for (size_t i = 0; st == ST_OK && i < s->n; i++) {
		struct mempool_row row;
		bool added;
		int found;

		st = store_mempool_by_id(n->db, s->id[i], &row);
		if (st == ST_OK)
			st = store_mempool_children(n->db, &row.txid, kid,
						    CHILDREN_MAX, &found);
		for (int k = 0; st == ST_OK && k < found; k++)
			st = poolset_add(s, kid[k], &added);
	}
	free(kid);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
