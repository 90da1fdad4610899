/* SPDX-License-Identifier: MIT */
/*
 * The parts of /wallet that make something: wallets, drafts, payments. Keys are
 * with quarry-signer; a passphrase in a request is passed on to it and wiped.
 */
#include <stdio.h>

#include "base/base64.h"
#include "fcgi/http/handlers.h"
#include "fcgi/wallet/wallet_api.h"
#include "funds/keys.h"
#include "funds/setup.h"
#include "primitives/address.h"
#include "wallet/psbt.h"
#include "wallet/sign.h"

#define PSBT_MAX ((size_t)8 << 20)
#define PAYEES_MAX 1000

static struct signer_client signer_of(const struct app *app)
{
	return (struct signer_client){
		.socket = conf_text(app->conf, CONF_SIGNER_SOCKET)};
}

static bool refuse_signer(struct wallet_request *w, const struct funds_fault *f)
{
	switch ((enum signer_result)f->signer) {
	case SIGNER_OK:
		break;
	case SIGNER_LOCKED:
		return wallet_refuse(w, 409, "locked", "%s", f->message);
	case SIGNER_DENIED:
		return wallet_refuse(w, 403, "wrong-passphrase", "%s", f->message);
	case SIGNER_WAIT:
		w->rs->retry_after_s = 10;
		return wallet_refuse(w, 429, "wait", "%s", f->message);
	case SIGNER_ABSENT:
		return wallet_refuse(w, 503, "no-signer", "%s", f->message);
	case SIGNER_NOT_FOUND:
	case SIGNER_EXISTS:
		return wallet_refuse(w, 409, "keystore", "%s", f->message);
	case SIGNER_REFUSED:
	case SIGNER_BAD:
		return wallet_refuse(w, 400, "refused-by-signer", "%s", f->message);
	case SIGNER_FAILED:
		return wallet_refuse(w, 503, "signer-failed", "%s", f->message);
	}
	return wallet_status(w, ST_IO);
}

static bool refuse_fault(struct wallet_request *w, const struct funds_fault *f)
{
	switch (f->kind) {
	case FUNDS_USAGE:
		return wallet_refuse(w, 400, "bad-arguments", "%s.", f->message);
	case FUNDS_POOR:
		return wallet_refuse(w, 409, "insufficient-funds", "%s.", f->message);
	case FUNDS_REFUSED:
		return wallet_refuse(w, 409, "not-possible", "%s.", f->message);
	case FUNDS_EXISTS:
		return wallet_refuse(w, 409, "exists", "%s.", f->message);
	case FUNDS_SIGNER:
		return refuse_signer(w, f);
	case FUNDS_REJECTED:
		error_verdict(w->rs, w->rq, &f->verdict);
		return false;
	case FUNDS_FAILED:
		break;
	}
	return wallet_status(w, f->st);
}

/* A text that is wiped where it lies: the document's copy of it. */
static struct bytes secret_of(struct wallet_request *w, const char *key)
{
	const char *text;
	size_t len;

	if (!json_get_str(w->body, key, &text, &len))
		return (struct bytes){0};
	return bytes_of(text, len);
}

static void forget(struct wallet_request *w)
{
	static const char *const keys[] = {"passphrase", "words", "extra"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct bytes v = secret_of(w, keys[i]);

		if (v.len)
			wallet_text_wipe((void *)(uintptr_t)v.p, v.len);
	}
	if (w->rq->body.len)
		wallet_text_wipe((void *)(uintptr_t)w->rq->body.p,
				 w->rq->body.len);
}

/* --- POST /wallet --- */

/* One of the descriptors: a text, or an object with "change" and "active". */
static bool import_one(struct wallet_request *w, const struct json_value *v)
{
	char error[DESC_ERROR_SIZE];
	struct funds_import in = {.error = error, .created = w->f.wallet.created};
	enum status st;

	if (!json_as_str(v, &in.text, &in.len) &&
	    !json_get_str(v, "descriptor", &in.text, &in.len))
		return wallet_refuse(w, 400, "bad-arguments",
				     "descriptors is an array of texts.");
	(void)json_get_bool(v, "change", &in.internal);
	in.active = strstr(in.text, "/*") != NULL;
	(void)json_get_bool(v, "active", &in.active);
	if (!in.internal && !in.active)
		in.label = "";
	st = funds_import(&w->f, &in);
	if (st == ST_PARSE)
		return wallet_refuse(w, 400, "bad-descriptor", "%s.", error);
	return st == ST_OK || wallet_status(w, st);
}

