/* SPDX-License-Identifier: MIT */
/*
 * Which blocks of the best header branch are still to be fetched.
 *
 * The branch is walked once, from its tip down to the active chain, and its ids
 * are kept: what a block builds on never changes. Later calls walk only what the
 * branch has grown by, and begin to look where the last one found the first gap,
 * for data that came stays.
 */
#include <stdlib.h>

#include "node/priv.h"
#include "node/query.h"

static enum status add(struct missing *m, int64_t id)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 256;
		int64_t *p = realloc(m->id, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		m->id = p;
		m->room = room;
	}
	m->id[m->n++] = id;
	return ST_OK;
}

static void turn(int64_t *id, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		int64_t t = id[i];

		id[i] = id[n - 1 - i];
		id[n - 1 - i] = t;
	}
}

/* Makes m the branch that ends at this header. */
static enum status follow(struct node *n, struct missing *m,
			  struct block_row row)
{
	size_t old = m->n;
	int64_t top = old ? m->id[old - 1] : 0;
	enum status st = ST_OK;

	while (st == ST_OK && row.id != top && row.status != BLOCK_CONNECTED) {
		st = add(m, row.id);
		if (st == ST_OK)
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	if (st != ST_OK) {
		m->n = m->at = 0;
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	}
	if (m->n > old)
		turn(m->id + old, m->n - old);
	/* another branch: what was kept of the old one goes */
	if (old && row.id != top) {
		memmove(m->id, m->id + old, (m->n - old) * sizeof(*m->id));
		m->n -= old;
		m->at = 0;
	}
	return ST_OK;
}

static enum status list(struct node *n, struct missing *m, uint32_t max,
			struct blkid *ids, uint32_t *count)
{
	struct block_row row;
	enum status st = ST_OK;

	for (size_t i = m->at; st == ST_OK && i < m->n && *count < max; i++) {
		st = store_block_by_id(n->db, m->id[i], &row);
		if (st == ST_OK && row.status == BLOCK_HEADER)
			ids[(*count)++] = row.hash;
		else if (i == m->at)
			m->at++;
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status query_missing_blocks(struct node *n, uint32_t max, struct arena *a,
				 struct blkid **ids, uint32_t *count)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*ids = arena_array(a, max, struct blkid);
	st = *ids ? store_block_best_header(n->db, &row) : ST_NOMEM;
	if (st == ST_OK)
		st = follow(n, &n->missing, row);
	if (st == ST_OK)
		st = list(n, &n->missing, max, *ids, count);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
