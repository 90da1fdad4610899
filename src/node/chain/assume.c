/* SPDX-License-Identifier: MIT */
/* See assume.h. Headers in an array, found by hash; heights and work come when
 * all are there, since a child may stand before its parent. */
#include "node/chain/assume.h"

#include <stdlib.h>

#include "consensus/header_check.h"
#include "node/core/priv.h"
#include "primitives/target.h"
#include "store/store_block.h"

#define TWO_WEEKS_S (14 * 86400)
#define NONE UINT32_MAX
#define HEADERS_MAX (UINT32_MAX / 4)

enum entry_state { ENTRY_NEW, ENTRY_LINKED, ENTRY_ORPHAN };

struct entry {
	struct blkid id, prev;
	struct u256 work;	/* of the chain up to here, once linked */
	uint32_t bits;
	uint32_t parent;	/* index, or NONE: in the database, or nowhere */
	uint8_t state;
	bool spared;
};

struct assume {
	struct node *n;
	struct blkid known;
	struct entry *e;
	uint32_t count, room;
	uint32_t *slot;		/* index + 1; 0: empty */
	uint32_t n_slot;	/* a power of two */
};

enum status assume_new(struct assume **out, struct node *n,
		       const struct blkid *known)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return ST_NOMEM;
	(*out)->n = n;
	(*out)->known = *known;
	return ST_OK;
}

void assume_free(struct assume *a)
{
	if (!a)
		return;
	free(a->e);
	free(a->slot);
	free(a);
}

/* Where id is, or the empty slot where it belongs. */
static uint32_t *slot_of(const struct assume *a, const struct blkid *id)
{
	uint32_t i = (uint32_t)siphash_32(&a->n->coins.key, id->h.b);

	for (;; i++) {
		uint32_t *s = &a->slot[i & (a->n_slot - 1)];

		if (*s == 0 || hash256_equal(&a->e[*s - 1].id.h, &id->h))
			return s;
	}
}

static uint32_t find(const struct assume *a, const struct blkid *id)
{
	uint32_t at = a->n_slot ? *slot_of(a, id) : 0;

	return at ? at - 1 : NONE;
}

static enum status make_room(struct assume *a)
{
	uint32_t room = a->room ? 2 * a->room : 1024;
	struct entry *e;
	uint32_t *slot;

	if (a->count < a->room)
		return ST_OK;
	if (room > HEADERS_MAX)
		return ST_TOO_BIG;
	e = realloc(a->e, room * sizeof(*e));
	if (!e)
		return ST_NOMEM;
	a->e = e;
	slot = calloc(2 * (size_t)room, sizeof(*slot));
	if (!slot)
		return ST_NOMEM;
	free(a->slot);
	a->slot = slot;
	a->room = room;
	a->n_slot = 2 * room;
	for (uint32_t i = 0; i < a->count; i++)
		*slot_of(a, &a->e[i].id) = i + 1;
	return ST_OK;
}

enum status assume_header(struct assume *a, const uint8_t raw[HEADER_SIZE])
{
	struct verdict v;
	struct header h;
	struct blkid id;
	uint32_t *slot;
	enum status st = make_room(a);

	if (st != ST_OK)
		return st;
	header_read(&h, raw);
	header_hash_raw(&id, raw);
	verdict_init(&v);
	if (!header_check_work(&a->n->params, &h, &id, &v))
		return ST_OK;
	slot = slot_of(a, &id);
	if (*slot)
		return ST_OK;
	a->e[a->count] = (struct entry){.id = id, .prev = h.prev,
					.bits = h.bits, .parent = NONE};
	*slot = ++a->count;
	return ST_OK;
}

/* One without its parent among the headers: the database may know more. */
static enum status link_root(struct assume *a, struct entry *e)
{
	struct u256 own = target_work(e->bits);
	struct block_row row;
	enum status st = store_block_by_hash(a->n->db, &e->id, &row);

	if (st == ST_OK) {
		e->work = row.chainwork;
	} else if (st == ST_NOT_FOUND) {
		st = store_block_by_hash(a->n->db, &e->prev, &row);
		if (st == ST_OK)
			e->work = u256_add(&row.chainwork, &own);
	}
	e->state = st == ST_OK ? ENTRY_LINKED : ENTRY_ORPHAN;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Work and state of one and of all on the way down to one that has them. up:
 * room for the way. */
static enum status link_up(struct assume *a, uint32_t i, uint32_t *up)
{
	uint32_t n = 0;
	enum status st = ST_OK;

	while (a->e[i].state == ENTRY_NEW) {
		up[n++] = i;
		a->e[i].parent = find(a, &a->e[i].prev);
		if (a->e[i].parent == NONE)
			break;
		i = a->e[i].parent;
	}
	while (st == ST_OK && n) {
		struct entry *e = &a->e[up[--n]];
		struct u256 own = target_work(e->bits);

		if (e->parent == NONE) {
			st = link_root(a, e);
			continue;
		}
		e->state = a->e[e->parent].state;
		e->work = u256_add(&a->e[e->parent].work, &own);
	}
	return st;
}

static enum status link_all(struct assume *a, uint32_t *best)
{
	uint32_t *up = calloc((size_t)a->count + 1, sizeof(*up));
	enum status st = up ? ST_OK : ST_NOMEM;
	bool own = false;

	*best = NONE;
	if (st == ST_OK)
		st = node_read_begin(a->n, &own);
	for (uint32_t i = 0; st == ST_OK && i < a->count; i++) {
		st = link_up(a, i, up);
		if (st != ST_OK || a->e[i].state != ENTRY_LINKED)
			continue;
		if (*best == NONE ||
		    u256_cmp(&a->e[i].work, &a->e[*best].work) > 0)
			*best = i;
	}
	if (up)
		node_read_end(a->n, own);
	free(up);
	return st;
}

bool assume_is_deep(const struct node *n, const struct u256 *work,
		    const struct u256 *best_work, uint32_t best_bits)
{
	struct u256 above = u256_sub(best_work, work);
	struct u256 each = target_work(best_bits);
	struct u256 limit = u256_from(TWO_WEEKS_S);

	above = u256_mul64(&above, n->params.spacing_s);
	above = u256_div(&above, &each);
	return u256_cmp(&above, &limit) > 0;
}

static bool is_ancestor(const struct assume *a, uint32_t i, uint32_t of)
{
	while (of != NONE && of != i)
		of = a->e[of].parent;
	return of == i;
}

enum status assume_settle(struct assume *a, uint32_t *count, const char **why)
{
	uint32_t best, i;
	enum status st = link_all(a, &best);

	*count = 0;
	*why = NULL;
	if (st != ST_OK)
		return st;
	i = find(a, &a->known);
	if (i == NONE || best == NONE || a->e[i].state != ENTRY_LINKED)
		*why = "it is not among the blocks given";
	else if (!is_ancestor(a, i, best))
		*why = "it is not on the branch with the most work";
	else if (u256_cmp(&a->e[best].work, &a->n->params.min_chainwork) < 0)
		*why = "the branch has less than the network's minimum work";
	for (; !*why && i != NONE; i = a->e[i].parent) {
		a->e[i].spared = assume_is_deep(a->n, &a->e[i].work,
						&a->e[best].work, a->e[best].bits);
		*count += a->e[i].spared;
	}
	if (!*why && *count == 0)
		*why = "less than two weeks of work lie above its blocks";
	return ST_OK;
}

bool assume_spares(const struct assume *a, const struct blkid *id)
{
	uint32_t i = find(a, id);

	return i != NONE && a->e[i].spared;
}
