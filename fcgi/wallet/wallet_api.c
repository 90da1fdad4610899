/* SPDX-License-Identifier: MIT */
/* What all of /wallet shares, and the parts that only read. */
#include "fcgi/wallet/wallet_api.h"

#include <stdio.h>

#include "fcgi/http/caller.h"
#include "fcgi/http/caller.h"
#include "fcgi/http/handlers.h"
#include "funds/keys.h"
#include "node/pool/mempool.h"
#include "primitives/address.h"
#include "wallet/sign.h"

#define ARENA_MAX ((size_t)1 << 30)
#define PAGE 50
#define SIGNER_PATIENCE_MS 3000

bool wallet_refuse(struct wallet_request *w, int status, const char *code,
		   const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	error_reply(w->rs, w->rq, status, code, "%s", text);
	return false;
}

bool wallet_status(struct wallet_request *w, enum status st)
{
	error_status(w->rs, w->rq, st);
	return false;
}

static bool read_body(struct wallet_request *w)
{
	char error[JSON_ERROR_SIZE];

	if (!w->rq->body.len)
		return true;
	if (json_doc_parse(&w->doc, w->rq->body.p, w->rq->body.len,
			   w->rq->body.len, error) != ST_OK)
		return wallet_refuse(w, 400, "bad-json",
				     "The body is no JSON: %s.", error);
	if (json_kind(w->doc.root) != JSON_KIND_OBJECT)
		return wallet_refuse(w, 400, "bad-json",
				     "The body is a JSON object.");
	w->body = w->doc.root;
	return true;
}

bool wallet_begin(struct wallet_request *w, struct app *app,
		  const struct request *rq, struct response *rs, bool create)
{
	struct wallet_signer *s = app_signer(app);
	enum status st;

	*w = (struct wallet_request){.app = app, .rq = rq, .rs = rs};
	arena_init(&w->arena, ARENA_MAX);
	rs->type = TYPE_JSON;
	/* the owner without a name is the operator, whom no request is from */
	if (!rq->caller->who.account)
		return wallet_refuse(w, 401, "sign-in", "Sign in first: wallets "
				     "belong to accounts.");
	snprintf(w->owner, sizeof(w->owner), "%lld",
		 (long long)rq->caller->who.account);
	if (!s)
		return wallet_status(w, ST_NOMEM);
	w->at = (struct funds_at){.node = app->node, .ec = wallet_signer_ec(s)};
	st = app_purse(app, create, &w->at.purse);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return wallet_status(w, st);
	return read_body(w);
}

bool wallet_look(struct wallet_request *w, bool snapshot)
{
	const struct bytes arg = w->rq->arg[0];
	char name[PURSE_NAME_SIZE];
	enum status st = ST_NOT_FOUND;

	if (arg.len < sizeof(name) && w->at.purse) {
		memcpy(name, arg.p, arg.len);
		name[arg.len] = '\0';
		st = snapshot ? node_snapshot(w->at.node) : ST_OK;
		w->snapshot = snapshot && st == ST_OK;
		if (st == ST_OK)
			st = funds_open(&w->f, &w->at, w->owner, name, &w->arena);
	}
	if (st == ST_NOT_FOUND)
		return wallet_refuse(w, 404, "no-such-wallet",
				     "You have no wallet of this name here.");
	return st == ST_OK || wallet_status(w, st);
}

void wallet_look_away(struct wallet_request *w)
{
	if (w->snapshot)
		node_snapshot_end(w->at.node);
	w->snapshot = false;
}

void wallet_end(struct wallet_request *w)
{
	wallet_look_away(w);
	json_doc_free(&w->doc);
	arena_free(&w->arena);
}

bool wallet_text(struct wallet_request *w, const char *key, const char **out)
{
	const struct json_value *v = json_get(w->body, key);
	size_t len;

	*out = NULL;
	if (!v || json_kind(v) == JSON_KIND_NULL)
		return true;
	return json_as_str(v, out, &len) ||
	       wallet_refuse(w, 400, "bad-arguments", "%s is a text.", key);
}