static bool fill_watching(struct wallet_request *w, struct purse_wallet *row,
			  const struct json_value *list)
{
	enum status st = funds_create(&w->at, row);
	bool good = true;

	if (st == ST_DENIED)
		return wallet_refuse(w, 409, "exists",
				     "There is a wallet of this name already.");
	if (st == ST_OK)
		st = funds_open_row(&w->f, &w->at, row, &w->arena);
	if (st != ST_OK)
		return wallet_status(w, st);
	for (size_t i = 0; good && i < json_count(list); i++)
		good = import_one(w, json_at(list, i));
	return good;
}

/* With all its descriptors, or not at all. */
static bool make_watching(struct wallet_request *w, struct purse_wallet *row,
			  const struct json_value *list)
{
	bool own, good;
	enum status st = purse_begin(w->at.purse, &own);

	row->flags |= PURSE_WATCH_ONLY;
	if (st != ST_OK)
		return wallet_status(w, st);
	good = fill_watching(w, row, list);
	st = purse_end(w->at.purse, own, good ? ST_OK : ST_CANCELLED);
	return good && (st == ST_OK || wallet_status(w, st));
}

static bool create(struct wallet_request *w, char words[BIP39_TEXT_SIZE])
{
	const struct json_value *list = json_get_array(w->body, "descriptors");
	struct signer_client signer = signer_of(w->app);
	struct purse_wallet row = {0};
	struct funds_new how = {.passphrase = secret_of(w, "passphrase"),
				.words = secret_of(w, "words"),
				.extra = secret_of(w, "extra")};
	struct funds_fault fault;
	const char *name;
	size_t len;

	if (!json_get_str(w->body, "name", &name, &len) || !len ||
	    !funds_name_ok(name, len))
		return wallet_refuse(w, 400, "bad-arguments",
				     "name is 1 to 100 characters without a slash.");
	snprintf(row.name, sizeof(row.name), "%s", name);
	snprintf(row.owner, sizeof(row.owner), "%s", w->owner);
	if (list)
		return make_watching(w, &row, list);
	return funds_new_wallet(&w->at, &row, &signer, &how, words, &w->arena,
				&fault) || refuse_fault(w, &fault);
}

void wallet_create(struct app *app, const struct request *rq, struct response *rs)
{
	char words[BIP39_TEXT_SIZE] = "";
	struct wallet_request w;
	struct json_writer j;
	const char *name;
	size_t len;

	if (wallet_begin(&w, app, rq, rs, true) && create(&w, words) &&
	    json_get_str(w.body, "name", &name, &len)) {
		rs->status = 201;
		json_begin(&j, &rs->body);
		json_obj_begin(&j);
		json_put_str(&j, "name", name);
		if (*words)
			json_put_str(&j, "words", words);
		json_obj_end(&j);
		buf_text(&rs->body, "\n");
	}
	wallet_text_wipe(words, sizeof(words));
	forget(&w);
	wallet_end(&w);
}

/* --- POST /wallet/:name/draft --- */

static bool read_payee(struct wallet_request *w, const struct json_value *v,
		       struct funds_payee *p)
{
	const char *address, *all;
	struct buf script;
	size_t len, n;
	bool good;

