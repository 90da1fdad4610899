/* SPDX-License-Identifier: MIT */
/* See finality_state.h. */
#include "node/chain/finality_state.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "node/core/events.h"
#include "store/store_event.h"

/* --- the tree of blocks --- */

static enum status view_descends(void *arg, const struct blkid *id,
				 uint32_t height, const struct blkid *from,
				 uint32_t from_height)
{
	struct finality_state *s = arg;
	struct db *db = s->n->db;
	struct block_row row, at;
	enum status st = store_block_by_hash(db, id, &row);

	if (st != ST_OK || row.height != height || block_is_invalid(row.status) ||
	    from_height > height)
		return st == ST_OK ? ST_NOT_FOUND : st;
	while (st == ST_OK && row.status != BLOCK_CONNECTED &&
	       row.height > from_height)
		st = store_block_by_id(db, row.prev_id, &row);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	if (row.height == from_height)
		return hash256_equal(&row.hash.h, &from->h) ? ST_OK :
							      ST_NOT_FOUND;
	/* on the active chain and above */
	st = store_block_by_height(db, from_height, &at);
	if (st == ST_OK && !hash256_equal(&at.hash.h, &from->h))
		st = ST_NOT_FOUND;
	return st;
}

/* --- sets of validators --- */

struct gather {
	struct finality_bond *bond;
	size_t n_bond, room_bond;
	uint8_t (*out)[32];
	size_t n_out, room_out;
};

static enum status gather_bond(void *arg, const uint8_t key[32], int64_t value)
{
	struct gather *g = arg;

	if (g->n_bond == g->room_bond) {
		size_t room = g->room_bond ? 2 * g->room_bond : 64;
		struct finality_bond *p = realloc(g->bond, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		g->bond = p;
		g->room_bond = room;
	}
	memcpy(g->bond[g->n_bond].key, key, 32);
	g->bond[g->n_bond++].value_sat = value;
	return ST_OK;
}

static enum status gather_out(void *arg, const uint8_t key[32], int64_t zero)
{
	struct gather *g = arg;

	(void)zero;
	if (g->n_out == g->room_out) {
		size_t room = g->room_out ? 2 * g->room_out : 16;
		void *p = realloc(g->out, room * 32);

		if (!p)
			return ST_NOMEM;
		g->out = p;
		g->room_out = room;
	}
	memcpy(g->out[g->n_out++], key, 32);
	return ST_OK;
}

/* By the state of the active chain's block at this height. */
static enum status derive_set(struct node *n, uint32_t height,
			      struct finality_set *out)
{
	struct gather g = {0};
	enum status st = ST_OK;

	if (n->params.bond_lock)
		st = store_bonds_each(n->db, height, gather_bond, &g);
	if (st == ST_OK)
		st = store_convictions_each(n->db, height, gather_out, &g);
	if (st == ST_OK)
		finality_set_derive(out, &n->params, g.bond, g.n_bond,
				    (const uint8_t (*)[32])g.out, g.n_out);
	free(g.bond);
	free(g.out);
	return st;
}

static enum status add_member(void *arg, const uint8_t key[32], int64_t weight)
{
	struct finality_set *s = arg;