void wallet_put_balance(struct json_writer *j, const char *key,
			const struct funds_balance *b)
{
	json_key(j, key);
	json_obj_begin(j);
	json_put_int(j, "confirmed", b->confirmed);
	json_put_int(j, "unconfirmed", b->unconfirmed);
	json_put_int(j, "immature", b->immature);
	json_obj_end(j);
}

void wallet_put_payee(struct wallet_request *w, struct json_writer *j,
		      const char *key, struct bytes script)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	app_payee(&b, w->app, script);
	json_put_str(j, key, buf_str(&b));
	buf_free(&b);
}

/* Whether sending needs a passphrase, and that there is a signer. */
static void wallet_put_lock(struct wallet_request *w, struct json_writer *j,
			    struct funds *f)
{
	struct signer_client signer = {
		.socket = conf_text(w->app->conf, CONF_SIGNER_SOCKET),
		.timeout_ms = SIGNER_PATIENCE_MS};
	uint32_t left;
	enum funds_lock lock = funds_lock_state(f, &signer, &left);

	json_put_bool(j, "locked", lock == FUNDS_LOCKED || lock == FUNDS_NO_SIGNER);
	json_put_bool(j, "signer", lock != FUNDS_NO_SIGNER);
}

static void finish(struct wallet_request *w, struct json_writer *j)
{
	json_obj_end(j);
	buf_text(&w->rs->body, "\n");
}

/* --- GET /wallet --- */

static enum status put_one(struct wallet_request *w, struct json_writer *j,
			   const struct purse_wallet *row)
{
	struct funds_balance b;
	struct funds f;
	struct arena a;
	enum status st;

	arena_init(&a, ARENA_MAX);
	st = funds_open_row(&f, &w->at, row, &a);
	if (st == ST_OK)
		st = funds_balance(&f, &b);
	if (st == ST_OK) {
		json_obj_begin(j);
		json_put_str(j, "name", row->name);
		wallet_put_balance(j, "balance", &b);
		wallet_put_lock(w, j, &f);
		json_put_bool(j, "watch_only", !funds_has_keys(&f));
		json_put_int(j, "created", row->created);
		json_obj_end(j);
	}
	arena_free(&a);
	return st;
}

void wallet_list(struct app *app, const struct request *rq, struct response *rs)
{
	struct wallet_request w;
	struct purse_wallet *rows = NULL;
	struct json_writer j;
	size_t n = 0;
	enum status st = ST_OK;

	if (wallet_begin(&w, app, rq, rs, false)) {
		if (w.at.purse)
			st = funds_list(&w.at, w.owner, &w.arena, &rows, &n);
		json_begin(&j, &rs->body);
		json_arr_begin(&j);
		for (size_t i = 0; st == ST_OK && i < n; i++)
			st = put_one(&w, &j, &rows[i]);
		json_arr_end(&j);
		buf_text(&rs->body, "\n");
		if (st != ST_OK)
			wallet_status(&w, st);
	}
	wallet_end(&w);
}

/* --- GET /wallet/:name --- */

static void put_descriptors(struct wallet_request *w, struct json_writer *j)
{
	json_key(j, "descriptors");
	json_arr_begin(j);
	for (size_t i = 0; i < w->f.n_desc; i++) {
		const struct purse_desc *d = &w->f.desc[i].row;

		json_obj_begin(j);
		json_put_str(j, "descriptor", d->text);
		json_put_str(j, "type", d->kind);
		json_put_bool(j, "change", d->internal);
		json_put_bool(j, "active", d->active);
		json_put_int(j, "next", d->next);
		json_put_int(j, "derived", d->past);
		json_put_bool(j, "range", w->f.desc[i].range);
		json_obj_end(j);
	}
	json_arr_end(j);
}