	if (!json_get_str(v, "address", &address, &len))
		return wallet_refuse(w, 400, "bad-arguments",
				     "Each of `to` has an address.");
	buf_init(&script, 256);
	good = address_to_script(&script, node_params(w->at.node), address, len) ==
	       ADDRESS_OK;
	p->script = bytes_of(good ? arena_copy(&w->arena, script.p, script.len)
				  : NULL, script.len);
	buf_free(&script);
	if (!p->script.p)
		return wallet_refuse(w, 400, "bad-address",
				     "%.100s is no address of this chain.", address);
	if (json_get_str(v, "amount", &all, &n) && strcmp(all, "all") == 0)
		p->rest = true;
	else if (!json_get_int(v, "amount", &p->amount_sat) || p->amount_sat <= 0 ||
		 !money_ok(p->amount_sat))
		return wallet_refuse(w, 400, "bad-arguments",
				     "amount is a number of satoshi above 0, or "
				     "\"all\".");
	(void)json_get_bool(v, "subtract_fee", &p->subtract);
	return true;
}

static bool read_payees(struct wallet_request *w, struct funds_order *o)
{
	const struct json_value *to = json_get_array(w->body, "to");
	size_t n = json_count(to);
	struct funds_payee *p = arena_calloc(&w->arena, n + 1, sizeof(*p));

	if (!p)
		return wallet_status(w, ST_NOMEM);
	if (!n || n > PAYEES_MAX)
		return wallet_refuse(w, 400, "bad-arguments",
				     "to is an array of who is paid.");
	for (size_t i = 0; i < n; i++)
		if (!read_payee(w, json_at(to, i), &p[i]))
			return false;
	o->to = p;
	o->n_to = n;
	return true;
}

/* "rate" in satoshi per vbyte, or "target" in blocks. */
static bool read_rate(struct wallet_request *w, int64_t *rate, uint32_t *target)
{
	const struct json_value *v = json_get(w->body, "rate");
	int64_t n;

	if (v && json_as_int(v, &n)) {
		if (n < 1 || n > FUNDS_RATE_MAX_SAT_KVB / 1000)
			return wallet_refuse(w, 400, "bad-arguments",
					     "rate is 1 to 10000 satoshi per vbyte.");
		*rate = n * 1000;
	} else if (v && json_kind(v) == JSON_KIND_REAL) {
		int64_t fine;

		/* three decimals at most count */
		if (!json_as_sat(v, &fine) || fine < COIN_SAT ||
		    fine > COIN_SAT * 10000)
			return wallet_refuse(w, 400, "bad-arguments",
					     "rate is 1 to 10000 satoshi per vbyte.");
		*rate = fine / (COIN_SAT / 1000);
	} else if (v && json_kind(v) != JSON_KIND_NULL) {
		return wallet_refuse(w, 400, "bad-arguments", "rate is a number.");
	}
	v = json_get(w->body, "target");
	if (v && json_kind(v) != JSON_KIND_NULL) {
		if (!json_as_int(v, &n) || n < 1 || n > 1008)
			return wallet_refuse(w, 400, "bad-arguments",
					     "target is 1 to 1008 blocks.");
		*target = (uint32_t)n;
	}
	return true;
}

/* "coins": [{txid,vout}] or "TXID:N", these and no others. */
static bool read_coins(struct wallet_request *w, struct funds_order *o)
{
	const struct json_value *list = json_get_array(w->body, "coins");
	size_t n = json_count(list), len;
	struct funds_input *in = arena_calloc(&w->arena, n + 1, sizeof(*in));

	if (!in)
		return wallet_status(w, ST_NOMEM);
	for (size_t i = 0; i < n; i++) {
		const struct json_value *v = json_at(list, i);
		const char *text;
		int64_t vout = -1;
		uint64_t m;

		if (json_as_str(v, &text, &len) && len > 65 && text[64] == ':' &&
		    hash256_parse(&in[i].at.txid.h, text, 64) &&
		    request_number(bytes_of(text + 65, len - 65), UINT32_MAX, &m))
			vout = (int64_t)m;
		else if (!json_get_hash(v, "txid", &in[i].at.txid.h) ||
			 !json_get_int(v, "vout", &vout))
			vout = -1;
		if (vout < 0 || vout > UINT32_MAX)
			return wallet_refuse(w, 400, "bad-arguments",
					     "coins is an array of {txid, vout}.");
		in[i].at.n = (uint32_t)vout;
	}
	o->in = in;
	o->n_in = n;
	o->only_in = n > 0;
	return true;
}

