/* SPDX-License-Identifier: MIT */
/* quarry verify: is everything that is stored valid and consistent? */
#include <stdio.h>

#include "base/hex.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "node/check/verify.h"

static bool on_progress(void *arg, uint32_t height, uint32_t tip)
{
	char text[40];

	(void)tip;
	snprintf(text, sizeof(text), "height %u", height);
	progress_show(arg, height, text, height, "blocks");
	return !cli_stopped();
}

static int verify(const struct opt_program *p, struct node *n)
{
	struct verify_report r;
	struct progress pr;
	struct node_tip tip;
	enum status st = node_tip(n, &tip);

	progress_begin(&pr, st == ST_OK ? tip.height : 0);
	if (st == ST_OK)
		st = node_verify(n, on_progress, &pr, &r);
	progress_end(&pr);
	if (st != ST_OK)
		return cli_status(p, n, st);
	if (r.fault[0])
		return opt_failed(p, "%s Restore a copy, or make a new database "
				     "and import the blocks again.",
				  r.fault);
	printf("Valid: %u blocks, %llu transactions, %llu inputs.\n",
	       r.height + 1, (unsigned long long)r.n_tx,
	       (unsigned long long)r.n_in);
	return 0;
}

static int digest(const struct opt_program *p, struct node *n)
{
	struct node_digests d;
	char text[65];
	enum status st = node_digest(n, &d);

	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("utxo   %s\n", hex_text(text, d.utxo, 32));
	printf("totals %s\n", hex_text(text, d.totals, 32));
	printf("pool   %s\n", hex_text(text, d.pool, 32));
	return 0;
}

int cmd_verify(int argc, char **argv)
{
	bool only_digest = false;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_FLAG("digest", &only_digest,
			 "print digests of coins, totals and pool instead: equal "
			 "chains have equal ones"),
	};
	struct opt_program p = {
		.name = "quarry verify",
		.about = "Validates every block of the active chain again, "
			 "scripts included, and compares every row with what the "
			 "blocks say.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct node *n = NULL;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = cli_open(&p, &c, true, &n);
	if (code < 0) {
		cli_catch_stop();
		code = only_digest ? digest(&p, n) : verify(&p, n);
	}
	node_close(n);
	conf_free(&c);
	return code;
}
