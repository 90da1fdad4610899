/* SPDX-License-Identifier: MIT */
/* quarry init, tip and migrate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts/accounts.h"
#include "base/file.h"
#include "cli/cli.h"
#include "hooks/hooks.h"
#include "primitives/params.h"
#include "primitives/script.h"
#include "purse/purse.h"

/* The largest of what the rooms ask for. */
#define ERROR_SIZE HOOKS_ERROR_SIZE
_Static_assert(ERROR_SIZE >= ACCOUNTS_ERROR_SIZE &&
		       ERROR_SIZE >= NODE_ERROR_SIZE &&
		       ERROR_SIZE >= PURSE_ERROR_SIZE &&
		       PURSE_PATH_SIZE >= ACCOUNTS_PATH_SIZE,
	       "one buffer for all");

static int init_builtin(const struct opt_program *p, const char *path,
			const char *network, const char *activation,
			const char *challenge)
{
	struct params params;
	char error[NODE_ERROR_SIZE];

	if (!params_builtin(&params, network))
		return opt_usage(p, "%.40s is not a network: choose main, "
				    "testnet3, testnet4, signet or regtest",
				 network);
	if (activation && strcmp(params.name, "regtest") != 0)
		return opt_usage(p, "--activation is for regtest alone");
	if (activation && !params_activate(&params, activation))
		return opt_usage(p, "--activation takes RULE@HEIGHT,... of "
				    "bip34, dersig, cltv, csv and segwit");
	if (challenge && strcmp(params.name, "signet") != 0)
		return opt_usage(p, "--signet-challenge is for signet alone");
	if (challenge && !params_signet(&params, challenge))
		return opt_usage(p, "--signet-challenge takes 1 to 256 bytes of "
				    "script in hexadecimal");
	if (node_create(path, &params, NULL, 0, error) != ST_OK)
		return opt_failed(p, "%s", error);
	printf("%s: %s, genesis only.\n", path, params.name);
	if (script_classify(bytes_of(params.signet_challenge,
				     params.signet_challenge_len)).kind ==
	    SCRIPT_WITNESS_V1_TAPROOT)
		fprintf(stderr, "Take another challenge: blocks of signets are "
				"judged without taproot's rules, by Bitcoin Core "
				"as well, so anybody can sign this one.\n");
	return 0;
}

static int init_own(const struct opt_program *p, const char *path,
		    const char *document)
{
	struct params params;
	char error[PARAMS_ERROR_SIZE > NODE_ERROR_SIZE ? PARAMS_ERROR_SIZE
						       : NODE_ERROR_SIZE];
	struct buf text;
	enum status st = file_read(document, 1 << 20, &text);

	if (st == ST_OK)
		st = params_parse(&params, buf_str(&text), text.len, error);
	else
		snprintf(error, sizeof(error), "%.150s: %s.", document,
			 status_text(st));
	if (st == ST_NOT_FOUND && text.len)
		snprintf(error, sizeof(error),
			 "%.150s has no genesis nonce: make it with quarry "
			 "chain new.",
			 document);
	if (st == ST_OK)
		st = node_create(path, &params, buf_str(&text), text.len, error);
	buf_free(&text);
	if (st != ST_OK)
		return opt_failed(p, "%s", error);
	printf("%s: %s, genesis only.\n", path, params.name);
	return 0;
}

int cmd_init(int argc, char **argv)
{
	const char *network = NULL, *document = NULL, *activation = NULL;
	const char *challenge = NULL;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("network", "NAME", &network,
			 "main, testnet3, testnet4, signet or regtest"),
		OPT_TEXT("chain", "FILE", &document,
			 "the document of an own chain"),
		OPT_TEXT("activation", "RULE@HEIGHT,...", &activation,
			 "on regtest: when bip34, dersig, cltv, csv or segwit "
			 "begins"),
		OPT_TEXT("signet-challenge", "HEX", &challenge,
			 "a signet of one's own, whose blocks satisfy this "
			 "script (BIP325)"),
	};
	struct opt_program p = {
		.name = "quarry init",
		.about = "Makes the database of a chain, with its genesis block.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0 && !network == !document)
		code = opt_usage(&p, "say either --network NAME or --chain FILE");
	if (code < 0 && network)
		code = init_builtin(&p, conf_text(&c, CONF_DB), network,
				    activation, challenge);
	else if (code < 0 && challenge)
		code = opt_usage(&p, "--signet-challenge is for signet alone");
	else if (code < 0 && activation)
		code = opt_usage(&p, "--activation is for regtest alone");
	else if (code < 0)
		code = init_own(&p, conf_text(&c, CONF_DB), document);
	conf_free(&c);
	return code;
}

int cmd_tip(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry tip",
		.about = "Prints height and hash of the newest block.",
		.opts = opts,
		.n_opts = 1,
	};
	struct node *n = NULL;
	struct node_tip tip;
	struct conf c;
	enum status st;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = cli_open(&p, &c, true, &n);
	if (code < 0) {
		char text[HASH_TEXT_SIZE];

		st = node_tip(n, &tip);
		code = st == ST_OK ? 0 : cli_status(&p, n, st);
		if (st == ST_OK)
			printf("%u %s\n", tip.height,
			       hash256_text(text, &tip.id.h));
	}
	node_close(n);
	conf_free(&c);
	return code;
}

static void say_versions(const char *path, int from, int to)
{
	if (from == to)
		printf("%s is at version %d already.\n", path, to);
	else
		printf("%s: version %d is now %d.\n", path, from, to);
}

/* path NULL: it is too long. must: it is an error that there is no such file. */
static int migrate(const struct opt_program *p, const char *path,
		   enum status (*fn)(const char *path, int *from, int *to,
				     char *error), bool must)
{
	char error[ERROR_SIZE];
	int from, to;
	enum status st;

	if (!path)
		return opt_failed(p, "The path of a database is too long.");
	st = fn(path, &from, &to, error);
	if (st == ST_NOT_FOUND && !must)
		return 0;
	if (st != ST_OK)
		return opt_failed(p, "%s", error);
	say_versions(path, from, to);
	return 0;
}

/* The chain's database, then those beside it. */
static int migrate_all(const struct opt_program *p, const struct conf *c)
{
	const char *db = conf_text(c, CONF_DB);
	char path[PURSE_PATH_SIZE];
	int code = migrate(p, db, node_migrate, true);

	if (code == 0)
		code = migrate(p, accounts_path(path, c) ? path : NULL,
			       accounts_migrate, false);
	if (code == 0)
		code = migrate(p, purse_path(path, sizeof(path),
					     conf_text(c, CONF_WALLETS_DB), db)
					  ? path : NULL, purse_migrate, false);
	if (code == 0)
		code = migrate(p, hooks_path(path, sizeof(path), db) ? path : NULL,
			       hooks_migrate, false);
	return code;
}

int cmd_migrate(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry migrate",
		.about = "Brings a database made by an older version up to date, "
			 "and accounts.db, wallets.db and hooks.db beside it. Stop "
			 "the other programs first.",
		.opts = opts,
		.n_opts = 1,
	};
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = migrate_all(&p, &c);
	conf_free(&c);
	return code;
}
