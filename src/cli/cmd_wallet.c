/* SPDX-License-Identifier: MIT */
/*
 * quarry wallet: wallets from the command line. Public descriptors are in
 * wallets.db, keys with quarry-signer, which must run for what needs them; what a
 * wallet has are queries over the chain's rows.
 */
#include "cli/cmd_wallet.h"

#include <stdio.h>
#include <string.h>

#include "primitives/address.h"
#include "wallet/sign.h"

#define ARENA_MAX ((size_t)1 << 30)

static const struct command {
	const char *name;
	wallet_command *run;
	int min, max;		/* operands; max -1: any number */
	bool writes;		/* to the node's database */
	bool any;		/* needs no wallet to be there */
	const char *args;
} commands[] = {
	{"create", wallet_cli_create, 1, -1, false, true, "NAME [DESCRIPTOR...]"},
	{"restore", wallet_cli_restore, 1, 1, false, true, "NAME"},
	{"list", wallet_cli_list, 0, 0, false, true, ""},
	{"address", wallet_cli_address, 0, 0, false, false, ""},
	{"balance", wallet_cli_balance, 0, 0, false, false, ""},
	{"history", wallet_cli_history, 0, 0, false, false, ""},
	{"coins", wallet_cli_coins, 0, 0, false, false, ""},
	{"send", wallet_cli_send, 2, -1, true, false, "ADDRESS AMOUNT..."},
	{"sweep", wallet_cli_sweep, 1, 1, true, false, "ADDRESS"},
	{"bump", wallet_cli_bump, 1, 1, true, false, "TXID"},
	{"psbt", wallet_cli_psbt, 2, -1, false, false, "ADDRESS AMOUNT..."},
	{"sign", wallet_cli_sign, 1, 1, true, false, "PSBT|FILE"},
	{"message", wallet_cli_message, 2, 2, false, false, "ADDRESS TEXT"},
	{"label", wallet_cli_label, 2, 2, false, false, "ADDRESS|TXID LABEL"},
	{"lock", wallet_cli_lock, 0, -1, false, false, "[TXID:N...]"},
	{"unlock", wallet_cli_unlock, 0, -1, false, false, "[TXID:N...]"},
	{"backup", wallet_cli_backup, 0, 0, false, false, ""},
	{"import", wallet_cli_import, 1, -1, false, false, "DESCRIPTOR..."},
	{"descriptors", wallet_cli_descriptors, 0, 0, false, false, ""},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

int wallet_cli_status(struct wallet_cli *w, enum status st)
{
	return cli_status(w->p, w->node, st);
}

int wallet_cli_fault(struct wallet_cli *w, const struct funds_fault *f)
{
	size_t n = strlen(f->message);

	if (f->kind == FUNDS_FAILED && f->st != ST_IO)
		return wallet_cli_status(w, f->st);
	return opt_failed(w->p, "%s%s", f->message,
			  n && f->message[n - 1] == '.' ? "" : ".");
}

const char *wallet_cli_coins_text(struct wallet_cli *w, int64_t sat)
{
	char *text = arena_alloc(&w->arena, AMOUNT_TEXT_SIZE, 1);

	return text ? amount_text(text, sat) : "";
}

void wallet_cli_print_script(struct wallet_cli *w, struct bytes script)
{
	char address[ADDRESS_TEXT_SIZE];

	if (address_from_script(address, node_params(w->node), script)) {
		fputs(address, stdout);
		return;
	}
	for (size_t i = 0; i < script.len; i++)
		printf("%02x", script.p[i]);
}

int wallet_cli_passphrase(struct wallet_cli *w, const char *question, bool twice,
			  char out[CLI_SECRET])
{
	return cli_passphrase(w->p, w->passphrase_file, question, twice, out);
}

/* --- which wallet --- */

int wallet_cli_open(struct wallet_cli *w)
{
	const char *owner = w->owner ? w->owner : "";
	struct purse_wallet *all, *row = NULL;
	size_t n = 0;
	enum status st = ST_OK;

	if (w->at.purse)
		st = funds_list(&w->at, owner, &w->arena, &all, &n);
	if (st != ST_OK)
		return wallet_cli_status(w, st);
	for (size_t i = 0; i < n; i++)
		if (w->wallet ? strcmp(all[i].name, w->wallet) == 0 : n == 1)
			row = &all[i];
	if (!row && w->wallet)
		return opt_failed(w->p, "There is no wallet %.100s here; see quarry "
				  "wallet list.", w->wallet);
	if (!row && n)
		return opt_failed(w->p, "There are %zu wallets: say which by "
				  "--wallet NAME.", n);
	if (!row)
		return opt_failed(w->p, "There is no wallet: make one by quarry "
				  "wallet create NAME.");
	st = funds_open_row(&w->f, &w->at, row, &w->arena);
	return st == ST_OK ? -1 : wallet_cli_status(w, st);
}

/* --- the command --- */

static int open_purse(struct wallet_cli *w, bool create)
{
	char path[PURSE_PATH_SIZE], error[PURSE_ERROR_SIZE];
	enum status st;

	if (!purse_path(path, sizeof(path), conf_text(w->conf, CONF_WALLETS_DB),
			conf_text(w->conf, CONF_DB)))
		return opt_failed(w->p, "The path of wallets.db is too long.");
	st = purse_open(&w->at.purse, path, create, error);
	if (st == ST_OK || (st == ST_NOT_FOUND && !create))
		return -1;
	return opt_failed(w->p, "%s", error);
}

static int run(struct wallet_cli *w, const struct command *c)
{
	struct wallet_signer *s = wallet_signer_open();
	int code;

	if (!s)
		return opt_failed(w->p, "There is no memory or randomness left.");
	code = cli_open(w->p, w->conf, !c->writes, &w->node);
	w->at.node = w->node;
	w->at.ec = wallet_signer_ec(s);
	w->signer.socket = conf_text(w->conf, CONF_SIGNER_SOCKET);
	if (code < 0)
		code = open_purse(w, c->any && c->min > 0);
	if (code < 0 && !c->any)
		code = wallet_cli_open(w);
	if (code < 0)
		code = c->run(w);
	purse_close(w->at.purse);
	node_close(w->node);
	wallet_signer_close(s);
	return code;
}

static int find(struct wallet_cli *w, const struct command **c)
{
	struct opt_program *p = w->p;

	*c = NULL;
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(p->operand[0], commands[i].name) == 0)
			*c = &commands[i];
	if (!*c)
		return opt_usage(p, "%.40s is no command", p->operand[0]);
	w->arg = p->operand + 1;
	w->n_arg = p->n_operands - 1;
	if (w->n_arg < (*c)->min || ((*c)->max >= 0 && w->n_arg > (*c)->max))
		return opt_usage(p, "say quarry wallet %s %s", (*c)->name,
				 (*c)->args);
	return -1;
}

