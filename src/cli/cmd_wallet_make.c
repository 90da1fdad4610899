/* SPDX-License-Identifier: MIT */
/* quarry wallet: made, restored, backed up. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/cmd_wallet.h"
#include "funds/setup.h"
#include "wallet/sign.h"

static int name_row(struct wallet_cli *w, struct purse_wallet *row)
{
	const char *name = w->arg[0];

	*row = (struct purse_wallet){0};
	if (!*name || !funds_name_ok(name, strlen(name)))
		return opt_usage(w->p, "a wallet's name is 1 to 100 characters "
				 "without a slash");
	snprintf(row->name, sizeof(row->name), "%s", name);
	if (w->owner && strlen(w->owner) >= sizeof(row->owner))
		return opt_usage(w->p, "--owner is the number of an account");
	snprintf(row->owner, sizeof(row->owner), "%s", w->owner ? w->owner : "");
	return -1;
}

static int fill_watching(struct wallet_cli *w, struct purse_wallet *row)
{
	enum status st = funds_create(&w->at, row);
	int code;

	if (st == ST_DENIED)
		return opt_failed(w->p, "There is a wallet of this name already.");
	if (st == ST_OK)
		st = funds_open_row(&w->f, &w->at, row, &w->arena);
	if (st != ST_OK)
		return wallet_cli_status(w, st);
	code = 0;
	for (int i = 1; code == 0 && i < w->n_arg; i++) {
		char error[DESC_ERROR_SIZE];
		struct funds_import in = {
			.text = w->arg[i], .len = strlen(w->arg[i]),
			.active = strstr(w->arg[i], "/*") != NULL,
			/* of a pair as wallets write it, the second is for change */
			.internal = strstr(w->arg[i], "/1/*") != NULL,
			.error = error, .created = clock_wall_s(),
		};

		if (!in.active)
			in.label = "";
		st = funds_import(&w->f, &in);
		if (st == ST_PARSE)
			code = opt_failed(w->p, "%s.", error);
		else if (st != ST_OK)
			code = wallet_cli_status(w, st);
	}
	return code;
}

/* With all its descriptors, or not at all. */
static int watch(struct wallet_cli *w, struct purse_wallet *row)
{
	bool own;
	int code;
	enum status st = purse_begin(w->at.purse, &own);

	row->flags |= PURSE_WATCH_ONLY;
	if (st != ST_OK)
		return wallet_cli_status(w, st);
	code = fill_watching(w, row);
	st = purse_end(w->at.purse, own, code ? ST_CANCELLED : ST_OK);
	return code || st == ST_OK ? code : wallet_cli_status(w, st);
}

static int make(struct wallet_cli *w, struct funds_new *how, bool say_words)
{
	char words[BIP39_TEXT_SIZE] = "", pass[CLI_SECRET];
	struct purse_wallet row;
	struct funds_fault fault;
	int code = name_row(w, &row);

	if (code < 0 && w->n_arg > 1)
		return watch(w, &row);
	if (code < 0)
		code = wallet_cli_passphrase(w, "Passphrase for the keys (empty: "
					     "none): ", true, pass);
	if (code >= 0)
		return code;
	how->passphrase = bytes_of_text(pass);
	if (!funds_new_wallet(&w->at, &row, &w->signer, how, words, &w->arena,
			      &fault))
		code = wallet_cli_fault(w, &fault);
	else
		code = 0;
	if (code == 0 && say_words) {
		fprintf(stderr, "Write these words down. Who has them has the "
				"coins; without them a lost disk loses all:\n");
		puts(words);
	}
	wallet_text_wipe(words, sizeof(words));
	wallet_text_wipe(pass, sizeof(pass));
	return code;
}

int wallet_cli_create(struct wallet_cli *w)
{
	struct funds_new how = {.n_words = (unsigned)w->words};

	if (w->words && w->words % 3)
		return opt_usage(w->p, "--words is 12, 15, 18, 21 or 24");
	return make(w, &how, true);
}

int wallet_cli_restore(struct wallet_cli *w)
{
	char text[BIP39_TEXT_SIZE] = "";
	struct funds_new how = {0};
	struct buf file;
	int code;

	if (w->words_file) {
		enum status st = file_read(w->words_file, sizeof(text) - 1, &file);

		if (st == ST_OK && file.len) {
			memcpy(text, file.p, file.len);
			wallet_text_wipe(file.p, file.len);
		}
		buf_free(&file);
		if (st != ST_OK)
			return opt_failed(w->p, "%s: %s.", w->words_file,
					  status_text(st));
	} else {
		fputs("The words, on one line: ", stderr);
		if (!fgets(text, sizeof(text), stdin))
			text[0] = '\0';
	}
	text[strcspn(text, "\r\n")] = '\0';
	if (!*text)
		return opt_failed(w->p, "There are no words to restore from.");
	how.words = bytes_of_text(text);
	code = make(w, &how, false);
	wallet_text_wipe(text, sizeof(text));
	return code;
}

int wallet_cli_backup(struct wallet_cli *w)
{
	char words[BIP39_TEXT_SIZE] = "", pass[CLI_SECRET] = "";
	enum signer_result r;
	uint32_t left;
	int code = -1;

	if (!funds_has_keys(&w->f))
		return opt_failed(w->p, "This wallet has no keys: keep its "
				  "descriptors (quarry wallet descriptors).");
	if (funds_lock_state(&w->f, &w->signer, &left) != FUNDS_OPEN)
		code = wallet_cli_passphrase(w, "Passphrase: ", false, pass);
	if (code >= 0)
		return code;
	r = signer_words(&w->signer, w->f.wallet.keystore, bytes_of_text(pass),
			 words);
	wallet_text_wipe(pass, sizeof(pass));
	if (r != SIGNER_OK)
		return opt_failed(w->p, "%s", w->signer.error);
	puts(words);
	wallet_text_wipe(words, sizeof(words));
	return 0;
}
