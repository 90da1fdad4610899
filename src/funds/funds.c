/* SPDX-License-Identifier: MIT */
/* A wallet's scripts: read, derived ahead, found by their bytes. */
#include "funds/funds.h"

#include <stdio.h>

#include "funds/funds_internal.h"

#define SCRATCH_MAX ((size_t)16 << 20)
#define INDEX_MAX INT32_MAX

/* --- scripts by their bytes --- */

static size_t slot_of(const struct funds *f, struct bytes script)
{
	uint64_t h = 0xcbf29ce484222325;

	/* their hashes, which are all that differs, stand at the end */
	for (size_t i = 0; i < script.len; i++)
		h = (h ^ script.p[i]) * 0x100000001b3;
	return (size_t)(h ^ h >> 29) & (f->n_slot - 1);
}

static bool index_scripts(struct funds *f)
{
	f->n_slot = 64;
	while (f->n_slot < f->n_script * 2)
		f->n_slot *= 2;
	f->slot = arena_calloc(f->arena, f->n_slot, sizeof(*f->slot));
	if (!f->slot)
		return false;
	for (size_t i = 0; i < f->n_script; i++) {
		size_t at = slot_of(f, f->script[i].script);

		while (f->slot[at])
			at = (at + 1) & (f->n_slot - 1);
		f->slot[at] = (uint32_t)i + 1;
	}
	return true;
}

static struct funds_script *find(const struct funds *f, struct bytes script)
{
	for (size_t at = slot_of(f, script); f->slot[at];
	     at = (at + 1) & (f->n_slot - 1)) {
		struct funds_script *s = &f->script[f->slot[at] - 1];

		if (bytes_equal(s->script, script))
			return s;
	}
	return NULL;
}

const struct funds_script *funds_find(const struct funds *f, struct bytes script)
{
	return find(f, script);
}

bool funds_is_change(const struct funds *f, const struct funds_script *s)
{
	return f->desc[s->desc].row.internal && !s->label;
}

const char *funds_label(const struct funds *f, struct bytes script)
{
	const struct funds_script *s = find(f, script);

	if (s)
		return s->label;
	for (size_t i = 0; i < f->n_label; i++)
		if (bytes_equal(f->label[i].script, script))
			return f->label[i].label;
	return NULL;
}

bool funds_is_locked(const struct funds *f, const struct outpoint *o)
{
	for (size_t i = 0; i < f->n_locked; i++)
		if (outpoint_equal(&f->locked[i], o))
			return true;
	return false;
}

const struct purse_sent *funds_note(const struct funds *f, const struct txid *id)
{
	for (size_t i = 0; i < f->n_sent; i++)
		if (hash256_equal(&f->sent[i].txid.h, &id->h))
			return &f->sent[i];
	return NULL;
}

bool funds_has_keys(const struct funds *f)
{
	return !(f->wallet.flags & PURSE_WATCH_ONLY) && f->wallet.keystore[0];
}

/* --- reading --- */

static enum status read_descs(struct funds *f)
{
	char error[DESC_ERROR_SIZE];
	struct purse_desc *rows;
	enum status st = purse_descs(f->at.purse, f->wallet.id, f->arena, &rows,
				     &f->n_desc);

	if (st != ST_OK)
		return st;
	f->desc = arena_calloc(f->arena, f->n_desc + 1, sizeof(*f->desc));
	if (!f->desc)
		return ST_NOMEM;
	for (size_t i = 0; i < f->n_desc; i++) {
		struct funds_desc *d = &f->desc[i];

		d->row = rows[i];
		d->d = desc_parse(f->arena, node_params(f->at.node), f->at.ec,
				  rows[i].text, strlen(rows[i].text), true, error);
		if (!d->d)
			return ST_CORRUPT;
		d->solvable = desc_is_solvable(d->d);
		d->range = desc_is_range(d->d);
	}
	return ST_OK;
}

static enum status read_scripts(struct funds *f)
{
	struct purse_script *rows;
	size_t n;
	enum status st = purse_scripts(f->at.purse, f->wallet.id, f->arena, &rows,
				       &n);