int cmd_wallet(int argc, char **argv)
{
	struct wallet_cli w = {.limit = 20};
	const struct opt opts[] = {
		OPT_TEXT("wallet", "NAME", &w.wallet, "which wallet; the only one "
			 "need not be named"),
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("wallets", "FILE", CONF_WALLETS_DB),
		OPT_KEY("signer", "PATH", CONF_SIGNER_SOCKET),
		OPT_TEXT("owner", "ID", &w.owner, "wallets of the account with this "
			 "number, instead of the operator's"),
		OPT_TEXT("type", "TYPE", &w.type, "of an address: bech32, bech32m, "
			 "p2sh-segwit or legacy"),
		OPT_TEXT("label", "TEXT", &w.label, "a label for the address"),
		OPT_FLAG("change", &w.change, "an address for change; import: for "
			 "change"),
		OPT_TEXT("rate", "SAT/VB", &w.rate, "the fee, in satoshi per vbyte"),
		OPT_NUMBER("target", "N", &w.target, 1, 1008, "the fee, by blocks "
			   "to wait; default: 6"),
		OPT_TEXT("coins", "TXID:N,...", &w.coins, "spend these and no "
			 "others"),
		OPT_FLAG("subtract-fee", &w.subtract, "take the fee off what is "
			 "sent"),
		OPT_FLAG("unsafe", &w.unsafe, "spend what others sent and is not "
			 "confirmed, too"),
		OPT_TEXT("comment", "TEXT", &w.comment, "kept with what is sent"),
		OPT_FLAG("draft", &w.draft, "show what would be sent, send nothing"),
		OPT_FLAG("child", &w.child, "bump by a child that pays for both"),
		OPT_FLAG("send", &w.send, "sign: send it when it is complete"),
		OPT_FLAG("active", &w.active, "import: give new addresses of it"),
		OPT_FLAG("private", &w.keys, "import: with private keys, which the "
			 "signer takes"),
		OPT_NUMBER("words", "N", &w.words, 12, 24, "how many words; "
			   "default: 12"),
		OPT_TEXT("words-file", "FILE", &w.words_file, "restore: the words; "
			 "else they are asked for"),
		OPT_TEXT("passphrase-file", "FILE", &w.passphrase_file, "whose first "
			 "line is the passphrase; else it is asked for"),
		OPT_NUMBER("seconds", "N", &w.seconds, 0, 86400 * 365,
			   "unlock: for so long; default: 600"),
		OPT_NUMBER("limit", "N", &w.limit, 1, 1000000,
			   "history: how many; default: 20"),
	};
	struct opt_program p = {
		.name = "quarry wallet",
		.operands = "create NAME [DESCRIPTOR...]|restore NAME|list|address|"
			    "balance|history|coins|send ADDRESS AMOUNT...|sweep "
			    "ADDRESS|bump TXID|psbt ADDRESS AMOUNT...|sign "
			    "PSBT|message ADDRESS TEXT|label ADDRESS|TXID "
			    "TEXT|lock [TXID:N...]|unlock "
			    "[TXID:N...]|backup|import DESCRIPTOR...|descriptors",
		.about = "Makes wallets and uses them. Amounts are coins (0.5) or "
			 "`all'. Keys are kept by quarry-signer. With "
			 "descriptors, create makes a wallet that only watches; "
			 "what it sends is a PSBT for others to sign. lock and "
			 "unlock without coins are about the keys.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = -1,
	};
	const struct command *c = NULL;
	struct conf conf;
	int code;

	w.p = &p;
	w.conf = &conf;
	conf_init(&conf);
	arena_init(&w.arena, ARENA_MAX);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0)
		code = find(&w, &c);
	if (code < 0)
		code = run(&w, c);
	arena_free(&w.arena);
	conf_free(&conf);
	return code;
}