static const char *psbt_text(struct wallet_request *w, struct bytes psbt)
{
	char *text = arena_alloc(&w->arena, BASE64_TEXT_SIZE(psbt.len), 1);

	return text ? base64_text(text, psbt.p, psbt.len) : "";
}

static void put_draft(struct wallet_request *w, const struct funds_draft *d)
{
	struct json_writer j;

	json_begin(&j, &w->rs->body);
	json_obj_begin(&j);
	json_put_str(&j, "psbt", psbt_text(w, d->psbt));
	json_key(&j, "inputs");
	json_arr_begin(&j);
	for (uint32_t i = 0; i < d->tx.n_in; i++) {
		json_obj_begin(&j);
		json_put_hash(&j, "txid", &d->tx.in[i].prevout.txid.h);
		json_put_uint(&j, "vout", d->tx.in[i].prevout.n);
		json_put_int(&j, "amount", d->spent[i].value);
		wallet_put_payee(w, &j, "address", d->spent[i].script);
		json_obj_end(&j);
	}
	json_arr_end(&j);
	json_key(&j, "outputs");
	json_arr_begin(&j);
	for (uint32_t i = 0; i < d->tx.n_out; i++) {
		json_obj_begin(&j);
		wallet_put_payee(w, &j, "address", d->tx.out[i].script);
		json_put_int(&j, "amount", d->tx.out[i].value);
		json_put_bool(&j, "change", (int)i == d->change_pos);
		json_put_bool(&j, "own",
			      funds_find(&w->f, d->tx.out[i].script) != NULL);
		json_obj_end(&j);
	}
	json_arr_end(&j);
	json_put_int(&j, "fee", d->fee_sat);
	json_put_uint(&j, "vsize", d->vsize);
	json_put_double(&j, "rate", (double)d->fee_sat / d->vsize);
	json_put_int(&j, "change", d->change_sat);
	json_put_int(&j, "dropped", d->dropped_sat);
	json_obj_end(&j);
	buf_text(&w->rs->body, "\n");
}

void wallet_draft(struct app *app, const struct request *rq, struct response *rs)
{
	struct funds_order o = {.change_pos = -1, .min_conf = 0};
	struct wallet_request w;
	struct funds_fault fault;
	struct funds_draft d;

	if (wallet_begin(&w, app, rq, rs, false) && wallet_look(&w, true) &&
	    read_payees(&w, &o) && read_rate(&w, &o.rate_sat_kvb, &o.target) &&
	    read_coins(&w, &o)) {
		if (funds_draft(&w.f, &o, &d, &fault))
			put_draft(&w, &d);
		else
			refuse_fault(&w, &fault);
	}
	wallet_end(&w);
}

/* --- POST /wallet/:name/send, bump --- */

static bool read_psbt(struct wallet_request *w, struct bytes *psbt)
{
	const char *text;
	struct buf b;
	size_t len;
	bool good;

	buf_init(&b, PSBT_MAX);
	good = json_get_str(w->body, "psbt", &text, &len) &&
	       base64_parse(&b, text, len);
	*psbt = bytes_of(good ? arena_copy(&w->arena, b.p, b.len) : NULL, b.len);
	buf_free(&b);
	return psbt->p || wallet_refuse(w, 400, "bad-arguments",
					"psbt is a PSBT in base64.");
}

/* Signed, finished and sent; or as far as it goes, for others to sign. */
static bool sign_and_send(struct wallet_request *w, struct bytes psbt,
			  const struct funds_note *note)
{
	struct signer_client signer = signer_of(w->app);
	struct funds_finished done;
	struct funds_fault fault;
	struct json_writer j;
	struct txid id;

	if (!funds_sign(&w->f, &signer, secret_of(w, "passphrase"), psbt, 0, &psbt,
			&fault) ||
	    !funds_finish(&w->f, psbt, &done, &fault))
		return refuse_fault(w, &fault);
	wallet_look_away(w);
	if (done.complete && !funds_send(&w->f, done.raw, note, &id, &fault))
		return refuse_fault(w, &fault);
	json_begin(&j, &w->rs->body);
	json_obj_begin(&j);
	if (done.complete)
		json_put_hash(&j, "txid", &id.h);
	else
		json_put_str(&j, "psbt", psbt_text(w, done.psbt));
	json_obj_end(&j);
	buf_text(&w->rs->body, "\n");
	return true;
}

