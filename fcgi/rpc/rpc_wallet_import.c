/* SPDX-License-Identifier: MIT */
/* Descriptors in and out, and copies of wallets. */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "fcgi/rpc/rpc_funds.h"
#include "funds/setup.h"
#include "wallet/descnorm.h"

#define BACKUP_MAX ((size_t)16 << 20)

/* --- importdescriptors --- */

/* The keys go to the signer, and the descriptor goes on with public ones. */
static bool take_keys(struct rpc_call *c, struct funds *f, struct descriptor *d,
		      struct funds_import *in)
{
	struct signer_client signer = rpc_signer(c);
	struct bytes text = bytes_of(in->text, in->len);
	struct funds_fault fault;
	struct buf b;

	if (!desc_normalize(d, f->at.ec))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Cannot expand descriptor. Probably because of "
				"hardened derivations in a range");
	if (!funds_add_keys(f, &signer, (struct bytes){0}, text, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	buf_init(&b, 1 << 16);
	desc_text(&b, d, node_params(c->node), f->at.ec);
	in->text = arena_strdup(c->arena, buf_str(&b));
	in->len = b.len;
	buf_free(&b);
	return in->text || rpc_fail_status(c, ST_NOMEM);
}

static bool read_import(struct rpc_call *c, const struct json_value *o,
			struct funds_import *in)
{
	const struct json_value *v = json_get(o, "timestamp");
	int64_t low, high, n;
	const char *text;
	size_t len;

	if (!json_get_str(o, "desc", &in->text, &in->len))
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Descriptor not found.");
	if (!strchr(in->text, '#'))
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "Missing checksum");
	if (!v)
		return rpc_fail(c, RPC_TYPE_ERROR,
				"Missing required timestamp field for key");
	if (json_as_str(v, &text, &len) && strcmp(text, "now") == 0)
		in->created = clock_wall_s();
	else if (!json_as_int(v, &in->created))
		return rpc_fail(c, RPC_TYPE_ERROR,
				"Expected number or \"now\" timestamp value for key. "
				"got type %s", rpc_type_of(v));
	(void)json_get_bool(o, "active", &in->active);
	(void)json_get_bool(o, "internal", &in->internal);
	if (json_get(o, "label") && in->internal)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Internal addresses should not have a label");
	in->label = NULL;
	if (json_get(o, "label") && !json_get_str(o, "label", &in->label, &len))
		return rpc_fail_type(c, json_get(o, "label"), "string");
	if (!in->label && !in->internal && !in->active)
		in->label = "";
	v = json_get(o, "range");
	if (v) {
		low = high = 0;
		if (json_kind(v) == JSON_KIND_ARRAY &&
		    (!json_as_int(json_at(v, 0), &low) ||
		     !json_as_int(json_at(v, 1), &high)))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Range must be specified as end or as "
					"[begin,end]");
		if (json_kind(v) != JSON_KIND_ARRAY && !json_as_int(v, &high))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Range must be specified as end or as "
					"[begin,end]");
		if (low < 0 || high < low || high >= INT32_MAX)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Range should be greater or equal than 0");
		if (high - low >= 1000000)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Range is too large");
		in->has_range = true;
		in->first = (uint32_t)low;
		in->last = (uint32_t)high;
	}
	v = json_get(o, "next_index");
	if (v) {
		if (!json_as_int(v, &n) || n < in->first ||
		    (in->has_range && n > in->last) || n >= INT32_MAX)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"next_index is out of range");
		in->has_next = true;
		in->next = (uint32_t)n;
	}
	return true;
}

