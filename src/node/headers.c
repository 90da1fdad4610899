/* SPDX-License-Identifier: MIT */
/* See headers.h. */
#include "node/headers.h"

#include <stdlib.h>

#include "consensus/header_check.h"
#include "node/events.h"
#include "node/priv.h"
#include "primitives/target.h"
#include "store/store_block.h"

#define CHAINS 2
#define STORE_AT_ONCE HEADERS_FULL

struct held_chain {
	uint8_t *raw;
	size_t count, room;
	struct blkid parent;	/* of the first, which is stored */
	struct u256 base, work;	/* the parent's; the last one's */
	uint64_t used;		/* when last */
};

struct held_headers {
	struct held_chain chain[CHAINS];
	uint64_t clock;
};

void headers_forget(struct held_headers *held)
{
	if (!held)
		return;
	for (int i = 0; i < CHAINS; i++)
		free(held->chain[i].raw);
	free(held);
}

static void drop(struct held_chain *c)
{
	free(c->raw);
	*c = (struct held_chain){0};
}

/* Nothing longer is plausible. */
static size_t longest(const struct node *n)
{
	int64_t age = node_now_s(n) - n->params.genesis.time;

	return (size_t)(age > 0 ? age : 0) / n->params.spacing_s * 2 +
	       HEADERS_FULL;
}

static enum status append(struct held_chain *c, const uint8_t *raw,
			  size_t count)
{
	size_t room = c->room ? c->room : 4 * HEADERS_FULL;
	uint8_t *p;

	while (room < c->count + count)
		room *= 2;
	if (room != c->room) {
		p = realloc(c->raw, room * HEADER_SIZE);
		if (!p)
			return ST_NOMEM;
		c->raw = p;
		c->room = room;
	}
	memcpy(c->raw + c->count * HEADER_SIZE, raw, count * HEADER_SIZE);
	c->count += count;
	return ST_OK;
}

/* The work that a batch adds; false when its headers do not follow each other.
 * Each has its proof of work. */
static bool sum_batch(const uint8_t *raw, size_t count, struct blkid *last,
		      struct u256 *work)
{
	struct header h;

	*work = u256_from(0);
	for (size_t i = 0; i < count; i++) {
		struct u256 own;

		header_read(&h, raw + i * HEADER_SIZE);
		if (i && !hash256_equal(&h.prev.h, &last->h))
			return false;
		header_hash_raw(last, raw + i * HEADER_SIZE);
		own = target_work(h.bits);
		*work = u256_add(work, &own);
	}
	return true;
}

/* The held chain that a batch goes on from or repeats. *at: where in it. Peers
 * give the same batches, so only their borders are looked at. */
static struct held_chain *find_chain(struct held_headers *held,
				     const struct blkid *prev, size_t *at)
{
	for (int i = 0; i < CHAINS; i++) {
		struct held_chain *c = &held->chain[i];
		struct blkid id = c->parent;

		if (!c->count)
			continue;
		for (*at = 0;; *at += HEADERS_FULL) {
			if (*at)
				header_hash_raw(&id, c->raw + (*at - 1) *
						HEADER_SIZE);
			if (hash256_equal(&id.h, &prev->h))
				return c;
			if (*at + HEADERS_FULL > c->count)
				break;
		}
	}
	return NULL;
}

struct batch_of_headers {
	const uint8_t *raw;
	size_t count;
	struct blkid prev, last;
	struct u256 work;
};

/* Whether the batch may be stored at once: its chain has the work, or all of it
 * is known, or its parent is not and nothing will be stored. Else *base is its
 * parent's work. */
