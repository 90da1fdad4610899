/* SPDX-License-Identifier: MIT */
/* quarry wallet: payments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "cli/cmd_wallet.h"
#include "primitives/address.h"
#include "wallet/sign.h"

#define PSBT_MAX ((size_t)8 << 20)
#define PAYEES_MAX 1000
#define SCRIPT_MAX_BYTES 100
#define MESSAGE_MAX_BYTES 2048

/* --- what is asked for --- */

static int read_rate(struct wallet_cli *w, int64_t *sat_kvb)
{
	int64_t fine;

	*sat_kvb = 0;
	if (!w->rate)
		return -1;
	/* up to three decimals, read as coins are */
	if (!amount_parse(&fine, w->rate, strlen(w->rate)) || fine < COIN_SAT ||
	    fine > 10000 * COIN_SAT)
		return opt_usage(w->p, "--rate is 1 to 10000 satoshi per vbyte");
	*sat_kvb = fine / (COIN_SAT / 1000);
	return -1;
}

static int read_coin(struct wallet_cli *w, const char *text, size_t len,
		     struct outpoint *o)
{
	unsigned long n = 0;
	char *end;

	if (len < 66 || text[64] != ':' || !hash256_parse(&o->txid.h, text, 64))
		return opt_usage(w->p, "a coin is TXID:N");
	n = strtoul(text + 65, &end, 10);
	if (end != text + len || n > UINT32_MAX)
		return opt_usage(w->p, "a coin is TXID:N");
	o->n = (uint32_t)n;
	return -1;
}

static int read_coins(struct wallet_cli *w, struct funds_order *o)
{
	size_t room = strlen(w->coins ? w->coins : "") / 66 + 1;
	struct funds_input *in = arena_calloc(&w->arena, room + 1, sizeof(*in));
	const char *at = w->coins;
	int code = -1;

	if (!in)
		return wallet_cli_status(w, ST_NOMEM);
	while (code < 0 && at && *at && o->n_in < room) {
		size_t len = strcspn(at, ",");

		code = read_coin(w, at, len, &in[o->n_in++].at);
		at += len + (at[len] == ',');
	}
	o->in = in;
	o->only_in = o->n_in > 0;
	return code;
}

static int read_payee(struct wallet_cli *w, const char *address,
		      const char *amount, struct funds_payee *p)
{
	struct buf b;
	bool good;

	buf_init(&b, 256);
	good = address_to_script(&b, node_params(w->node), address,
				 strlen(address)) == ADDRESS_OK;
	p->script = bytes_of(good ? arena_copy(&w->arena, b.p, b.len) : NULL, b.len);
	buf_free(&b);
	if (!p->script.p)
		return opt_failed(w->p, "%.100s is no address of this chain.",
				  address);
	p->subtract = w->subtract;
	p->rest = strcmp(amount, "all") == 0;
	if (!p->rest && (!amount_parse(&p->amount_sat, amount, strlen(amount)) ||
			 !p->amount_sat))
		return opt_usage(w->p, "%.40s is no amount: say coins, such as 0.25, "
				 "or all", amount);
	return -1;
}

static int read_order(struct wallet_cli *w, struct funds_order *o)
{
	struct funds_payee *to;
	int code = read_rate(w, &o->rate_sat_kvb);

	if (w->n_arg % 2 || w->n_arg / 2 > PAYEES_MAX)
		return opt_usage(w->p, "each ADDRESS has an AMOUNT behind it");
	to = arena_calloc(&w->arena, (size_t)w->n_arg / 2 + 1, sizeof(*to));
	if (!to)
		return wallet_cli_status(w, ST_NOMEM);
	o->target = (uint32_t)w->target;
	o->unsafe = w->unsafe;
	if (code < 0)
		code = read_coins(w, o);
	for (int i = 0; code < 0 && i + 1 < w->n_arg; i += 2)
		code = read_payee(w, w->arg[i], w->arg[i + 1], &to[o->n_to++]);
	o->to = to;
	return code;
}

/* --- what comes of it --- */

static void print_psbt(struct wallet_cli *w, struct bytes psbt)
{
	char *text = arena_alloc(&w->arena, BASE64_TEXT_SIZE(psbt.len), 1);

	if (text)
		puts(base64_text(text, psbt.p, psbt.len));
}

static void print_draft(struct wallet_cli *w, const struct funds_draft *d)
{
	int64_t rate = d->fee_sat * 1000 / (d->vsize ? d->vsize : 1);

	for (uint32_t i = 0; i < d->tx.n_in; i++) {
		printf("from %18s  ", wallet_cli_coins_text(w, d->spent[i].value));
		wallet_cli_print_script(w, d->spent[i].script);
		putchar('\n');
	}
	for (uint32_t i = 0; i < d->tx.n_out; i++) {
		printf("to   %18s  ", wallet_cli_coins_text(w, d->tx.out[i].value));
		wallet_cli_print_script(w, d->tx.out[i].script);
		puts((int)i == d->change_pos ? "  change" : "");
	}
	printf("fee  %18s  %u vbytes, %lld.%03lld sat/vB\n",
	       wallet_cli_coins_text(w, d->fee_sat), d->vsize,
	       (long long)(rate / 1000), (long long)(rate % 1000));
}