	f->room_script = n;
	f->script = arena_calloc(f->arena, n + 1, sizeof(*f->script));
	if (st == ST_OK && !f->script)
		st = ST_NOMEM;
	f->n_script = 0;
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		struct funds_script *s = &f->script[f->n_script];
		size_t d = 0;

		while (d < f->n_desc && f->desc[d].row.id != rows[i].desc)
			d++;
		if (d == f->n_desc)
			continue;
		*s = (struct funds_script){.script = rows[i].script,
					   .desc = (uint32_t)d, .n = rows[i].n};
		st = query_script_id(f->at.node, s->script, &s->id);
		f->n_script++;
	}
	if (st == ST_OK && !index_scripts(f))
		st = ST_NOMEM;
	return st;
}

enum status funds_reload(struct funds *f)
{
	enum status st = read_descs(f);

	if (st == ST_OK)
		st = read_scripts(f);
	if (st == ST_OK)
		st = purse_labels(f->at.purse, f->wallet.id, f->arena, &f->label,
				  &f->n_label);
	for (size_t i = 0; st == ST_OK && i < f->n_label; i++) {
		struct funds_script *s = find(f, f->label[i].script);

		if (s)
			s->label = f->label[i].label;
	}
	return st;
}

/* --- deriving ahead --- */

enum status funds_derive(struct funds *f, struct funds_desc *d, uint32_t past)
{
	enum status st = ST_OK;
	struct arena a;

	arena_init(&a, SCRATCH_MAX);
	while (st == ST_OK && d->row.past < past) {
		struct purse_script s = {.desc = d->row.id, .n = d->row.past};
		struct desc_scripts out;

		arena_reset(&a);
		if (!desc_expand(d->d, f->at.ec, d->row.past, &a, &out))
			st = ST_PARSE;
		for (unsigned i = 0; st == ST_OK && i < out.n; i++) {
			s.script = out.script[i];
			st = purse_script_add(f->at.purse, f->wallet.id, &s);
		}
		d->row.past++;
	}
	arena_free(&a);
	if (st == ST_OK)
		st = purse_desc_widen(f->at.purse, d->row.id, d->row.next,
				      d->row.past);
	return st;
}

/* Where the last script stands that anything ever paid to, plus one. */
static enum status used_past(struct funds *f, uint32_t *past)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < f->n_desc; i++)
		past[i] = f->desc[i].row.next;
	for (size_t i = 0; st == ST_OK && i < f->n_script; i++) {
		const struct funds_script *s = &f->script[i];
		struct script_info sum;

		if (!s->id || s->n < past[s->desc])
			continue;
		st = query_script_totals(f->at.node, s->id, &sum);
		if (st == ST_OK && (sum.n_tx || sum.pool_n_tx))
			past[s->desc] = s->n + 1;
	}
	return st;
}

/* One round of deriving; *more: something was. */
static enum status top_up(struct funds *f, uint32_t gap, bool *more)
{
	uint32_t *past = arena_calloc(f->arena, f->n_desc + 1, sizeof(*past));
	bool begun = false, own = false;
	enum status st = past ? used_past(f, past) : ST_NOMEM;

	*more = false;
	for (size_t i = 0; st == ST_OK && i < f->n_desc; i++) {
		struct funds_desc *d = &f->desc[i];
		uint32_t want = past[i] + gap;

		if (!d->range || want > INDEX_MAX ||
		    (want <= d->row.past && past[i] <= d->row.next))
			continue;
		if (!begun)
			st = purse_begin(f->at.purse, &own);
		begun = true;
		if (d->row.next < past[i])
			d->row.next = past[i];
		if (st == ST_OK)
			st = funds_derive(f, d, want);
		*more = true;
	}
	return begun ? purse_end(f->at.purse, own, st) : st;
}

static enum status fill_gap(struct funds *f, uint32_t gap)
{
	bool more = true;
	enum status st = ST_OK;

	while (st == ST_OK && more) {
		st = top_up(f, gap, &more);
		if (st == ST_OK && more)
			st = funds_reload(f);
		if (f->n_script > FUNDS_SCRIPTS_MAX)
			break;
	}
	return st;
}

