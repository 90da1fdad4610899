/* SPDX-License-Identifier: MIT */
/* quarry dev: options for the supervisor in dev/. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "dev/dev.h"

#define LIST_SIZE 4096

/* What stands between separators: a text each, in copy. False when there are more
 * than max, or they are too long. */
static bool split(const char *list, const char *between, char copy[LIST_SIZE],
		  const char **out, size_t *n, size_t max)
{
	char *save;

	*n = 0;
	if (!list)
		return true;
	if (strlen(list) >= LIST_SIZE)
		return false;
	memcpy(copy, list, strlen(list) + 1);
	for (char *s = strtok_r(copy, between, &save); s;
	     s = strtok_r(NULL, between, &save)) {
		if (*n == max)
			return false;
		out[(*n)++] = s + strspn(s, " ");
	}
	return true;
}

static int run(const struct opt_program *p, struct dev_options *o,
	       const char *connect, const char *set)
{
	char list[LIST_SIZE], lines[LIST_SIZE];

	if (!split(set, ";", lines, o->set, &o->n_set, DEV_SET_MAX))
		return opt_usage(p, "--set takes at most %d KEY=VALUE with "
				    "semicolons between", DEV_SET_MAX);
	if (!split(connect, ",", list, o->connect, &o->n_connect,
		   DEV_CONNECT_MAX))
		return opt_usage(p, "--connect takes at most %d HOST:PORT with "
				    "commas between", DEV_CONNECT_MAX);
	if (o->chain && (o->network || o->activation))
		return opt_usage(p, "--chain says everything that --network and "
				    "--activation say");
	if (o->miner && !o->chain &&
	    (!o->network || strcmp(o->network, "regtest") == 0))
		return opt_usage(p, "--miner on regtest would make hundreds of "
				    "blocks a second; take --mine-every");
	return dev_run(o);
}

int cmd_dev(int argc, char **argv)
{
	struct dev_options o = {.mocktime_s = -1, .blocks = -1};
	const char *connect = NULL, *set = NULL;
	const struct opt opts[] = {
		OPT_TEXT("data", "DIR", &o.data,
			 "the folder for everything; default: quarry-dev, or "
			 "FILE.dev beside --db FILE"),
		OPT_TEXT("db", "FILE", &o.db,
			 "the database; default: quarry.db in the folder"),
		OPT_TEXT("network", "NAME", &o.network,
			 "of a new database; default: regtest"),
		OPT_TEXT("chain", "FILE", &o.chain,
			 "an own chain's document, for a new database"),
		OPT_TEXT("activation", "RULE@HEIGHT,...", &o.activation,
			 "of a new database on regtest: bip34, dersig, cltv, csv, "
			 "segwit"),
		OPT_TEXT("rest", "HOST:PORT", &o.rest,
			 "Esplora, faucet and lab; default: 127.0.0.1:3000"),
		OPT_TEXT("http", "HOST:PORT", &o.http,
			 "the web site; default: 127.0.0.1:5000"),
		OPT_TEXT("rpc", "HOST:PORT", &o.rpc,
			 "JSON-RPC; default: 127.0.0.1:18443"),
		OPT_TEXT("p2p", "HOST:PORT", &o.p2p,
			 "Bitcoin's protocol; default: 127.0.0.1:18444"),
		OPT_TEXT("rpcuser", "NAME", &o.rpcuser, "default: admin1"),
		OPT_TEXT("rpcpassword", "TEXT", &o.rpcpassword, "default: 123"),
		OPT_TEXT("connect", "HOST:PORT,...", &connect,
			 "stay connected to these nodes"),
		OPT_TEXT("user-agent", "TEXT", &o.user_agent,
			 "a comment in the name told to peers"),
		OPT_FLAG("noban", &o.noban, "ban no peer, whatever it does"),
		OPT_NUMBER("blocks", "N", &o.blocks, 0, 100000,
			   "of a new regtest, to begin with; default: 101"),
		OPT_FLAG("accept-nonstandard", &o.nonstandard,
			 "take transactions that are not standard, too"),
		OPT_TEXT("set", "KEY=VALUE;...", &set,
			 "lines of quarry.conf for its programs"),
		OPT_NUMBER("mocktime", "T", &o.mocktime_s, 0,
			   INT64_C(9223372036),
			   "stop the clock at T, in seconds since 1970; 0 lets it "
			   "go"),
		OPT_NUMBER("mine-every", "N", &o.mine_every_s, 1, 86400,
			   "mine a block every N seconds"),
		OPT_FLAG("mine-on-submit", &o.mine_on_submit,
			 "mine a block for each transaction that is handed in"),
		OPT_FLAG("miner", &o.miner, "run quarry-miner, too"),
		OPT_NUMBER("workers", "N", &o.workers, 1, 64,
			   "processes that answer requests; default: 4"),
	};
	struct opt_program p = {
		.name = "quarry dev",
		.about = "Runs a whole node in the foreground, for developers: "
			 "regtest with nigiri's ports and a faucet. A port 0 is a "
			 "free one; once an address is given, those that are not "
			 "are free ones. See quarry lab and quarry snapshot.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = run(&p, &o, connect, set);
	conf_free(&c);
	return code;
}
