/* SPDX-License-Identifier: MIT */
/* See scripts.h. */
#include "node/core/scripts.h"

#include <stdlib.h>

#include "crypto/sha256.h"
#include "primitives/address.h"

#define BUCKETS_FIRST 1024
#define SCRIPTS_MAX ((size_t)1 << 30)

int64_t script_key(struct bytes spk)
{
	uint8_t h[32];

	sha256(h, spk.p, spk.len);
	return (int64_t)be64_get(h);
}

enum status scripts_init(struct scripts *s, const struct siphash_key *key)
{
	*s = (struct scripts){.key = *key, .n_bucket = BUCKETS_FIRST};
	arena_init(&s->arena, SCRIPTS_MAX);
	s->bucket = calloc(s->n_bucket, sizeof(*s->bucket));
	return s->bucket ? ST_OK : ST_NOMEM;
}

void scripts_free(struct scripts *s)
{
	arena_free(&s->arena);
	free(s->bucket);
	free(s->history);
	s->bucket = NULL;
	s->history = NULL;
}

static void grow(struct scripts *s)
{
	size_t n = s->n_bucket * 2;
	struct script_use **b = calloc(n, sizeof(*b));

	if (!b)
		return;
	for (size_t i = 0; i < s->n_bucket; i++) {
		struct script_use *u = s->bucket[i];

		while (u) {
			struct script_use *next = u->next;

			u->next = b[u->hash & (n - 1)];
			b[u->hash & (n - 1)] = u;
			u = next;
		}
	}
	free(s->bucket);
	s->bucket = b;
	s->n_bucket = n;
}

struct script_use *scripts_use(struct scripts *s, struct bytes spk, int64_t id)
{
	uint64_t h = siphash(&s->key, spk.p, spk.len);
	struct script_use *u = s->bucket[h & (s->n_bucket - 1)];

	while (u && !(u->hash == h && bytes_equal(u->spk, spk)))
		u = u->next;
	if (!u) {
		u = arena_new(&s->arena, struct script_use);
		if (!u)
			return NULL;
		if (s->count >= s->n_bucket)
			grow(s);
		u->spk = spk;
		u->hash = h;
		u->next = s->bucket[h & (s->n_bucket - 1)];
		s->bucket[h & (s->n_bucket - 1)] = u;
		s->count++;
	}
	if (id)
		u->id = id;
	return u;
}

static enum status note_history(struct scripts *s, struct script_use *u,
				int64_t tx)
{
	if (u->last_tx == tx)
		return ST_OK;
	if (s->n_history == s->room_history) {
		size_t room = s->room_history ? 2 * s->room_history : 1024;
		struct history_use *p =
			realloc(s->history, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		s->history = p;
		s->room_history = room;
	}
	s->history[s->n_history++] = (struct history_use){u, tx};
	u->last_tx = tx;
	u->total.n_tx++;
	return ST_OK;
}

enum status scripts_fund(struct scripts *s, struct script_use *u, int64_t tx,
			 int64_t value)
{
	u->total.n_funded++;
	u->total.funded += value;
	return note_history(s, u, tx);
}

enum status scripts_spend(struct scripts *s, struct script_use *u, int64_t tx,
			  int64_t value)
{
	u->total.n_spent++;
	u->total.spent += value;
	return note_history(s, u, tx);
}

static enum status insert_script(struct db *db, const struct params *params,
				 int64_t k, struct bytes spk, int64_t id)
{
	char address[ADDRESS_TEXT_SIZE];
	struct script_row row = {
		.id = id,
		.k = k,
		.spk = spk,
		.kind = (int)script_classify(spk).kind,
		.address = address,
	};

	address_from_script(address, params, spk);
	return store_script_insert(db, &row);
}

static int by_key(const void *a, const void *b)
{
	const struct script_use *x = *(struct script_use *const *)a;
	const struct script_use *y = *(struct script_use *const *)b;

	return x->k < y->k ? -1 : x->k > y->k;
}

static int by_id(const void *a, const void *b)
{
	const struct script_use *x = *(struct script_use *const *)a;
	const struct script_use *y = *(struct script_use *const *)b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int by_script_and_tx(const void *a, const void *b)
{
	const struct history_use *x = a, *y = b;

	if (x->script->id != y->script->id)
		return x->script->id < y->script->id ? -1 : 1;
	return x->tx < y->tx ? -1 : x->tx > y->tx;
}

/* All entries, or those without an id, as an array from the arena. */
static struct script_use **list(struct scripts *s, bool unresolved, size_t *n)
{
	struct script_use **v =
		arena_array(&s->arena, s->count, struct script_use *);

	*n = 0;
	for (size_t i = 0; v && i < s->n_bucket; i++) {
		for (struct script_use *u = s->bucket[i]; u; u = u->next) {
			if (!unresolved || !u->id)
				v[(*n)++] = u;
		}
	}
	return v;
}

enum status scripts_resolve(struct scripts *s, struct db *db,
			    const struct params *params)
{
	size_t n;
	struct script_use **v = list(s, true, &n);
	enum status st = ST_OK;
	int64_t last;

	if (!v)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++)
		v[i]->k = script_key(v[i]->spk);
	if (n > 1)
		qsort(v, n, sizeof(*v), by_key);
	st = store_script_max_id(db, &last);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		st = store_script_find(db, v[i]->k, v[i]->spk, &v[i]->id);
		if (st != ST_NOT_FOUND)
			continue;
		v[i]->id = ++last;
		st = insert_script(db, params, v[i]->k, v[i]->spk, last);
	}
	return st;
}

enum status scripts_write(struct scripts *s, struct db *db)
{
	size_t n;
	struct script_use **v = list(s, false, &n);
	enum status st = ST_OK;

	if (!v)
		return ST_NOMEM;
	if (n > 1)
		qsort(v, n, sizeof(*v), by_id);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		v[i]->total.script = v[i]->id;
		st = store_script_total_add(db, &v[i]->total);
	}
	if (s->n_history > 1)
		qsort(s->history, s->n_history, sizeof(*s->history),
		      by_script_and_tx);
	for (size_t i = 0; st == ST_OK && i < s->n_history; i++)
		st = store_history_insert(db, s->history[i].script->id,
					  s->history[i].tx);
	return st;
}

enum status script_id(struct db *db, const struct params *params,
		      struct bytes spk, int64_t *id)
{
	int64_t k = script_key(spk), last;
	enum status st = store_script_find(db, k, spk, id);

	if (st != ST_NOT_FOUND)
		return st;
	st = store_script_max_id(db, &last);
	if (st != ST_OK)
		return st;
	*id = last + 1;
	return insert_script(db, params, k, spk, *id);
}