static bool import_one(struct rpc_call *c, struct funds *f,
		       const struct json_value *o)
{
	char error[DESC_ERROR_SIZE];
	struct funds_import in = {.error = error};
	bool watch = f->wallet.flags & PURSE_WATCH_ONLY;
	struct descriptor *d;
	enum status st;

	if (!read_import(c, o, &in))
		return false;
	d = desc_parse(c->arena, node_params(c->node), f->at.ec, in.text, in.len,
		       true, error);
	if (!d)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
	if (in.active && !desc_is_range(d))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Active descriptors must be ranged");
	if (desc_is_range(d) && in.label && *in.label)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Ranged descriptors should not have a label");
	if (in.has_range && !desc_is_range(d))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Range should not be specified for an un-ranged "
				"descriptor");
	if (watch && desc_has_private(d))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Cannot import private keys to a wallet with private "
				"keys disabled");
	if (!watch && !desc_has_private(d))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Cannot import descriptor without private keys to a "
				"wallet with private keys enabled");
	if (desc_has_private(d) && !take_keys(c, f, d, &in))
		return false;
	st = funds_import(f, &in);
	if (st == ST_PARSE)
		return rpc_fail(c, RPC_WALLET_ERROR, "%s", error);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_importdescriptors(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct funds f;

	if (!rpc_funds(c, &f))
		return false;
	json_arr_begin(w);
	for (size_t i = 0; i < json_count(c->arg[0]); i++) {
		bool good = import_one(c, &f, json_at(c->arg[0], i));

		json_obj_begin(w);
		json_put_bool(w, "success", good);
		if (!good) {
			json_key(w, "error");
			json_obj_begin(w);
			json_put_int(w, "code", c->code);
			json_put_str(w, "message", c->message);
			json_obj_end(w);
			c->code = 0;
		}
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

/* --- listdescriptors --- */

static void put_descriptors(struct json_writer *w, const struct funds *f)
{
	json_arr_begin(w);
	for (size_t i = 0; i < f->n_desc; i++) {
		const struct purse_desc *d = &f->desc[i].row;

		json_obj_begin(w);
		json_put_str(w, "desc", d->text);
		json_put_int(w, "timestamp", d->created);
		json_put_bool(w, "active", d->active);
		if (d->active)
			json_put_bool(w, "internal", d->internal);
		if (f->desc[i].range) {
			json_key(w, "range");
			json_arr_begin(w);
			json_uint(w, d->first);
			json_uint(w, d->past ? d->past - 1 : 0);
			json_arr_end(w);
			json_put_uint(w, "next", d->next);
			json_put_uint(w, "next_index", d->next);
		}
		json_obj_end(w);
	}
	json_arr_end(w);
}

bool rpc_listdescriptors(struct rpc_call *c)
{
	struct funds f;

	if (!rpc_funds(c, &f))
		return false;
	if (rpc_arg_bool(c, 0, false))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Private keys never leave quarry-signer; keep the "
				"words instead (quarry wallet backup)");
	json_obj_begin(c->w);
	json_put_str(c->w, "wallet_name", f.wallet.name);
	json_key(c->w, "descriptors");
	put_descriptors(c->w, &f);
	json_obj_end(c->w);
	return true;
}

bool rpc_rescanblockchain(struct rpc_call *c)
{
	int64_t from, to;
	struct funds f;

	if (!rpc_funds(c, &f) ||
	    !rpc_arg_int(c, 0, 0, INT32_MIN, INT32_MAX, &from) ||
	    !rpc_arg_int(c, 1, f.tip.height, INT32_MIN, INT32_MAX, &to))
		return false;
	if (from < 0 || from > f.tip.height)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid start_height");
	if (to < 0 || to > f.tip.height)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid stop_height");
	if (to < from)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"stop_height must be greater than start_height");
	/* there is nothing to scan: what the wallet has are queries */
	json_obj_begin(c->w);
	json_put_int(c->w, "start_height", from);
	json_put_int(c->w, "stop_height", to);
	json_obj_end(c->w);
	return true;
}

/* --- copies --- */

/* Public descriptors and labels as JSON; keys are the signer's to keep. */
bool rpc_backupwallet(struct rpc_call *c)
{
	const char *path = rpc_arg_str(c, 0);
	struct json_writer w;
	struct funds f;
	struct buf b;
	enum status st;

	if (!rpc_funds(c, &f))
		return false;
	buf_init(&b, BACKUP_MAX);
	json_begin(&w, &b);
	json_obj_begin(&w);
	json_put_str(&w, "quarry_wallet", f.wallet.name);
	json_put_str(&w, "keystore", f.wallet.keystore);
	json_put_int(&w, "flags", f.wallet.flags);
	json_key(&w, "descriptors");
	put_descriptors(&w, &f);
	json_key(&w, "labels");
	json_arr_begin(&w);
	for (size_t i = 0; i < f.n_label; i++) {
		json_obj_begin(&w);
		json_put_hex(&w, "script", f.label[i].script.p,
			     f.label[i].script.len);
		json_put_str(&w, "label", f.label[i].label);
		json_put_bool(&w, "send", f.label[i].send);
		json_obj_end(&w);
	}
	json_arr_end(&w);
	json_obj_end(&w);
	buf_text(&b, "\n");
	st = buf_status(&b);
	if (st == ST_OK)
		st = file_replace(path, b.p, b.len, 0600);
	buf_free(&b);
	if (st != ST_OK)
		return rpc_fail(c, RPC_WALLET_ERROR, "Error: Wallet backup failed!");
	json_nil(c->w);
	return true;
}

