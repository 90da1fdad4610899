/* SPDX-License-Identifier: MIT */
/* See branch.h. */
#include "node/core/branch.h"

#include <stdlib.h>

#include "base/bug.h"

/* The median of eleven times is asked for at each step: keep these at hand. */
#define BRANCH_DEPTH 12
/* Headers kept of a long run whose beginning is on the active chain. */
#define BRANCH_KEPT 8192u

void branch_init(struct branch *b, struct db *db)
{
	*b = (struct branch){.db = db};
}

void branch_free(struct branch *b)
{
	free(b->link);
	b->link = NULL;
	b->count = b->room = 0;
}

void branch_clear(struct branch *b)
{
	b->count = 0;
}

static enum status branch_room(struct branch *b, uint32_t want)
{
	struct branch_link *p;
	uint32_t room = b->room ? b->room : 64;

	if (want <= b->room)
		return ST_OK;
	while (room < want)
		room *= 2;
	p = realloc(b->link, room * sizeof(*p));
	if (!p)
		return ST_NOMEM;
	b->link = p;
	b->room = room;
	return ST_OK;
}

/* A long run of blocks needs only the end of the array, where the rest is the
 * active chain and is found there. */
static enum status drop_old(struct branch *b)
{
	uint32_t drop = b->count - BRANCH_KEPT;
	struct block_row row;
	enum status st = store_block_by_height(b->db, b->low + drop - 1, &row);

	if (st == ST_NOT_FOUND ||
	    (st == ST_OK &&
	     !hash256_equal(&row.hash.h, &b->link[drop - 1].id.h)))
		return ST_OK;
	if (st != ST_OK)
		return st;
	memmove(b->link, b->link + drop, BRANCH_KEPT * sizeof(*b->link));
	b->low += drop;
	b->count = BRANCH_KEPT;
	return ST_OK;
}

enum status branch_push(struct branch *b, const struct blkid *id,
			const struct header *h)
{
	enum status st = ST_OK;

	BUG_ON(b->count == 0 ||
	       !hash256_equal(&h->prev.h, &b->link[b->count - 1].id.h));
	if (b->count >= 2 * BRANCH_KEPT && b->count % BRANCH_KEPT == 0)
		st = drop_old(b);
	if (st == ST_OK)
		st = branch_room(b, b->count + 1);
	if (st != ST_OK)
		return st;
	b->link[b->count].id = *id;
	b->link[b->count].header = *h;
	b->count++;
	return ST_OK;
}

/* True when the array already holds this block: everything above is cut. */
static bool branch_cut(struct branch *b, const struct block_row *tip)
{
	uint32_t i;

	if (tip->height < b->low || tip->height - b->low >= b->count)
		return false;
	i = tip->height - b->low;
	if (!hash256_equal(&b->link[i].id.h, &tip->hash.h))
		return false;
	b->count = i + 1;
	return true;
}

enum status branch_set(struct branch *b, const struct block_row *tip)
{
	struct block_row row = *tip;
	uint32_t n = 0;
	enum status st;

	if (branch_cut(b, tip))
		return ST_OK;
	if (b->count && tip->height == b->low + b->count &&
	    hash256_equal(&tip->header.prev.h, &b->link[b->count - 1].id.h))
		return branch_push(b, &tip->hash, &tip->header);
	/* from the tip down to the active chain, and a little further */
	b->count = 0;
	for (;;) {
		st = branch_room(b, n + 1);
		if (st != ST_OK)
			return st;
		b->link[n].id = row.hash;
		b->link[n].header = row.header;
		n++;
		if (row.height == 0 ||
		    (row.status == BLOCK_CONNECTED && n >= BRANCH_DEPTH))
			break;
		st = store_block_by_id(b->db, row.prev_id, &row);
		if (st != ST_OK)
			return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	}
	for (uint32_t i = 0; i < n / 2; i++) {
		struct branch_link t = b->link[i];

		b->link[i] = b->link[n - 1 - i];
		b->link[n - 1 - i] = t;
	}
	b->low = row.height;
	b->count = n;
	return ST_OK;
}

static enum status branch_header_at(void *arg, uint32_t height,
				    struct header *out)
{
	struct branch *b = arg;
	struct block_row row;
	enum status st;

	if (height >= b->low) {
		BUG_ON(height - b->low >= b->count);
		*out = b->link[height - b->low].header;
		return ST_OK;
	}
	st = store_block_by_height(b->db, height, &row);
	if (st == ST_NOT_FOUND)
		return ST_CORRUPT;
	*out = row.header;
	return st;
}

struct chain_view branch_view(struct branch *b)
{
	BUG_ON(b->count == 0);
	return (struct chain_view){
		.header_at = branch_header_at,
		.arg = b,
		.height = b->low + b->count - 1,
		.parent = b->link[b->count - 1].header,
	};
}
