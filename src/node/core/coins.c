/* SPDX-License-Identifier: MIT */
/* See coins.h. */
#include "node/core/coins.h"

#include <stdlib.h>

#include "crypto/rand.h"
#include "store/store_script.h"
#include "store/store_tx.h"

#define BUCKETS_FIRST 4096

enum status coins_init(struct coins *c, struct db *db, size_t max_bytes)
{
	uint8_t k[16];
	enum status st = rand_bytes(k, sizeof(k));

	*c = (struct coins){.db = db, .max_bytes = max_bytes};
	if (st != ST_OK)
		return st;
	c->key = siphash_key_of(k);
	c->n_bucket = BUCKETS_FIRST;
	c->bucket = calloc(c->n_bucket, sizeof(*c->bucket));
	return c->bucket ? ST_OK : ST_NOMEM;
}

static void entry_free(struct coin_tx *t)
{
	if (t->under)
		entry_free(t->under);
	for (uint32_t i = 0; i < t->n_out; i++) {
		if (t->out[i].own_spk)
			free((void *)(uintptr_t)t->out[i].spk.p);
	}
	free(t);
}

void coins_clear(struct coins *c)
{
	for (size_t i = 0; i < c->n_bucket && c->count; i++) {
		struct coin_tx *t = c->bucket[i];

		while (t) {
			struct coin_tx *next = t->next;

			entry_free(t);
			c->count--;
			t = next;
		}
		c->bucket[i] = NULL;
	}
	c->count = 0;
	c->bytes = 0;
}

void coins_free(struct coins *c)
{
	if (!c->bucket)
		return;
	coins_clear(c);
	free(c->bucket);
	c->bucket = NULL;
	c->n_bucket = 0;
}

static struct coin_tx **slot_of(struct coins *c, const struct txid *txid)
{
	uint64_t h = siphash_32(&c->key, txid->h.b);
	struct coin_tx **at = &c->bucket[h & (c->n_bucket - 1)];

	while (*at && !hash256_equal(&(*at)->txid.h, &txid->h))
		at = &(*at)->next;
	return at;
}

static void grow(struct coins *c)
{
	size_t n = c->n_bucket * 2;
	struct coin_tx **b = calloc(n, sizeof(*b));

	if (!b)
		return;	/* longer chains, nothing worse */
	for (size_t i = 0; i < c->n_bucket; i++) {
		struct coin_tx *t = c->bucket[i];

		while (t) {
			struct coin_tx *next = t->next;
			size_t k = siphash_32(&c->key, t->txid.h.b) & (n - 1);

			t->next = b[k];
			b[k] = t;
			t = next;
		}
	}
	free(c->bucket);
	c->bucket = b;
	c->n_bucket = n;
}

static void link_entry(struct coins *c, struct coin_tx *t)
{
	struct coin_tx **at;

	if (c->count >= c->n_bucket)
		grow(c);
	at = slot_of(c, &t->txid);
	t->next = NULL;
	*at = t;
	c->count++;
	c->bytes += t->bytes;
}

void coins_remove(struct coins *c, struct coin_tx *t)
{
	struct coin_tx **at = slot_of(c, &t->txid);

	if (*at != t)
		return;
	*at = t->next;
	c->count--;
	c->bytes -= t->bytes;
	if (t->under)
		link_entry(c, t->under);
	t->under = NULL;
	entry_free(t);
}

/* Takes an entry out of its bucket. */
static void unlink_entry(struct coins *c, struct coin_tx *t)
{
	struct coin_tx **at = slot_of(c, &t->txid);

	*at = t->next;
	c->count--;
	c->bytes -= t->bytes;
}

/* The entry of a row, nothing loaded. */
static enum status load_entry(struct coins *c, const struct txid *txid,
			      int64_t id, struct coin_tx **out)
{
	struct tx_row row;
	enum status st = store_tx_head(c->db, id, &row);
	struct coin_tx *t;
	size_t bytes;

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	bytes = sizeof(*t) + row.n_out * sizeof(t->out[0]);
	t = calloc(1, bytes);
	if (!t)
		return ST_NOMEM;
	t->txid = *txid;
	t->id = id;
	t->height = row.height;
	t->n_out = row.n_out;
	t->coinbase = row.fee < 0;
	t->bytes = bytes;
	link_entry(c, t);
	*out = t;
	return ST_OK;
}

enum status coins_find(struct coins *c, const struct txid *txid,
		       struct coin_tx **out)
{
	struct coin_tx *t = *slot_of(c, txid);
	enum status st;
	int64_t id;

	if (t) {
		*out = t;
		return t->gone ? ST_NOT_FOUND : ST_OK;
	}
	if (!c->db)
		return ST_NOT_FOUND;
	st = store_tx_id(c->db, txid, &id);
	if (st != ST_OK)
		return st;
	return load_entry(c, txid, id, out);
}