/* Asks for the passphrase where one is needed. */
static int sign(struct wallet_cli *w, struct bytes psbt,
		struct funds_finished *done)
{
	char pass[CLI_SECRET] = "";
	struct bytes given = {0};
	struct funds_fault fault;
	uint32_t left;
	int code = -1;
	bool good;

	if (funds_lock_state(&w->f, &w->signer, &left) == FUNDS_LOCKED) {
		code = wallet_cli_passphrase(w, "Passphrase: ", false, pass);
		given = bytes_of_text(pass);
	}
	if (code >= 0)
		return code;
	good = funds_sign(&w->f, &w->signer, given, psbt, 0, &psbt, &fault) &&
	       funds_finish(&w->f, psbt, done, &fault);
	wallet_text_wipe(pass, sizeof(pass));
	return good ? -1 : wallet_cli_fault(w, &fault);
}

static int deliver(struct wallet_cli *w, struct bytes psbt,
		   const struct txid *replaces)
{
	const struct funds_note note = {.comment = w->comment, .replaces = replaces};
	char text[HASH_TEXT_SIZE];
	struct funds_finished done;
	struct funds_fault fault;
	struct txid id;
	int code = sign(w, psbt, &done);

	if (code >= 0)
		return code;
	if (!done.complete) {
		fprintf(stderr, "Others have to sign: this is the PSBT.\n");
		print_psbt(w, done.psbt);
		return 0;
	}
	if (!funds_send(&w->f, done.raw, &note, &id, &fault))
		return wallet_cli_fault(w, &fault);
	puts(hash256_text(text, &id.h));
	return 0;
}

static int pay(struct wallet_cli *w, struct funds_order *o, bool psbt)
{
	struct funds_fault fault;
	struct funds_draft d;

	o->change_pos = -1;
	o->peek = w->draft;
	if (!funds_draft(&w->f, o, &d, &fault))
		return wallet_cli_fault(w, &fault);
	if (w->draft) {
		print_draft(w, &d);
		return 0;
	}
	if (psbt) {
		print_psbt(w, d.psbt);
		return 0;
	}
	return deliver(w, d.psbt, NULL);
}

int wallet_cli_send(struct wallet_cli *w)
{
	struct funds_order o = {0};
	int code = read_order(w, &o);

	return code < 0 ? pay(w, &o, false) : code;
}

int wallet_cli_psbt(struct wallet_cli *w)
{
	struct funds_order o = {0};
	int code = read_order(w, &o);

	return code < 0 ? pay(w, &o, true) : code;
}

int wallet_cli_sweep(struct wallet_cli *w)
{
	static char all[] = "all";
	char *args[] = {w->arg[0], all};

	w->arg = args;
	w->n_arg = 2;
	return wallet_cli_send(w);
}

int wallet_cli_bump(struct wallet_cli *w)
{
	struct funds_bump b = {.child = w->child, .target = (uint32_t)w->target};
	struct funds_bumped out;
	struct funds_fault fault;
	int code = read_rate(w, &b.rate_sat_kvb);

	if (code >= 0)
		return code;
	if (!hash256_parse(&b.txid.h, w->arg[0], strlen(w->arg[0])))
		return opt_usage(w->p, "bump takes a txid: 64 digits");
	if (!funds_bump(&w->f, &b, &out, &fault))
		return wallet_cli_fault(w, &fault);
	if (w->draft) {
		print_draft(w, &out.draft);
		return 0;
	}
	return deliver(w, out.draft.psbt, out.child ? NULL : &b.txid);
}

/* --- sign --- */

static int read_psbt(struct wallet_cli *w, struct bytes *psbt)
{
	const char *what = w->arg[0];
	struct buf file, raw;
	size_t len = strlen(what);
	bool good;

	buf_init(&raw, PSBT_MAX);
	buf_init(&file, PSBT_MAX);
	/* base64 of "psbt" */
	if (strncmp(what, "cHNidP", 6) != 0) {
		buf_free(&file);
		if (file_read(what, PSBT_MAX, &file) != ST_OK) {
			buf_free(&file);
			buf_free(&raw);
			return opt_failed(w->p, "%.100s is neither a PSBT nor a file "
					  "with one.", what);
		}
		what = buf_str(&file);
		len = strcspn(what, "\r\n");
	}
	if (file.len > 5 && memcmp(file.p, "psbt\xff", 5) == 0) {
		buf_add(&raw, file.p, file.len);
		good = true;
	} else {
		good = base64_parse(&raw, what, len);
	}
	*psbt = bytes_of(good ? arena_copy(&w->arena, raw.p, raw.len) : NULL,
			 raw.len);
	buf_free(&file);
	buf_free(&raw);
	return psbt->p ? -1 : opt_failed(w->p, "This is no PSBT.");
}

