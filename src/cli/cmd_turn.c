/* SPDX-License-Identifier: MIT */
/* quarry chain status: where makers sign blocks in turn, whose turn it is and who
 * signed lately. */
#include <inttypes.h>
#include <stdio.h>

#include "base/hex.h"
#include "cli/cli.h"
#include "node/mine/turn.h"
#include "node/query/query.h"

#define BLOCKS_SHOWN 5

static void print_turn(const struct params *p, const struct turn_info *t)
{
	int64_t wait = t->opens_s - t->now_s;
	char key[65];

	printf("chain   %s\nmakers  %u, of whom %u sign a block\nnext    height "
	       "%" PRIu32 "\nturn    maker %u of %u, %s, ",
	       p->name, p->n_makers, p->makers_needed, t->height, t->first + 1,
	       p->n_makers, hex_text(key, p->maker[t->first], 32));
	if (wait > 0)
		printf("in %" PRId64 " s\n", wait);
	else
		printf("since %" PRId64 " s\n", -wait);
	for (unsigned i = 1; i < t->open; i++) {
		unsigned maker = (t->first + i) % p->n_makers;

		printf("        maker %u too, since %" PRId64 " s\n", maker + 1,
		       -turn_wait_s(p, t, maker));
	}
	if (wait <= 0 && t->open < p->n_makers) {
		unsigned maker = (t->first + t->open) % p->n_makers;

		printf("then    maker %u, in %" PRId64 " s\n", maker + 1,
		       turn_wait_s(p, t, maker));
	}
}

/* "block 12 by maker 3 (for maker 3)", newest first. */
static enum status print_blocks(struct node *n, uint32_t tip)
{
	const struct params *p = node_params(n);

	for (uint32_t i = 0; i < BLOCKS_SHOWN && i < tip; i++) {
		uint32_t signers, height = tip - i;
		enum status st = node_block_signers(n, height, &signers);

		if (st != ST_OK)
			return st;
		printf("block   %" PRIu32 " by maker", height);
		for (unsigned k = 0; k < p->n_makers; k++)
			if (signers >> k & 1)
				printf(" %u", k + 1);
		printf(", was for %u\n", (height - 1) % p->n_makers + 1);
	}
	return ST_OK;
}

int chain_status(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry chain status",
		.about = "Says whose turn it is to make the next block, on a chain "
			 "whose document names makers.",
		.opts = opts,
		.n_opts = 1,
	};
	struct node *n = NULL;
	struct turn_info t;
	struct conf c;
	enum status st;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = cli_open(&p, &c, true, &n);
	if (code < 0) {
		st = node_turn(n, &t);
		if (st == ST_OK) {
			print_turn(node_params(n), &t);
			st = print_blocks(n, t.height - 1);
		}
		code = st == ST_OK ? 0
		     : st == ST_NOT_FOUND
			     ? opt_failed(&p, "%s has no makers of blocks: "
					      "whoever finds a hash makes one.",
					  node_params(n)->name)
			     : cli_status(&p, n, st);
	}
	node_close(n);
	conf_free(&c);
	return code;
}