enum status coins_output(struct coins *c, struct coin_tx *t, uint32_t n,
			 struct coin_out **out)
{
	struct coin_out *o;
	struct txout_row row;
	struct script_row script;
	enum status st;
	uint8_t *copy;

	if (n >= t->n_out)
		return ST_NOT_FOUND;
	o = *out = &t->out[n];
	if (o->loaded)
		return ST_OK;
	st = store_txout_get(c->db, t->id, n, &row);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	st = store_script_get(c->db, row.script, &script);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	copy = malloc(script.spk.len ? script.spk.len : 1);
	if (!copy)
		return ST_NOMEM;
	if (script.spk.len)
		memcpy(copy, script.spk.p, script.spk.len);
	o->value = row.value;
	o->spk = bytes_of(copy, script.spk.len);
	o->own_spk = true;
	o->script = row.script;
	o->spent_tx = row.spent_tx;
	o->spent_n = row.spent_n;
	o->loaded = true;
	t->bytes += script.spk.len;
	c->bytes += script.spk.len;
	return ST_OK;
}

enum status coins_add(struct coins *c, const struct tx *tx, int64_t id,
		      uint32_t height, bool coinbase, struct coin_tx **out)
{
	struct coin_tx *old = *slot_of(c, &tx->txid);
	size_t bytes = sizeof(**out) + tx->n_out * sizeof((*out)->out[0]);
	struct coin_tx *t;
	uint8_t *p;

	for (uint32_t i = 0; i < tx->n_out; i++)
		bytes += tx->out[i].script.len;
	t = malloc(bytes);
	if (!t)
		return ST_NOMEM;
	*t = (struct coin_tx){
		.txid = tx->txid,
		.id = id,
		.height = height,
		.n_out = tx->n_out,
		.coinbase = coinbase,
		.fresh = true,
		.bytes = bytes,
	};
	p = (uint8_t *)&t->out[tx->n_out];
	for (uint32_t i = 0; i < tx->n_out; i++) {
		struct bytes s = tx->out[i].script;

		t->out[i] = (struct coin_out){
			.value = tx->out[i].value,
			.spk = bytes_of(p, s.len),
			.loaded = true,
		};
		if (s.len)
			memcpy(p, s.p, s.len);
		p += s.len;
	}
	if (old) {
		unlink_entry(c, old);
		t->under = old;
	}
	link_entry(c, t);
	*out = t;
	return ST_OK;
}

enum status coins_forget(struct coins *c, const struct txid *txid, int64_t id)
{
	struct coin_tx *old = *slot_of(c, txid);
	struct coin_tx *t;
	int64_t before;
	enum status st;

	if (old)
		coins_remove(c, old);
	/* what is covered belongs to a batch, and those do not begin to
	 * disconnect when they have begun to connect */
	st = store_tx_id_before(c->db, txid, id, &before);
	if (st == ST_OK)
		st = load_entry(c, txid, before, &t);
	/* what it had overwritten (BIP30's exceptions) is back */
	for (uint32_t n = 0; st == ST_OK && n < t->n_out; n++) {
		struct coin_out *o;

		st = coins_output(c, t, n, &o);
		if (st == ST_OK && o->spent_tx == id)
			o->spent_tx = 0;
	}
	if (st != ST_NOT_FOUND)
		return st;
	t = calloc(1, sizeof(*t));
	if (!t)
		return ST_NOMEM;
	t->txid = *txid;
	t->gone = true;
	t->bytes = sizeof(*t);
	link_entry(c, t);
	return ST_OK;
}

void coins_settle(struct coins *c)
{
	int64_t lo = INT64_MAX, hi = 0, cut = INT64_MAX;
	bool full = c->bytes > c->max_bytes;

	for (size_t i = 0; i < c->n_bucket; i++) {
		for (struct coin_tx *t = c->bucket[i]; t; t = t->next) {
			t->fresh = false;
			if (t->under)
				entry_free(t->under);
			t->under = NULL;
			lo = t->id < lo ? t->id : lo;
			hi = t->id > hi ? t->id : hi;
		}
	}
	/* full: the older half by transaction id goes */
	if (full)
		cut = lo + (hi - lo) / 2;
	for (size_t i = 0; full && i < c->n_bucket; i++) {
		struct coin_tx **at = &c->bucket[i];

		while (*at) {
			struct coin_tx *t = *at;

			if (t->id > cut) {
				at = &t->next;
				continue;
			}
			*at = t->next;
			c->count--;
			c->bytes -= t->bytes;
			entry_free(t);
		}
	}
}