int wallet_cli_sign(struct wallet_cli *w)
{
	const struct funds_note note = {.comment = w->comment};
	char text[HASH_TEXT_SIZE];
	struct funds_finished done;
	struct funds_fault fault;
	struct bytes psbt;
	struct txid id;
	int code = read_psbt(w, &psbt);

	if (code >= 0)
		return code;
	if (!funds_psbt_fill(&w->f, psbt, true, &psbt, &fault))
		return wallet_cli_fault(w, &fault);
	code = sign(w, psbt, &done);
	if (code >= 0)
		return code;
	if (!w->send || !done.complete) {
		if (w->send)
			fprintf(stderr, "Others have to sign: this is the PSBT.\n");
		print_psbt(w, done.psbt);
		return 0;
	}
	if (!funds_send(&w->f, done.raw, &note, &id, &fault))
		return wallet_cli_fault(w, &fault);
	puts(hash256_text(text, &id.h));
	return 0;
}

/* --- signed messages: quarry key verify judges them --- */

int wallet_cli_message(struct wallet_cli *w)
{
	char pass[CLI_SECRET] = "";
	struct bytes given = {0};
	struct funds_fault fault;
	enum signer_result r;
	struct buf script, out;
	uint32_t left;
	bool known, keyhash;
	int code = -1;

	buf_init(&script, SCRIPT_MAX_BYTES);
	known = address_to_script(&script, node_params(w->node), w->arg[0],
				  strlen(w->arg[0])) == ADDRESS_OK &&
		funds_find(&w->f, buf_view(&script)) && funds_has_keys(&w->f);
	keyhash = script_classify(buf_view(&script)).kind == SCRIPT_PUBKEYHASH;
	buf_free(&script);
	if (!known)
		return opt_failed(w->p, "This wallet has no key for %.100s.",
				  w->arg[0]);
	if (funds_lock_state(&w->f, &w->signer, &left) == FUNDS_LOCKED) {
		code = wallet_cli_passphrase(w, "Passphrase: ", false, pass);
		given = bytes_of_text(pass);
	}
	if (code >= 0)
		return code;
	buf_init(&out, MESSAGE_MAX_BYTES);
	r = signer_sign_message(&w->signer, w->f.wallet.keystore, given,
				keyhash ? SIGNER_MESSAGE_LEGACY
					: SIGNER_MESSAGE_BIP322,
				w->arg[0], NULL, 0, bytes_of_text(w->arg[1]), &out);
	wallet_text_wipe(pass, sizeof(pass));
	if (r == SIGNER_OK)
		puts(buf_str(&out));
	buf_free(&out);
	if (r == SIGNER_OK)
		return 0;
	funds_signer_bad(&fault, r, &w->signer);
	return wallet_cli_fault(w, &fault);
}

/* --- coins that are locked; keys, when none is named --- */

static int change_locks(struct wallet_cli *w, bool lock)
{
	int code = -1;

	for (int i = 0; code < 0 && i < w->n_arg; i++) {
		struct outpoint o;
		enum status st;

		code = read_coin(w, w->arg[i], strlen(w->arg[i]), &o);
		if (code >= 0)
			break;
		st = lock ? purse_lock(w->at.purse, w->f.wallet.id, &o)
			  : purse_unlock(w->at.purse, w->f.wallet.id, &o);
		if (st != ST_OK)
			code = wallet_cli_status(w, st);
	}
	return code < 0 ? 0 : code;
}

static int signer_said(struct wallet_cli *w, enum signer_result r)
{
	return r == SIGNER_OK ? 0 : opt_failed(w->p, "%s", w->signer.error);
}

int wallet_cli_lock(struct wallet_cli *w)
{
	if (w->n_arg)
		return change_locks(w, true);
	if (!funds_has_keys(&w->f))
		return opt_failed(w->p, "This wallet has no keys.");
	return signer_said(w, signer_lock(&w->signer, w->f.wallet.keystore));
}

int wallet_cli_unlock(struct wallet_cli *w)
{
	char pass[CLI_SECRET];
	int code;

	if (w->n_arg)
		return change_locks(w, false);
	if (!funds_has_keys(&w->f))
		return opt_failed(w->p, "This wallet has no keys.");
	code = wallet_cli_passphrase(w, "Passphrase: ", false, pass);
	if (code < 0)
		code = signer_said(w, signer_unlock(&w->signer, w->f.wallet.keystore,
						    bytes_of_text(pass), w->seconds
						    ? (uint32_t)w->seconds : 600));
	wallet_text_wipe(pass, sizeof(pass));
	return code;
}