/* The addresses that come next, not handed out by this. */
static void put_next(struct wallet_request *w, struct json_writer *j)
{
	json_key(j, "addresses");
	json_obj_begin(j);
	for (size_t i = 0; i < w->f.n_desc; i++) {
		const struct funds_desc *d = &w->f.desc[i];
		struct desc_scripts out;

		if (d->row.active && !d->row.internal &&
		    desc_expand(d->d, w->at.ec, d->row.next, &w->arena, &out))
			wallet_put_payee(w, j, d->row.kind, out.script[0]);
	}
	json_obj_end(j);
}

static enum status put_rates(struct wallet_request *w, struct json_writer *j)
{
	static const uint32_t target[] = {1, 3, 6, 25, 144};
	double rate[5];
	char key[12];
	enum status st = query_fee_rates(w->at.node, target, 5, &w->arena, rate);

	json_key(j, "rates");
	json_obj_begin(j);
	for (size_t i = 0; st == ST_OK && i < 5; i++) {
		snprintf(key, sizeof(key), "%u", target[i]);
		json_put_double(j, key, rate[i]);
	}
	json_obj_end(j);
	return st;
}

void wallet_get(struct app *app, const struct request *rq, struct response *rs)
{
	struct wallet_request w;
	struct funds_balance b;
	struct json_writer j;
	enum status st;

	if (wallet_begin(&w, app, rq, rs, false) && wallet_look(&w, true)) {
		st = funds_balance(&w.f, &b);
		json_begin(&j, &rs->body);
		json_obj_begin(&j);
		json_put_str(&j, "name", w.f.wallet.name);
		wallet_put_balance(&j, "balance", &b);
		json_put_int(&j, "locked_coins", b.locked);
		wallet_put_lock(&w, &j, &w.f);
		json_put_bool(&j, "watch_only", !funds_has_keys(&w.f));
		json_put_int(&j, "created", w.f.wallet.created);
		put_next(&w, &j);
		put_descriptors(&w, &j);
		if (st == ST_OK)
			st = put_rates(&w, &j);
		json_put_uint(&j, "height", w.f.tip.height);
		finish(&w, &j);
		if (st != ST_OK)
			wallet_status(&w, st);
	}
	wallet_end(&w);
}

/* --- GET /wallet/:name/history --- */

static const char *state_name(enum funds_state s)
{
	switch (s) {
	case FUNDS_CONFIRMED:
		return "confirmed";
	case FUNDS_WAITING:
		return "waiting";
	case FUNDS_GONE:
		return "gone";
	}
	return "";
}

/* Ours that were paid when coins came, the others' when they went. */
static void put_payees(struct wallet_request *w, struct json_writer *j,
		       const struct funds_tx *x)
{
	bool went = x->in_sat > 0;

	json_key(j, "addresses");
	json_arr_begin(j);
	for (uint32_t i = 0; i < x->t.tx.n_out; i++) {
		struct bytes script = x->t.tx.out[i].script;
		char address[ADDRESS_TEXT_SIZE];

		if ((funds_find(&w->f, script) != NULL) != went &&
		    address_from_script(address, node_params(w->at.node), script))
			json_str(j, address);
	}
	json_arr_end(j);
}

static bool is_first(const struct tx *tx, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (bytes_equal(tx->out[i].script, tx->out[at].script))
			return false;
	return true;
}

static enum status put_labels(struct wallet_request *w, struct json_writer *j,
			      const struct funds_tx *x)
{
	const char *label;
	enum status st = purse_tx_label(w->at.purse, w->f.wallet.id,
					&x->t.tx.txid, &w->arena, &label);

	json_key(j, "labels");
	json_arr_begin(j);
	if (label && *label)
		json_str(j, label);
	for (uint32_t i = 0; i < x->t.tx.n_out; i++) {
		label = funds_label(&w->f, x->t.tx.out[i].script);
		if (label && *label && is_first(&x->t.tx, i))
			json_str(j, label);
	}
	json_arr_end(j);
	return st;
}