static bool restore_descriptor(struct rpc_call *c, struct funds *f,
			       const struct json_value *o)
{
	char error[DESC_ERROR_SIZE];
	struct funds_import in = {.error = error};
	int64_t last = 0, next = 0;
	enum status st;

	if (!json_get_str(o, "desc", &in.text, &in.len))
		return rpc_fail(c, RPC_WALLET_ERROR, "The file is no wallet's copy");
	(void)json_get_int(o, "timestamp", &in.created);
	(void)json_get_bool(o, "active", &in.active);
	(void)json_get_bool(o, "internal", &in.internal);
	if (json_as_int(json_at(json_get(o, "range"), 1), &last) && last >= 0 &&
	    last < FUNDS_SCRIPTS_MAX) {
		in.has_range = true;
		in.last = (uint32_t)last;
	}
	if (json_get_int(o, "next", &next) && next >= 0 && next <= last) {
		in.has_next = true;
		in.next = (uint32_t)next;
	}
	st = funds_import(f, &in);
	if (st == ST_PARSE)
		return rpc_fail(c, RPC_WALLET_ERROR, "%s", error);
	return st == ST_OK || rpc_fail_status(c, st);
}

static bool restore(struct rpc_call *c, const struct json_value *o)
{
	const struct json_value *list = json_get(o, "descriptors");
	struct purse_wallet w = {0};
	const char *keystore;
	struct funds_at at;
	struct funds f;
	int64_t flags;
	size_t len;
	enum status st;

	snprintf(w.name, sizeof(w.name), "%s", rpc_arg_str(c, 0));
	if (!json_get_int(o, "flags", &flags) ||
	    !json_get_str(o, "keystore", &keystore, &len) ||
	    len >= sizeof(w.keystore))
		return rpc_fail(c, RPC_WALLET_ERROR, "The file is no wallet's copy");
	w.flags = (unsigned)flags & 7;
	snprintf(w.keystore, sizeof(w.keystore), "%s", keystore);
	if (!rpc_funds_at(c, true, &at))
		return false;
	st = funds_create(&at, &w);
	if (st == ST_DENIED)
		return rpc_fail(c, RPC_WALLET_ALREADY_EXISTS,
				"Wallet name already exists.");
	if (st == ST_OK)
		st = funds_open_row(&f, &at, &w, c->arena);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (size_t i = 0; i < json_count(list); i++)
		if (!restore_descriptor(c, &f, json_at(list, i)))
			return false;
	list = json_get(o, "labels");
	for (size_t i = 0; st == ST_OK && i < json_count(list); i++) {
		const struct json_value *v = json_at(list, i);
		struct purse_label l = {0};
		const char *hex;

		if (!json_get_str(v, "script", &hex, &len) ||
		    !rpc_hex(c, hex, len, &l.script) ||
		    !json_get_str(v, "label", &l.label, &len))
			continue;
		(void)json_get_bool(v, "send", &l.send);
		st = purse_label_put(at.purse, w.id, &l);
	}
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_restorewallet(struct rpc_call *c)
{
	const char *name = rpc_arg_str(c, 0);
	char error[JSON_ERROR_SIZE];
	struct json_doc doc = {0};
	struct buf b;
	bool good;
	enum status st = file_read(rpc_arg_str(c, 1), BACKUP_MAX, &b);

	if (st != ST_OK)
		rpc_fail(c, RPC_INVALID_PARAMETER, "Backup file does not exist");
	else if (json_doc_parse(&doc, b.p, b.len, BACKUP_MAX, error) != ST_OK ||
		 !funds_name_ok(name, strlen(name)))
		rpc_fail(c, RPC_WALLET_ERROR, "The file is no wallet's copy");
	good = !c->code && restore(c, doc.root);
	json_doc_free(&doc);
	buf_free(&b);
	if (!good)
		return false;
	json_obj_begin(c->w);
	json_put_str(c->w, "name", name);
	json_obj_end(c->w);
	return true;
}
