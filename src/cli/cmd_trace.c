/* SPDX-License-Identifier: MIT */
/* quarry trace: one input's scripts, step by step with the stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "node/query/query.h"
#include "node/query/trace.h"

#define ARENA_MAX ((size_t)512 << 20)

struct job {
	const struct opt_program *p;
	struct node *n;		/* NULL where there is no database */
	struct arena arena;
	struct tx tx;
	struct trace_prevout *prevout;
	char stage[24];		/* of the last line */
};

/* Hex of a transaction, or the id of one that the database has. */
static int read_tx(struct job *j, const char *text)
{
	size_t len = strlen(text);
	uint8_t *raw = arena_alloc(&j->arena, len / 2 + 1, 1);
	struct tx_info info;
	struct txid id;
	enum status st = ST_PARSE;

	if (!raw)
		return cli_status(j->p, NULL, ST_NOMEM);
	if (len == 64 && hash256_parse(&id.h, text, len)) {
		if (!j->n)
			return opt_failed(j->p, "There is no database to look "
						"for that transaction in.");
		st = query_tx(j->n, &id, &j->arena, &info);
		if (st == ST_NOT_FOUND)
			return opt_failed(j->p, "There is no transaction %.64s "
						"here: give its bytes in hex.",
					  text);
		if (st == ST_OK)
			st = tx_parse(&j->tx, info.raw.p, info.raw.len,
				      &j->arena);
		return st == ST_OK ? -1 : cli_status(j->p, j->n, st);
	}
	if (hex_parse(raw, len / 2, text, len))
		st = tx_parse(&j->tx, raw, len / 2, &j->arena);
	if (st == ST_PARSE)
		return opt_failed(j->p, "That is no transaction in hex.");
	return st == ST_OK ? -1 : cli_status(j->p, NULL, st);
}

/* One VALUE:SCRIPTHEX of n characters; an empty one is left to the database. */
static bool read_prevout(struct job *j, struct trace_prevout *v,
			 const char *text, size_t n)
{
	const char *colon = memchr(text, ':', n);
	size_t digits = colon ? n - (size_t)(colon + 1 - text) : 0;
	uint8_t *script;
	char *end;

	if (n == 0)
		return true;
	v->value = strtoll(text, &end, 10);
	if (!colon || end != colon || end == text || digits % 2)
		return false;
	script = arena_alloc(&j->arena, digits / 2 + 1, 1);
	if (!script || !hex_parse(script, digits / 2, colon + 1, digits))
		return false;
	v->script = bytes_of(script, digits / 2);
	v->given = true;
	return true;
}

/* A list, in the order of the inputs from the one traced on when it has one
 * entry, else from the first. */
static int read_prevouts(struct job *j, const char *list, uint32_t input)
{
	uint32_t i = list && !strchr(list, ',') ? input : 0;

	j->prevout = arena_array(&j->arena, j->tx.n_in, struct trace_prevout);
	if (!j->prevout)
		return cli_status(j->p, NULL, ST_NOMEM);
	while (list) {
		size_t n = strcspn(list, ",");

		if (i >= j->tx.n_in)
			return opt_usage(j->p, "--prevout has more entries than "
					       "the transaction has inputs");
		if (!read_prevout(j, &j->prevout[i++], list, n))
			return opt_usage(j->p, "--prevout takes SATOSHI:"
					       "SCRIPTHEX, several with commas");
		list = list[n] ? list + n + 1 : NULL;
	}
	return -1;
}

static void print_line(void *arg, const struct trace_line *line)
{
	struct job *j = arg;

	if (strcmp(j->stage, line->stage) != 0)
		printf("%s\n", line->stage);
	snprintf(j->stage, sizeof(j->stage), "%s", line->stage);
	if (line->index < 0)
		printf("      %-36s %s\n", "end", line->stack);
	else
		printf("%5d %-36s %s%s\n", line->index, line->op, line->stack,
		       line->skipped ? " (not taken)" : "");
}

static int trace(struct job *j, uint32_t input, bool policy)
{
	struct trace_result r;
	enum status st = node_trace_input(j->n, &j->tx, input, j->prevout,
					  policy, print_line, j, &r);

	if (st == ST_NOT_FOUND)
		return opt_failed(j->p, "What input %u spends is not known here: "
					"say it with --prevout SATOSHI:SCRIPTHEX.",
				  r.missing);
	if (st != ST_OK)
		return cli_status(j->p, j->n, st);
	if (!r.good) {
		printf("fails: %s\n", r.error);
		return EXIT_FAILED;
	}
	printf("valid\n");
	return 0;
}

int cmd_trace(int argc, char **argv)
{
	const char *prevout = NULL;
	int64_t input = 0;
	bool policy = false;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_NUMBER("input", "N", &input, 0, 1000000,
			   "which input, from 0 on; 0 unless given"),
		OPT_TEXT("prevout", "SATOSHI:SCRIPTHEX", &prevout,
			 "what it spends, where the database does not know; "
			 "several, in the order of inputs, with commas"),
		OPT_FLAG("policy", &policy, "by the rules of relay too"),
	};
	struct opt_program p = {
		.name = "quarry trace",
		.operands = "TXHEX|TXID",
		.about = "Runs the scripts of one input and prints each "
			 "operation with the stack before it, bottom first.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = 1,
	};
	struct job j = {.p = &p};
	struct conf c;
	int code;

	conf_init(&c);
	arena_init(&j.arena, ARENA_MAX);
	code = opt_read(&p, &c, argc, argv);
	/* a script can be tried without any chain */
	if (code < 0 && !(prevout && access(conf_text(&c, CONF_DB), F_OK)))
		code = cli_open(&p, &c, true, &j.n);
	if (code < 0)
		code = read_tx(&j, p.operand[0]);
	if (code < 0 && input >= (int64_t)j.tx.n_in)
		code = opt_usage(&p, "the transaction has %u inputs, counted "
				     "from 0", j.tx.n_in);
	if (code < 0)
		code = read_prevouts(&j, prevout, (uint32_t)input);
	if (code < 0)
		code = trace(&j, (uint32_t)input, policy);
	node_close(j.n);
	arena_free(&j.arena);
	conf_free(&c);
	return code;
}
