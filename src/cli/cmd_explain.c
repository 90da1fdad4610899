/* SPDX-License-Identifier: MIT */
/* quarry explain: what became of a block or transaction, and why. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "node/query/query.h"
#include "primitives/verdict.h"

#define ARENA_MAX ((size_t)64 << 20)

static const char *when(char out[32], int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(out, 32, "%Y-%m-%d %H:%M:%S UTC", &tm))
		snprintf(out, 32, "%lld", (long long)at);
	return out;
}

static void print_block(const struct block_info *b)
{
	char text[32];

	if (b->active)
		printf("Block %u of the active chain, %u transactions, received "
		       "%s.\n", b->height, b->n_tx, when(text, b->received_at));
	else if (b->invalid)
		printf("An invalid block at height %u, or one that builds on "
		       "such a block.\n", b->height);
	else if (b->has_data)
		printf("A valid block at height %u of a branch with less work "
		       "than the active chain.\n", b->height);
	else
		printf("A block at height %u of which only the header is "
		       "here.\n", b->height);
}

static void print_tx(const struct tx_info *t)
{
	char text[HASH_TEXT_SIZE], at[32];

	if (t->confirmed)
		printf("A valid transaction in block %u, %s.\n", t->height,
		       hash256_text(text, &t->block.h));
	else
		printf("A valid transaction, waiting for a block since %s, fee "
		       "%lld satoshi.\n", when(at, t->seen_at),
		       (long long)t->fee_sat);
}

/* A row of the table of refusals, one fact a line. */
static void print_refusal(const struct refusal *r)
{
	enum verdict_code code = verdict_by_reject(r->reason);
	char text[32], id[HASH_TEXT_SIZE];

	printf("Refused as a %s at %s.\n", r->kind, when(text, r->at));
	printf("reason   %s\n", r->reason);
	printf("rule     %s\n", r->rule);
	if (strcmp(verdict_name(code), r->reason) == 0)
		printf("meaning  %s\n", verdict_sentence(code));
	if (r->detail[0])
		printf("detail   %s\n", r->detail);
	if (r->has_txid)
		printf("txid     %s\n", hash256_text(id, &r->txid.h));
	if (r->input >= 0)
		printf("input    %d\n", r->input);
	if (r->script_pos >= 0)
		printf("script   operation %d%s%s\n", r->script_pos,
		       r->script[0] ? " of " : "", r->script);
	if (r->stack[0])
		printf("stack    %s (top first)\n", r->stack);
}

static const struct {
	const char *why, *text, *by;
} departures[] = {
	{"conflict", "a block spends one of its inputs otherwise", "block"},
	{"replaced", "another transaction took its place", "txid"},
	{"expired", "it had waited too long", ""},
	{"sizelimit", "the mempool was full, and others pay more", ""},
	{"reorg", "the chain it was good on is no longer the active one",
	 "txid"},
};

/* It waited once. */
static void print_gone(const struct gone_info *g)
{
	const char *text = g->why, *by = "by";
	char at[32], id[HASH_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(departures) / sizeof(departures[0]); i++) {
		if (strcmp(departures[i].why, g->why) == 0) {
			text = departures[i].text;
			by = departures[i].by;
		}
	}
	printf("Left the mempool at %s: %s.\n", when(at, g->at), text);
	printf("reason   %s\n", g->why);
	if (g->has_by)
		printf("%-8s %s\n", by, hash256_text(id, &g->by));
}

/* It has left the mempool and is in no block. */
static enum status explain_gone(struct node *n, const struct txid *tx,
				bool *known)
{
	struct gone_info g;
	enum status st = query_gone(n, tx, &g);

	if (st != ST_OK)
		return st;
	*known = true;
	print_gone(&g);
	return ST_OK;
}

static int explain(const struct opt_program *p, struct node *n,
		   const struct hash256 *hash)
{
	const struct blkid block = {*hash};
	const struct txid tx = {*hash};
	struct block_info b;
	struct tx_info t;
	struct refusal r;
	struct arena a;
	char text[HASH_TEXT_SIZE];
	bool known = false;
	enum status st = query_block(n, &block, &b);

	arena_init(&a, ARENA_MAX);
	if (st == ST_OK) {
		known = true;
		print_block(&b);
	} else if (st == ST_NOT_FOUND) {
		st = query_tx(n, &tx, &a, &t);
		if (st == ST_OK) {
			known = true;
			print_tx(&t);
		} else if (st == ST_NOT_FOUND) {
			st = explain_gone(n, &tx, &known);
		}
	}
	if (st == ST_OK || st == ST_NOT_FOUND)
		st = query_refusal(n, hash, &r);
	if (st == ST_OK) {
		known = true;
		print_refusal(&r);
	}
	arena_free(&a);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return cli_status(p, n, st);
	if (!known)
		return opt_failed(p, "%s is not known here: neither a block nor "
				     "a transaction, and never refused.",
				  hash256_text(text, hash));
	return 0;
}

int cmd_explain(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry explain",
		.operands = "TXID|HASH",
		.about = "Says what became of a transaction or block: where it "
			 "is, or why it was refused.",
		.opts = opts,
		.n_opts = 1,
		.min_operands = 1,
		.max_operands = 1,
	};
	struct hash256 hash;
	struct node *n = NULL;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0 && !hash256_parse(&hash, p.operand[0], strlen(p.operand[0])))
		code = opt_usage(&p, "a hash has 64 hexadecimal digits");
	if (code < 0)
		code = cli_open(&p, &c, true, &n);
	if (code < 0)
		code = explain(&p, n, &hash);
	node_close(n);
	conf_free(&c);
	return code;
}