static enum status put_tx(struct wallet_request *w, struct json_writer *j,
			  const struct funds_tx *x)
{
	enum status st;

	json_obj_begin(j);
	json_put_hash(j, "txid", &x->t.tx.txid.h);
	json_put_str(j, "state", state_name(x->state));
	json_put_int(j, "time", x->time);
	if (x->state == FUNDS_CONFIRMED)
		json_put_uint(j, "height", x->t.height);
	else
		json_put_nil(j, "height");
	json_put_int(j, "confirmations", x->confirmations);
	json_put_int(j, "amount", x->out_sat - x->in_sat);
	if (x->all_ours)
		json_put_int(j, "fee", x->t.fee_sat);
	json_put_uint(j, "vsize", (x->t.weight + 3) / 4);
	json_put_bool(j, "coinbase", x->t.coinbase);
	put_payees(w, j, x);
	st = put_labels(w, j, x);
	json_put_bool(j, "replaceable", x->replaceable && x->in_sat > 0);
	if (x->note && x->note->has_replaced_by)
		json_put_hash(j, "replaced_by", &x->note->replaced_by.h);
	if (x->note && x->note->has_replaces)
		json_put_hash(j, "replaces", &x->note->replaces.h);
	if (x->note && *x->note->comment)
		json_put_str(j, "comment", x->note->comment);
	json_obj_end(j);
	return st;
}

/* The page behind `after`: looks at more of the history until it is found. */
static bool find_page(struct wallet_request *w, const struct txid *after,
		      struct funds_tx **v, size_t *n)
{
	for (size_t limit = PAGE;; limit *= 8) {
		size_t at = 0, all;
		enum status st = funds_history(&w->f, 0, limit, v, &all);

		if (st != ST_OK)
			return wallet_status(w, st);
		if (!after) {
			*n = all;
			return true;
		}
		while (at < all && !hash256_equal(&(*v)[at].t.tx.txid.h, &after->h))
			at++;
		if (at + PAGE < all || all < limit) {
			at = at < all ? at + 1 : all;
			*v += at;
			*n = all - at < PAGE ? all - at : PAGE;
			return true;
		}
	}
}

void wallet_history(struct app *app, const struct request *rq,
		    struct response *rs)
{
	const char *text = request_query(rq, "after");
	struct wallet_request w;
	struct funds_tx *v = NULL;
	struct json_writer j;
	struct txid after;
	size_t n = 0;
	enum status st = ST_OK;
	bool ok = wallet_begin(&w, app, rq, rs, false);

	if (ok && text && !hash256_parse(&after.h, text, strlen(text)))
		ok = wallet_refuse(&w, 400, "bad-arguments",
				   "after is a transaction's id: 64 digits.");
	if (ok && wallet_look(&w, true) &&
	    find_page(&w, text ? &after : NULL, &v, &n)) {
		json_begin(&j, &rs->body);
		json_arr_begin(&j);
		for (size_t i = 0; st == ST_OK && i < n; i++)
			st = put_tx(&w, &j, &v[i]);
		json_arr_end(&j);
		buf_text(&rs->body, "\n");
		if (st != ST_OK)
			wallet_status(&w, st);
	}
	wallet_end(&w);
}

/* --- GET /wallet/:name/coins --- */

static void put_coin(struct wallet_request *w, struct json_writer *j,
		     const struct funds_coin *c)
{
	json_obj_begin(j);
	json_put_hash(j, "txid", &c->at.txid.h);
	json_put_uint(j, "vout", c->at.n);
	json_put_int(j, "amount", c->value);
	wallet_put_payee(w, j, "address", c->script->script);
	if (c->script->label && *c->script->label)
		json_put_str(j, "label", c->script->label);
	json_put_int(j, "confirmations", c->confirmations);
	if (c->confirmed)
		json_put_uint(j, "height", c->height);
	else
		json_put_nil(j, "height");
	json_put_bool(j, "change", funds_is_change(&w->f, c->script));
	json_put_bool(j, "coinbase", c->coinbase);
	json_put_bool(j, "immature", c->immature);
	json_put_bool(j, "safe", c->safe);
	json_put_bool(j, "locked", c->locked);
	json_obj_end(j);
}