static enum status is_storable(struct node *n, const struct batch_of_headers *b,
			       bool held, bool *storable, struct u256 *base)
{
	struct block_row row;
	struct u256 work;
	bool own;
	enum status st = node_read_begin(n, &own);

	*storable = false;
	*base = u256_from(0);
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &b->last, &row);
	*storable = st == ST_OK;
	if (st == ST_NOT_FOUND) {
		st = store_block_by_hash(n->db, &b->prev, &row);
		if (st == ST_OK) {
			*base = row.chainwork;
			work = u256_add(base, &b->work);
			*storable = u256_cmp(&work,
					     &n->params.min_chainwork) >= 0;
		} else if (st == ST_NOT_FOUND) {
			*storable = !held;
		}
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* An empty chain on a stored header, in place of the one used least lately but
 * for `keep`. */
static struct held_chain *begin_chain(struct held_headers *held,
				      const struct held_chain *keep,
				      const struct blkid *parent,
				      const struct u256 *base)
{
	struct held_chain *c = NULL;

	for (int i = 0; i < CHAINS; i++) {
		struct held_chain *x = &held->chain[i];

		if (x != keep && (!c || x->used < c->used))
			c = x;
	}
	drop(c);
	c->parent = *parent;
	c->base = c->work = *base;
	return c;
}

/* A chain of its own for a batch that leaves c in its middle. */
static enum status fork_chain(struct held_headers *held, struct held_chain **c,
			      size_t at)
{
	struct held_chain *from = *c;
	struct blkid last;
	enum status st;

	*c = begin_chain(held, from, &from->parent, &from->base);
	if (at == 0)
		return ST_OK;
	sum_batch(from->raw, at, &last, &(*c)->work);
	(*c)->work = u256_add(&(*c)->work, &from->base);
	st = append(*c, from->raw, at);
	if (st != ST_OK)
		drop(*c);
	return st;
}

/* All that was held, now that it has the work. */
static enum status store_chain(struct node *n, struct held_chain *c,
			       const char *source, struct verdict *v)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && v->code == VALID && i < c->count;
	     i += STORE_AT_ONCE) {
		size_t left = c->count - i, done;

		st = headers_store(n, c->raw + i * HEADER_SIZE,
				   left < STORE_AT_ONCE ? left : STORE_AT_ONCE,
				   source, &done, v);
	}
	drop(c);
	return st;
}

/* A batch whose chain had too little work before it. c: the held chain it goes
 * on from, at some point; NULL: it begins one on a stored header. */
static enum status hold(struct node *n, struct held_chain *c, size_t at,
			const struct batch_of_headers *b,
			const struct u256 *base, const char *source,
			struct verdict *v)
{
	struct u256 work;
	enum status st = ST_OK;

	if (c && at + b->count <= c->count &&
	    memcmp(c->raw + at * HEADER_SIZE, b->raw,
		   b->count * HEADER_SIZE) == 0 && b->count >= HEADERS_FULL)
		return ST_OK;	/* another peer's copy */
	if (!c)
		c = begin_chain(n->held, NULL, &b->prev, base);
	else if (at != c->count)
		st = fork_chain(n->held, &c, at);
	if (st != ST_OK)
		return st;
	c->used = ++n->held->clock;
	work = u256_add(&c->work, &b->work);
	if (u256_cmp(&work, &n->params.min_chainwork) < 0 &&
	    (b->count < HEADERS_FULL || c->count + b->count > longest(n))) {
		drop(c);
		verdict_refuse(v, V_TOO_LITTLE_WORK, "%s", "");
		return reject_write(n, "header", &b->last.h, v, source);
	}
	c->work = work;
	st = append(c, b->raw, b->count);
	if (st != ST_OK)
		drop(c);
	else if (u256_cmp(&work, &n->params.min_chainwork) >= 0)
		st = store_chain(n, c, source, v);
	return st;
}

/* The first without its proof of work, or count. */
static size_t first_without_work(const struct node *n, const uint8_t *raw,
				 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct verdict v;
		struct header h;
		struct blkid id;

		verdict_init(&v);
		header_read(&h, raw + i * HEADER_SIZE);
		header_hash_raw(&id, raw + i * HEADER_SIZE);
		if (!header_check_work(&n->params, &h, &id, &v))
			return i;
	}
	return count;
}

enum status node_accept_headers(struct node *n, const uint8_t *raw,
				size_t count, const char *source,
				size_t *accepted, struct verdict *v)
{
	struct batch_of_headers b = {.raw = raw, .count = count};
	struct held_chain *c;
	struct header first;
	struct u256 base;
	size_t bad, at = 0;
	bool storable;
	enum status st;

	if (count == 0 || u256_is_zero(&n->params.min_chainwork))
		return headers_store(n, raw, count, source, accepted, v);
	*accepted = 0;
	verdict_init(v);
	bad = first_without_work(n, raw, count);
	if (bad < count)
		return headers_store(n, raw + bad * HEADER_SIZE, 1, source,
				     accepted, v);
	header_read(&first, raw);
	b.prev = first.prev;
	if (!sum_batch(raw, count, &b.last, &b.work)) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "not one after the other");
		return reject_write(n, "header", &b.last.h, v, source);
	}
	if (!n->held)
		n->held = calloc(1, sizeof(*n->held));
	if (!n->held)
		return ST_NOMEM;
	c = find_chain(n->held, &b.prev, &at);
	st = is_storable(n, &b, c != NULL, &storable, &base);
	if (st != ST_OK)
		return st;
	if (storable)
		return headers_store(n, raw, count, source, accepted, v);
	st = hold(n, c, at, &b, &base, source, v);
	if (st == ST_OK && v->code == VALID)
		*accepted = count;
	return st;
}
