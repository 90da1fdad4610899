/* SPDX-License-Identifier: MIT */
/* quarry key: keys, words and descriptors for trying things out, printed and kept
 * nowhere; key files for makers of blocks. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "cli/key_words.h"
#include "wallet/keyfile.h"
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

/* A file with a key to sign blocks with; its public key goes into the chain's
 * document. */
static int key_maker(const struct opt_program *p, const char *out)
{
	char text[65];
	uint8_t xonly[32];
	enum status st;

	if (!out)
		return opt_usage(p, "say --out FILE");
	st = keyfile_new(out, xonly);
	if (st == ST_DENIED)
		return opt_failed(p, "%.200s is there already or cannot be "
				     "written.", out);
	if (st != ST_OK)
		return opt_failed(p, "%.200s: %s.", out, status_text(st));
	printf("%s\n", hex_text(text, xonly, sizeof(xonly)));
	return 0;
}

static bool is_part(const char *name)
{
	static const char *const parts[] = {"new", "words", "derive",
					   "descriptor", "verify"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(name, parts[i]) == 0)
			return true;
	return false;
}

int cmd_key(int argc, char **argv)
{
	const char *network = NULL, *out = NULL;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("network", "NAME", &network,
			 "one of Bitcoin's networks, instead of a database"),
		OPT_TEXT("out", "FILE", &out,
			 "maker: the file to make for quarry-miner --maker-key"),
	};
	struct opt_program p = {
		.name = "quarry key",
		.operands = "new|words|derive|descriptor|verify ADDRESS "
			    "SIGNATURE TEXT|maker",
		.about = "new: makes a private key and prints it with its addresses, "
			 "for the chain of the database. It is kept nowhere: "
			 "note it down. words: makes twelve words (BIP39). "
			 "derive: tells the public descriptors (BIP44, 49, 84, "
			 "86) of the words on standard input. descriptor: gives "
			 "the descriptor on standard input back, public, with "
			 "its checksum. verify: says whether a message is "
			 "signed by an address's key. maker: makes a file with a key that "
			 "signs blocks, and prints its public key.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = 4,
	};
	char wif[ADDRESS_TEXT_SIZE], segwit[ADDRESS_TEXT_SIZE],
		legacy[ADDRESS_TEXT_SIZE];
	struct wallet_key key;
	struct params params;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0 && p.n_operands == 1 && strcmp(p.operand[0], "maker") == 0)
		code = key_maker(&p, out);
	if (code < 0 && !is_part(p.operand[0]))
		code = opt_usage(&p, "say new, words, derive, descriptor, verify "
				"or maker");
	if (code < 0 && p.n_operands != (strcmp(p.operand[0], "verify") ? 1 : 4))
		code = opt_usage(&p, "say quarry key verify ADDRESS SIGNATURE TEXT, "
				 "or one word for the others");
	if (code < 0)
		code = params_of(&p, &c, network, &params);
	if (code < 0 && strcmp(p.operand[0], "words") == 0)
		code = key_words(&p, &params);
	if (code < 0 && strcmp(p.operand[0], "derive") == 0)
		code = key_derive(&p, &params);
	if (code < 0 && strcmp(p.operand[0], "descriptor") == 0)
		code = key_descriptor(&p, &params);
	if (code < 0 && strcmp(p.operand[0], "verify") == 0)
		code = key_verify(&p, &params);
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
