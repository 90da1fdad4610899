/* SPDX-License-Identifier: MIT */
/* What the commands of quarry wallet share: one table of options, and the wallet
 * that they are about. */
#ifndef QUARRY_CLI_CMD_WALLET_H
#define QUARRY_CLI_CMD_WALLET_H

#include "cli/cli.h"
#include "cli/passphrase.h"
#include "funds/keys.h"

struct wallet_cli {
	struct opt_program *p;
	struct conf *conf;
	/* what is behind the command's name */
	char **arg;
	int n_arg;
	/* options; NULL, 0 or false where not given */
	const char *wallet, *owner, *type, *label, *comment, *coins, *rate;
	const char *passphrase_file, *words_file, *file;
	int64_t target, limit, words, seconds;
	bool change, child, draft, psbt, subtract, active, send, unsafe, keys;
	/* the environment */
	struct node *node;
	struct arena arena;
	struct funds_at at;
	struct signer_client signer;
	struct funds f;
};

typedef int wallet_command(struct wallet_cli *w);

/* Each prints and returns the exit code. */
wallet_command wallet_cli_create, wallet_cli_restore, wallet_cli_list,
	wallet_cli_address, wallet_cli_balance, wallet_cli_history,
	wallet_cli_coins, wallet_cli_send, wallet_cli_sweep, wallet_cli_bump,
	wallet_cli_psbt, wallet_cli_sign, wallet_cli_label, wallet_cli_lock,
	wallet_cli_unlock, wallet_cli_backup, wallet_cli_import,
	wallet_cli_descriptors, wallet_cli_message;

/* The wallet of --wallet, or the only one there is. Returns -1, else the exit code
 * after a sentence. */
int wallet_cli_open(struct wallet_cli *w);
/* cli_passphrase with the option's file. */
int wallet_cli_passphrase(struct wallet_cli *w, const char *question, bool twice,
			  char out[CLI_SECRET]);
int wallet_cli_fault(struct wallet_cli *w, const struct funds_fault *f);
int wallet_cli_status(struct wallet_cli *w, enum status st);
/* Coins as text with eight decimals, in a buffer of the arena. */
const char *wallet_cli_coins_text(struct wallet_cli *w, int64_t sat);
void wallet_cli_print_script(struct wallet_cli *w, struct bytes script);

#endif