/* A draft hands out no address for change: here it is one. */
static bool keep_change(struct wallet_request *w, struct bytes psbt)
{
	const char *error;
	struct psbt p;

	if (!psbt_parse(&p, psbt.p, psbt.len, &w->arena, &error))
		return wallet_refuse(w, 400, "bad-arguments", "This is no PSBT: %s.",
				     error);
	for (uint32_t i = 0; i < p.tx.n_out; i++) {
		const struct funds_script *s = funds_find(&w->f,
							  p.tx.out[i].script);
		struct purse_desc d;
		enum status st;

		if (!s || w->f.desc[s->desc].row.next > s->n ||
		    !w->f.desc[s->desc].range)
			continue;
		d = w->f.desc[s->desc].row;
		d.next = s->n + 1;
		st = purse_desc_put(w->at.purse, w->f.wallet.id, &d);
		if (st != ST_OK)
			return wallet_status(w, st);
	}
	return true;
}

void wallet_send(struct app *app, const struct request *rq, struct response *rs)
{
	struct funds_note note = {0};
	struct wallet_request w;
	struct bytes psbt;

	if (wallet_begin(&w, app, rq, rs, false) && wallet_look(&w, false) &&
	    read_psbt(&w, &psbt) && wallet_text(&w, "comment", &note.comment) &&
	    keep_change(&w, psbt))
		(void)sign_and_send(&w, psbt, &note);
	forget(&w);
	wallet_end(&w);
}

void wallet_bump(struct app *app, const struct request *rq, struct response *rs)
{
	struct funds_bump b = {0};
	struct funds_note note = {0};
	struct funds_bumped out;
	struct funds_fault fault;
	struct wallet_request w;

	if (wallet_begin(&w, app, rq, rs, false) && wallet_look(&w, false) &&
	    read_rate(&w, &b.rate_sat_kvb, &b.target)) {
		(void)json_get_bool(w.body, "child", &b.child);
		if (!json_get_hash(w.body, "txid", &b.txid.h)) {
			wallet_refuse(&w, 400, "bad-arguments", "txid is 64 digits.");
		} else if (!funds_bump(&w.f, &b, &out, &fault)) {
			refuse_fault(&w, &fault);
		} else {
			if (!out.child)
				note.replaces = &b.txid;
			(void)sign_and_send(&w, out.draft.psbt, &note);
		}
	}
	forget(&w);
	wallet_end(&w);
}

/* --- POST /wallet/:name/backup --- */

static bool put_words(struct wallet_request *w)
{
	struct signer_client signer = signer_of(w->app);
	struct bytes pass = secret_of(w, "passphrase");
	char words[BIP39_TEXT_SIZE] = "";
	struct funds_fault fault;
	enum signer_result r;
	struct json_writer j;

	if (!funds_has_keys(&w->f))
		return wallet_refuse(w, 409, "watch-only",
				     "This wallet has no keys: keep its descriptors.");
	r = signer_words(&signer, w->f.wallet.keystore,
			 pass.p ? pass : bytes_of("", 0), words);
	if (r != SIGNER_OK) {
		funds_signer_bad(&fault, r, &signer);
		return refuse_fault(w, &fault);
	}
	json_begin(&j, &w->rs->body);
	json_obj_begin(&j);
	json_put_str(&j, "words", words);
	json_obj_end(&j);
	buf_text(&w->rs->body, "\n");
	wallet_text_wipe(words, sizeof(words));
	return true;
}

void wallet_backup(struct app *app, const struct request *rq, struct response *rs)
{
	struct wallet_request w;

	if (wallet_begin(&w, app, rq, rs, false) && wallet_look(&w, false))
		(void)put_words(&w);
	forget(&w);
	wallet_end(&w);
}
