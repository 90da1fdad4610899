/* SPDX-License-Identifier: MIT */
/* quarry wallet: what is there, and its names. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/cmd_wallet.h"
#include "funds/setup.h"
#include "primitives/address.h"

#define LABEL_MAX 200

int wallet_cli_list(struct wallet_cli *w)
{
	struct purse_wallet *all;
	size_t n = 0;
	enum status st = ST_OK;

	if (w->at.purse)
		st = funds_list(&w->at, w->owner ? w->owner : "", &w->arena, &all, &n);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		struct funds_balance b;
		struct funds f;

		st = funds_open_row(&f, &w->at, &all[i], &w->arena);
		if (st == ST_OK)
			st = funds_balance(&f, &b);
		if (st == ST_OK)
			printf("%-20s %18s%s\n", all[i].name,
			       wallet_cli_coins_text(w, b.confirmed),
			       funds_has_keys(&f) ? "" : "  watch-only");
	}
	return st == ST_OK ? 0 : wallet_cli_status(w, st);
}

int wallet_cli_balance(struct wallet_cli *w)
{
	struct funds_balance b;
	enum status st = funds_balance(&w->f, &b);

	if (st != ST_OK)
		return wallet_cli_status(w, st);
	printf("confirmed   %s\nunconfirmed %s\nimmature    %s\n",
	       wallet_cli_coins_text(w, b.confirmed),
	       wallet_cli_coins_text(w, b.unconfirmed),
	       wallet_cli_coins_text(w, b.immature));
	if (b.locked)
		printf("locked      %s of the confirmed\n",
		       wallet_cli_coins_text(w, b.locked));
	return 0;
}

int wallet_cli_address(struct wallet_cli *w)
{
	struct bytes script;
	enum status st;

	if (w->label && strlen(w->label) > LABEL_MAX)
		return opt_usage(w->p, "a label has at most 200 bytes");
	st = funds_address(&w->f, w->type ? w->type : "", w->change,
			   w->change ? NULL : w->label ? w->label : "", &script);
	if (st == ST_NOT_FOUND)
		return opt_failed(w->p, "This wallet gives no addresses of this "
				  "type.");
	if (st != ST_OK)
		return wallet_cli_status(w, st);
	wallet_cli_print_script(w, script);
	putchar('\n');
	return 0;
}

int wallet_cli_history(struct wallet_cli *w)
{
	struct funds_tx *v;
	size_t n;
	enum status st = funds_history(&w->f, 0, (size_t)w->limit, &v, &n);

	for (size_t i = 0; st == ST_OK && i < n; i++) {
		char when[32], txid[HASH_TEXT_SIZE];
		time_t t = (time_t)v[i].time;
		const char *label;
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
		printf("%s %18s  %s  ", when,
		       wallet_cli_coins_text(w, v[i].out_sat - v[i].in_sat),
		       hash256_text(txid, &v[i].t.tx.txid.h));
		if (v[i].state == FUNDS_CONFIRMED)
			printf("%lld confirmations", (long long)v[i].confirmations);
		else if (v[i].state == FUNDS_WAITING)
			printf("waits");
		else if (v[i].note && v[i].note->has_replaced_by)
			printf("replaced");
		else
			printf("gone");
		st = purse_tx_label(w->at.purse, w->f.wallet.id, &v[i].t.tx.txid,
				    &w->arena, &label);
		if (label)
			printf("  %s", label);
		putchar('\n');
	}
	return st == ST_OK ? 0 : wallet_cli_status(w, st);
}

int wallet_cli_coins(struct wallet_cli *w)
{
	struct funds_coin *v;
	size_t n;
	enum status st = funds_coins(&w->f, &v, &n);

	for (size_t i = 0; st == ST_OK && i < n; i++) {
		char txid[HASH_TEXT_SIZE];

		printf("%s:%u %18s  ", hash256_text(txid, &v[i].at.txid.h),
		       v[i].at.n, wallet_cli_coins_text(w, v[i].value));
		wallet_cli_print_script(w, v[i].script->script);
		printf("  %lld confirmations%s%s%s%s%s\n",
		       (long long)v[i].confirmations,
		       v[i].immature ? ", immature" : "",
		       v[i].safe ? "" : ", not safe yet",
		       v[i].locked ? ", locked" : "",
		       v[i].script->label && *v[i].script->label ? "  " : "",
		       v[i].script->label ? v[i].script->label : "");
	}
	return st == ST_OK ? 0 : wallet_cli_status(w, st);
}

int wallet_cli_descriptors(struct wallet_cli *w)
{
	for (size_t i = 0; i < w->f.n_desc; i++) {
		const struct purse_desc *d = &w->f.desc[i].row;

		printf("%s  %s%s, next %u of %u\n", d->text,
		       d->internal ? "change" : "receive",
		       d->active ? ", active" : "", d->next, d->past);
	}
	return 0;
}

int wallet_cli_label(struct wallet_cli *w)
{
	struct purse_label l = {.label = w->arg[1]};
	const char *what = w->arg[0];
	struct buf script;
	struct txid id;
	enum status st;

	if (strlen(l.label) > LABEL_MAX)
		return opt_usage(w->p, "a label has at most 200 bytes");
	if (hash256_parse(&id.h, what, strlen(what))) {
		st = purse_tx_label_put(w->at.purse, w->f.wallet.id, &id, l.label);
		return st == ST_OK ? 0 : wallet_cli_status(w, st);
	}
	buf_init(&script, 256);
	if (address_to_script(&script, node_params(w->node), what, strlen(what)) !=
	    ADDRESS_OK) {
		buf_free(&script);
		return opt_failed(w->p, "%.100s is neither an address of this chain "
				  "nor a txid.", what);
	}
	l.script = buf_view(&script);
	l.send = !funds_find(&w->f, l.script);
	st = purse_label_put(w->at.purse, w->f.wallet.id, &l);
	buf_free(&script);
	return st == ST_OK ? 0 : wallet_cli_status(w, st);
}

int wallet_cli_import(struct wallet_cli *w)
{
	char error[DESC_ERROR_SIZE], pass[CLI_SECRET];
	struct funds_fault fault;

	if (w->keys) {
		bool good = true;
		int code = wallet_cli_passphrase(w, "Passphrase: ", true, pass);

		for (int i = 0; code < 0 && good && i < w->n_arg; i++)
			good = funds_add_keys(&w->f, &w->signer, bytes_of_text(pass),
					      bytes_of_text(w->arg[i]), &fault);
		if (code >= 0 || !good)
			return code >= 0 ? code : wallet_cli_fault(w, &fault);
		printf("The signer has the keys; import their public descriptors "
		       "to see what they have.\n");
		return 0;
	}
	for (int i = 0; i < w->n_arg; i++) {
		struct funds_import in = {
			.text = w->arg[i], .len = strlen(w->arg[i]),
			.active = w->active, .internal = w->change, .error = error,
			.created = clock_wall_s(),
			.label = w->change || w->active ? NULL
				 : w->label ? w->label : "",
		};
		enum status st = funds_import(&w->f, &in);

		if (st == ST_PARSE)
			return opt_failed(w->p, "%s.", error);
		if (st != ST_OK)
			return wallet_cli_status(w, st);
	}
	return 0;
}