void wallet_coins(struct app *app, const struct request *rq, struct response *rs)
{
	struct wallet_request w;
	struct funds_coin *c;
	struct json_writer j;
	size_t n;
	enum status st;

	if (wallet_begin(&w, app, rq, rs, false) && wallet_look(&w, true)) {
		st = funds_coins(&w.f, &c, &n);
		json_begin(&j, &rs->body);
		json_arr_begin(&j);
		for (size_t i = 0; st == ST_OK && i < n; i++)
			put_coin(&w, &j, &c[i]);
		json_arr_end(&j);
		buf_text(&rs->body, "\n");
		if (st != ST_OK)
			wallet_status(&w, st);
	}
	wallet_end(&w);
}

/* --- POST /wallet/:name/address --- */

static bool new_address(struct wallet_request *w, const char *kind,
			const char *label, struct json_writer *j)
{
	char address[ADDRESS_TEXT_SIZE], uri[ADDRESS_TEXT_SIZE + 8];
	struct bytes script;
	enum status st;

	if (label && strlen(label) > 200)
		return wallet_refuse(w, 400, "bad-arguments",
				     "A label has at most 200 bytes.");
	st = funds_address(&w->f, kind ? kind : "", false, label ? label : "",
			   &script);
	if (st == ST_NOT_FOUND)
		return wallet_refuse(w, 409, "no-such-type",
				     "This wallet gives no addresses of this type.");
	if (st != ST_OK)
		return wallet_status(w, st);
	if (!address_from_script(address, node_params(w->at.node), script))
		return wallet_refuse(w, 409, "no-address",
				     "The scripts of this wallet have no address.");
	json_obj_begin(j);
	json_put_str(j, "address", address);
	snprintf(uri, sizeof(uri), "bitcoin:%s", address);
	json_put_str(j, "uri", uri);
	json_obj_end(j);
	return true;
}

void wallet_address(struct app *app, const struct request *rq,
		    struct response *rs)
{
	const char *kind, *label;
	struct wallet_request w;
	struct json_writer j;

	json_begin(&j, &rs->body);
	if (wallet_begin(&w, app, rq, rs, false) && wallet_text(&w, "type", &kind) &&
	    wallet_text(&w, "label", &label) && wallet_look(&w, false) &&
	    new_address(&w, kind, label, &j))
		buf_text(&rs->body, "\n");
	wallet_end(&w);
}

/* --- POST /wallet/:name/label --- */

static bool put_label(struct wallet_request *w, const char *address,
		      const char *txid, const char *label)
{
	struct purse_label l = {.label = label};
	struct buf script;
	struct txid id;
	enum status st;

	if (!label || strlen(label) > 200 || !address == !txid)
		return wallet_refuse(w, 400, "bad-arguments",
				     "Send a label of at most 200 bytes, and the "
				     "address or the txid it is for.");
	if (txid) {
		if (!hash256_parse(&id.h, txid, strlen(txid)))
			return wallet_refuse(w, 400, "bad-arguments",
					     "txid is 64 digits.");
		st = purse_tx_label_put(w->at.purse, w->f.wallet.id, &id, label);
		return st == ST_OK || wallet_status(w, st);
	}
	buf_init(&script, 256);
	if (address_to_script(&script, node_params(w->at.node), address,
			      strlen(address)) != ADDRESS_OK) {
		buf_free(&script);
		return wallet_refuse(w, 400, "bad-address",
				     "This is no address of this chain.");
	}
	l.script = buf_view(&script);
	l.send = !funds_find(&w->f, l.script);
	st = purse_label_put(w->at.purse, w->f.wallet.id, &l);
	buf_free(&script);
	return st == ST_OK || wallet_status(w, st);
}

void wallet_label(struct app *app, const struct request *rq, struct response *rs)
{
	const char *address, *txid, *label;
	struct wallet_request w;

	if (wallet_begin(&w, app, rq, rs, false) &&
	    wallet_text(&w, "address", &address) && wallet_text(&w, "txid", &txid) &&
	    wallet_text(&w, "label", &label) && wallet_look(&w, false) &&
	    put_label(&w, address, txid, label))
		buf_text(&rs->body, "{}\n");
	wallet_end(&w);
}
