/* SPDX-License-Identifier: MIT */
/* quarry key: a fresh key for trying things out, printed and kept nowhere. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "wallet/newkey.h"

static int params_of(const struct opt_program *p, const struct conf *c,
		     const char *network, struct params *out)
{
	struct node *n = NULL;
	int code;

	if (network) {
		if (!params_builtin(out, network))
			return opt_usage(p, "%.40s is not a network", network);
		return -1;
	}
	code = cli_open(p, c, true, &n);
	if (code < 0)
		*out = *node_params(n);
	node_close(n);
	return code;
}

int cmd_key(int argc, char **argv)
{
	const char *network = NULL;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("network", "NAME", &network,
			 "one of Bitcoin's networks, instead of a database"),
	};
	struct opt_program p = {
		.name = "quarry key",
		.operands = "new",
		.about = "Makes a private key and prints it with its addresses, "
			 "for the chain of the database. It is kept nowhere: "
			 "note it down.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = 1,
	};
	char wif[ADDRESS_TEXT_SIZE], segwit[ADDRESS_TEXT_SIZE],
		legacy[ADDRESS_TEXT_SIZE];
	struct wallet_key key;
	struct params params;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0 && strcmp(p.operand[0], "new") != 0)
		code = opt_usage(&p, "say new");
	if (code < 0)
		code = params_of(&p, &c, network, &params);
	if (code < 0) {
		code = 0;
		if (wallet_key_new(&key) != ST_OK ||
		    !wallet_key_texts(&key, &params, wif, segwit, legacy))
			code = opt_failed(&p, "There was no randomness for a "
					      "key.");
		else
			printf("key     %s\naddress %s\nlegacy  %s\n", wif,
			       segwit, legacy);
		wallet_text_wipe(wif, sizeof(wif));
		wallet_key_wipe(&key);
	}
	conf_free(&c);
	return code;
}