	if (s->n == FINALITY_MEMBERS_MAX)
		return ST_CORRUPT;
	memcpy(s->member[s->n].key, key, 32);
	s->member[s->n++].weight = (uint64_t)weight;
	s->total += (uint64_t)weight;
	return ST_OK;
}

static enum status load_set(struct finality_state *s, int64_t members,
			    const struct finality_set **out)
{
	struct finality_set *set = &s->cache[s->next].set;
	enum status st;

	for (int i = 0; i < 3; i++) {
		if (s->cache[i].members != members)
			continue;
		*out = &s->cache[i].set;
		return ST_OK;
	}
	set->n = 0;
	set->total = 0;
	st = store_members_each(s->n->db, members, add_member, set);
	if (st != ST_OK)
		return st;
	s->cache[s->next].members = members;
	s->next = (s->next + 1) % 3;
	*out = set;
	return ST_OK;
}

/* The rows of a set; those of an equal one before it serve both. */
static enum status keep_set(struct finality_state *s, const struct point_row *p,
			    const struct finality_set *set, int64_t *members)
{
	const struct finality_set *old;
	struct point_row from;
	enum status st = ST_OK;

	*members = 0;
	if (p->height) {
		st = store_point_by_hash(s->n->db, &p->set[0], &from);
		if (st == ST_OK && from.members)
			st = load_set(s, from.members, &old);
		if (st == ST_OK && from.members && old->n == set->n &&
		    memcmp(old->member, set->member,
			   set->n * sizeof(*set->member)) == 0)
			*members = from.members;
	}
	for (uint32_t i = 0; st == ST_OK && !*members && i < set->n; i++)
		st = store_member_add(s->n->db, p->id, set->member[i].key,
				      set->member[i].weight);
	if (st == ST_OK && !*members)
		*members = p->id;
	if (st == ST_OK)
		st = store_point_set_members(s->n->db, p->id, *members);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

static enum status view_set(void *arg, const struct blkid *id, uint32_t height,
			    const struct finality_set **out)
{
	struct finality_state *s = arg;
	struct block_row block;
	struct finality_set *set;
	struct point_row p;
	int64_t members;
	enum status st = store_point_by_hash(s->n->db, id, &p);

	if (st != ST_OK || p.members)
		return st == ST_OK ? load_set(s, p.members, out) : st;
	/* the state of a block is known while it is on the active chain */
	st = store_block_by_hash(s->n->db, id, &block);
	if (st != ST_OK || block.status != BLOCK_CONNECTED ||
	    block.height != height || !s->may_write)
		return st == ST_OK ? ST_NOT_FOUND : st;
	set = calloc(1, sizeof(*set));
	if (!set)
		return ST_NOMEM;
	st = derive_set(s->n, height, set);
	if (st == ST_OK)
		st = keep_set(s, &p, set, &members);
	free(set);
	return st == ST_OK ? load_set(s, members, out) : st;
}

struct finality_view finality_view_of(struct finality_state *s)
{
	return (struct finality_view){s, view_descends, view_set};
}

/* --- rows to state --- */

static enum status keep_row(struct finality_state *s, int64_t row)
{
	if (s->n_row == s->room) {
		uint32_t room = s->room ? 2 * s->room : 16;
		int64_t *p = realloc(s->row, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		s->row = p;
		s->room = room;
	}
	s->row[s->n_row++] = row;
	return ST_OK;
}

static enum status load_point(void *arg, const struct point_row *row)
{
	struct finality_state *s = arg;
	struct finality_point p = {
		.id = row->hash,
		.height = row->height,
		.source = s->n_row,
		.set = {row->set[0], row->set[1]},
		.set_height = {row->set_height[0], row->set_height[1]},
		.final = row->final_at != 0,
	};
	enum status st;

	for (uint32_t i = 0; i < s->n_row; i++)
		if (s->row[i] == row->source)
			p.source = i;
	st = keep_row(s, row->id);
	return st == ST_OK ? finality_add(&s->f, &p) : st;
}

enum status finality_load(struct finality_state *s, struct node *n,
			  bool may_write)
{
	struct point_row last;
	enum status st;

	*s = (struct finality_state){.n = n, .may_write = may_write};
	if (!n->params.finality_interval)
		return ST_NOT_FOUND;
	s->f.interval = n->params.finality_interval;
	st = store_point_last_final(n->db, &last);
	if (st == ST_OK)
		st = load_point(s, &last);
	if (st == ST_OK)
		st = store_points_above(n->db, last.height, load_point, s);
	return st;
}

void finality_unload(struct finality_state *s)
{
	finality_free(&s->f);
	free(s->row);
	s->row = NULL;
}

/* --- state to rows --- */

static enum status tell(struct node *n, const char *kind,
			const struct blkid *id, uint32_t height)
{
	char hash[HASH_TEXT_SIZE], json[128];

	snprintf(json, sizeof(json), "{\"height\":%u,\"hash\":\"%s\"}", height,
		 hash256_text(hash, &id->h));
	return store_event_add(n->db, clock_wall_ms(), kind, &id->h, json);
}

static enum status write_point(struct finality_state *s, uint32_t i)
{
	const struct finality_point *p = &s->f.point[i];
	struct point_row row = {
		.hash = p->id,
		.height = p->height,
		.source = s->row[p->source],
		.set = {p->set[0], p->set[1]},
		.set_height = {p->set_height[0], p->set_height[1]},
	};
	enum status st = store_point_add(s->n->db, &row, node_now_s(s->n));

	if (st == ST_OK)
		st = keep_row(s, row.id);
	return st == ST_OK ? tell(s->n, "justified", &p->id, p->height) : st;
}

/* finality_advance asks for sets by rows, so a new point is written before the
 * next link is judged: one round of the rules for each. */
static enum status advance(struct finality_state *s, struct vote_list *l)
{
	struct finality_view view = finality_view_of(s);
	uint32_t last, n;
	enum status st;

	do {
		last = s->f.last;
		n = s->f.n_point;
		st = finality_advance(&s->f, &view, l->v, l->n);
		for (uint32_t i = n; st == ST_OK && i < s->f.n_point; i++)
			st = write_point(s, i);
		for (uint32_t i = 0; st == ST_OK && i < s->f.n_point; i++) {
			const struct finality_point *p = &s->f.point[i];

			if (!p->final || p->height <= s->f.point[last].height)
				continue;
			st = store_point_set_final(s->n->db, s->row[i],
						   node_now_s(s->n));
			if (st == ST_OK)
				st = tell(s->n, "finalized", &p->id, p->height);
		}
		if (st == ST_OK && s->f.last != last)
			st = finality_seal(s->n, s->f.point[last].height);
		if (st == ST_OK && s->f.last != last)
			st = finality_prune(s, s->f.point[last].height);
	} while (st == ST_OK && (s->f.n_point > n || s->f.last != last));
	return st;
}

static enum status put_genesis(struct node *n)
{
	struct point_row row = {
		.hash = n->params.genesis_id,
		.set = {n->params.genesis_id, n->params.genesis_id},
	};
	struct finality_state s = {.n = n, .may_write = true};
	const struct finality_set *set;
	enum status st = store_point_add(n->db, &row, n->params.genesis.time);

	if (st == ST_OK)
		st = store_point_set_final(n->db, row.id,
					   n->params.genesis.time);
	return st == ST_OK ? view_set(&s, &row.hash, 0, &set) : st;
}

enum status finality_update(struct node *n)
{
	struct finality_state *s;
	struct vote_list l = {0};
	enum status st;

	if (!n->params.finality_interval)
		return ST_OK;
	s = malloc(sizeof(*s));
	if (!s)
		return ST_NOMEM;
	st = finality_load(s, n, true);
	if (st == ST_NOT_FOUND) {
		st = put_genesis(n);
	} else if (st == ST_OK) {
		st = store_votes_above(n->db, s->f.point[s->f.last].height, &l);
		if (st == ST_OK && l.n)
			st = advance(s, &l);
	}
	store_votes_free(&l);
	finality_unload(s);
	free(s);
	return st;
}
