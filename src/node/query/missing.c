/* SPDX-License-Identifier: MIT */
/*
 * The best header branch, and which of its blocks are still to be fetched.
 *
 * The branch is walked once, from its tip down to the active chain, and its ids
 * are kept: what a block builds on never changes. Later calls walk only what the
 * branch has grown by, and begin to look where the last one found the first gap,
 * for data that came stays.
 */
#include <stdlib.h>

#include "node/chain/assume.h"
#include "node/chain/finality_state.h"
#include "node/core/priv.h"
#include "node/query/query.h"

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
	st = *ids ? finality_best_header(n, &row) : ST_NOMEM;
	if (st == ST_OK)
		st = follow(n, &n->missing, row);
	if (st == ST_OK)
		st = list(n, &n->missing, max, *ids, count);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* A read transaction with n->missing up to date. *tip: the best header. */
static enum status open_branch(struct node *n, struct block_row *tip, bool *own)
{
	enum status st = node_read_begin(n, own);

	if (st != ST_OK)
		return st;
	st = finality_best_header(n, tip);
	if (st == ST_OK)
		st = follow(n, &n->missing, *tip);
	if (st != ST_OK)
		node_read_end(n, *own);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status query_best_header(struct node *n, struct block_info *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = finality_best_header(n, &row);
	node_read_end(n, own);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	return query_block(n, &row.hash, out);
}

/* The block of the best branch at a height. tip: its last. */
static enum status block_on_branch(struct node *n, const struct block_row *tip,
				   uint32_t height, struct block_row *row)
{
	const struct missing *m = &n->missing;
	uint32_t low = tip->height + 1 - (uint32_t)m->n;

	if (height < low)
		return store_block_by_height(n->db, height, row);
	return store_block_by_id(n->db, m->id[height - low], row);
}

enum status query_locator(struct node *n, struct blkid out[64], size_t *count)
{
	struct block_row tip, row;
	uint32_t step = 1, height;
	bool own;
	enum status st = open_branch(n, &tip, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	height = tip.height;
	while (*count < 64) {
		st = block_on_branch(n, &tip, height, &row);
		if (st != ST_OK)
			break;
		out[(*count)++] = row.hash;
		if (height == 0)
			break;
		if (*count >= 10)
			step *= 2;
		height -= height > step ? step : height;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status query_on_best_branch(struct node *n, const struct blkid *id,
				 uint32_t *height, bool *on)
{
	struct block_row tip, row, there;
	bool own;
	enum status st = open_branch(n, &tip, &own);

	*on = false;
	*height = 0;
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && row.height <= tip.height) {
		st = block_on_branch(n, &tip, row.height, &there);
		*on = st == ST_OK && there.id == row.id;
	}
	node_read_end(n, own);
	if (st == ST_OK)
		*height = row.height;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_is_wanted(struct node *n, const struct blkid *id, bool *wanted)
{
	struct finality_wish wish;
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*wanted = true;
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && block_is_invalid(row.status))
		*wanted = false;
	else if (st == ST_OK)
		st = finality_wish(n, &wish);
	if (st == ST_OK && *wanted && wish.on)
		st = finality_follows(n, &wish, &row, wanted);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_is_assumed(struct node *n, const struct blkid *known,
			     const struct blkid *id, bool *assumed)
{
	struct block_info best, row;
	uint32_t last, height;
	bool on = false;
	enum status st = query_on_best_branch(n, known, &last, &on);

	*assumed = false;
	if (st == ST_OK && on)
		st = query_on_best_branch(n, id, &height, &on);
	if (st != ST_OK || !on || height > last)
		return st;
	st = query_best_header(n, &best);
	if (st == ST_OK)
		st = query_block(n, id, &row);
	if (st == ST_OK)
		*assumed = u256_cmp(&best.chainwork, &n->params.min_chainwork) >= 0 &&
			   assume_is_deep(n, &row.chainwork, &best.chainwork,
					  best.header.bits);
	return st;
}