enum status funds_refill(struct funds *f, uint32_t count)
{
	return fill_gap(f, count > FUNDS_GAP_MAX ? FUNDS_GAP_MAX : count);
}

enum status funds_open_row(struct funds *f, const struct funds_at *at,
			   const struct purse_wallet *w, struct arena *a)
{
	enum status st;

	*f = (struct funds){.at = *at, .arena = a, .wallet = *w};
	st = node_tip(at->node, &f->tip);
	if (st == ST_OK)
		st = purse_locked(at->purse, w->id, a, &f->locked, &f->n_locked);
	if (st == ST_OK)
		st = purse_sent(at->purse, w->id, a, &f->sent, &f->n_sent);
	if (st == ST_OK)
		st = funds_reload(f);
	if (st == ST_OK)
		st = fill_gap(f, FUNDS_GAP);
	return st;
}

enum status funds_open(struct funds *f, const struct funds_at *at,
		       const char *owner, const char *name, struct arena *a)
{
	struct purse_wallet w;
	enum status st = purse_wallet_find(at->purse, owner, name, &w);
	struct block_info genesis;

	if (st == ST_OK)
		st = query_block_at(at->node, 0, &genesis);
	if (st == ST_OK && !hash256_equal(&w.chain.h, &genesis.id.h))
		st = ST_NOT_FOUND;
	return st == ST_OK ? funds_open_row(f, at, &w, a) : st;
}

enum status funds_list(const struct funds_at *at, const char *owner,
		       struct arena *a, struct purse_wallet **out, size_t *n)
{
	struct block_info genesis;
	struct purse_wallet *all;
	size_t count;
	enum status st = query_block_at(at->node, 0, &genesis);

	*n = 0;
	if (st == ST_OK)
		st = purse_wallets(at->purse, owner, a, &all, &count);
	if (st != ST_OK)
		return st;
	*out = all;
	for (size_t i = 0; i < count; i++)
		if (hash256_equal(&all[i].chain.h, &genesis.id.h))
			all[(*n)++] = all[i];
	return ST_OK;
}

/* --- new addresses --- */

const struct funds_desc *funds_active(const struct funds *f, const char *kind,
				      bool internal)
{
	for (size_t i = 0; i < f->n_desc; i++)
		if (f->desc[i].row.active && f->desc[i].row.internal == internal &&
		    strcmp(f->desc[i].row.kind, kind) == 0)
			return &f->desc[i];
	return NULL;
}

const char *funds_kind(const struct funds *f, bool internal)
{
	static const char *const known[] = {"bech32", "bech32m", "p2sh-segwit",
					    "legacy", "other"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (funds_active(f, known[i], internal))
			return known[i];
	return NULL;
}

enum status funds_address(struct funds *f, const char *kind, bool internal,
			  const char *label, struct bytes *script)
{
	struct purse_label l = {.label = label};
	const struct funds_desc *d;
	struct funds_desc ahead;
	struct desc_scripts out;
	uint32_t index = 0;
	bool own;
	enum status st;

	if (!*kind)
		kind = funds_kind(f, internal);
	d = kind ? funds_active(f, kind, internal) : NULL;
	if (!d)
		return ST_NOT_FOUND;
	st = purse_begin(f->at.purse, &own);
	if (st == ST_OK)
		st = purse_desc_take(f->at.purse, d->row.id, &index);
	if (st == ST_OK && !d->range)
		index = 0;
	if (st == ST_OK && !desc_expand(d->d, f->at.ec, index, f->arena, &out))
		st = ST_PARSE;
	ahead = *d;
	ahead.row.next = index + 1;
	if (st == ST_OK && d->range && d->row.past < index + 1 + FUNDS_GAP)
		st = funds_derive(f, &ahead, index + 1 + FUNDS_GAP);
	if (st == ST_OK) {
		*script = l.script = out.script[out.n > 2 ? 2 : 0];
		if (label)
			st = purse_label_put(f->at.purse, f->wallet.id, &l);
	}
	st = purse_end(f->at.purse, own, st);
	return st == ST_OK ? funds_reload(f) : st;
}
