/* SPDX-License-Identifier: MIT */
#include "funds/setup.h"

#include <stdio.h>

#include "base/clock.h"
#include "funds/funds_internal.h"

bool funds_name_ok(const char *name, size_t len)
{
	size_t n = 0;

	if (len >= PURSE_NAME_SIZE)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c < 0x20 || c == 0x7f || c == '/')
			return false;
		n += (c & 0xc0) != 0x80;
	}
	return n <= PURSE_NAME_MAX;
}

void funds_kind_of(char out[PURSE_KIND_SIZE], const char *text)
{
	static const struct {
		const char *begins, *kind;
	} known[] = {
		{"pkh(", "legacy"},	{"wpkh(", "bech32"},
		{"wsh(", "bech32"},	{"tr(", "bech32m"},
		{"rawtr(", "bech32m"},	{"sh(wpkh(", "p2sh-segwit"},
		{"sh(wsh(", "p2sh-segwit"}, {"sh(", "legacy"},
	};
	const char *kind = "other";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strncmp(text, known[i].begins, strlen(known[i].begins)))
			continue;
		kind = known[i].kind;
		break;
	}
	snprintf(out, PURSE_KIND_SIZE, "%s", kind);
}

enum status funds_create(const struct funds_at *at, struct purse_wallet *w)
{
	struct block_info genesis;
	enum status st = query_block_at(at->node, 0, &genesis);

	if (st != ST_OK)
		return st;
	w->chain = genesis.id;
	w->created = clock_wall_s();
	w->loaded = true;
	return purse_wallet_add(at->purse, w);
}

static bool refuse(const struct funds_import *i, const char *why)
{
	snprintf(i->error, DESC_ERROR_SIZE, "%s", why);
	return false;
}

/* What is wrong with it for a wallet that never sees a private key. */
static bool is_fit(const struct funds *f, const struct funds_import *i,
		   const struct descriptor *d)
{
	struct desc_scripts out;

	if (desc_has_private(d))
		return refuse(i, "A descriptor with a private key is the signer's "
				 "to import");
	if (i->has_range && !desc_is_range(d))
		return refuse(i, "Range should not be specified for an un-ranged "
				 "descriptor");
	if (i->active && !desc_is_range(d))
		return refuse(i, "Active descriptors must be ranged");
	if (i->label && *i->label && desc_is_range(d))
		return refuse(i, "Ranged descriptors should not have a label");
	if (i->label && *i->label && i->internal)
		return refuse(i, "Internal addresses should not have a label");
	if (i->active && !desc_is_single_type(d))
		return refuse(i, "Combo descriptors cannot be set to active");
	if (!desc_expand(d, f->at.ec, i->first, f->arena, &out))
		return refuse(i, "Cannot expand descriptor. Probably because of "
				 "hardened derivations without private keys "
				 "provided");
	return true;
}

static enum status derive(struct funds *f, const struct funds_import *i,
			  struct funds_desc *d)
{
	uint32_t past = d->row.past;
	enum status st;

	d->row.past = d->row.first;
	st = purse_desc_put(f->at.purse, f->wallet.id, &d->row);
	if (st == ST_OK)
		st = funds_derive(f, d, past);
	for (uint32_t n = d->row.first; st == ST_OK && i->label && n < past; n++) {
		struct desc_scripts out;

		if (!desc_expand(d->d, f->at.ec, n, f->arena, &out))
			return ST_PARSE;
		for (unsigned k = 0; st == ST_OK && k < out.n; k++) {
			const struct purse_label l = {.script = out.script[k],
						      .label = i->label};

			st = purse_label_put(f->at.purse, f->wallet.id, &l);
		}
	}
	return st;
}

enum status funds_import(struct funds *f, const struct funds_import *i)
{
	struct funds_desc d = {0};
	struct buf text;
	bool own;
	enum status st;

	d.d = desc_parse(f->arena, node_params(f->at.node), f->at.ec, i->text,
			 i->len, false, i->error);
	if (!d.d || !is_fit(f, i, d.d))
		return ST_PARSE;
	d.range = desc_is_range(d.d);
	d.row.internal = i->internal;
	d.row.active = i->active;
	d.row.created = i->created;
	d.row.first = i->has_range ? i->first : 0;
	if (!d.range)
		d.row.past = 1;
	else
		d.row.past = i->has_range ? i->last + 1 : FUNDS_IMPORT_RANGE;
	d.row.next = i->has_next ? i->next : d.row.first;
	if (!d.range)
		d.row.next = 0;
	buf_init(&text, 1 << 16);
	desc_text(&text, d.d, node_params(f->at.node), f->at.ec);
	d.row.text = arena_strdup(f->arena, buf_str(&text));
	st = buf_status(&text);
	buf_free(&text);
	if (st == ST_OK && !d.row.text)
		st = ST_NOMEM;
	if (st != ST_OK)
		return st;
	funds_kind_of(d.row.kind, d.row.text);
	st = purse_begin(f->at.purse, &own);
	if (st == ST_OK)
		st = derive(f, i, &d);
	return purse_end(f->at.purse, own, st);
}
