/* SPDX-License-Identifier: MIT */
/* See trace.h. */
#include "node/query/trace.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "consensus/script_trace.h"
#include "node/query/query.h"
#include "primitives/script.h"

#define ARENA_MAX ((size_t)512 << 20)
#define STACK_ITEMS_SHOWN 20
#define TEXT_MAX ((size_t)1 << 20)

struct tracer {
	void (*fn)(void *arg, const struct trace_line *line);
	void *arg;
	struct buf stack;
	char op[2 * 520 + 1];
};

/* What an operation is called; a push by what it pushes. */
static const char *op_text(struct tracer *t, const struct script_step *s)
{
	if (s->index < 0)
		return "";
	if (s->data.len == 0 || s->data.len > 520)
		return opcode_name(s->op);
	return hex_text(t->op, s->data.p, s->data.len);
}

static void on_step(void *ctx, const struct script_step *s)
{
	struct tracer *t = ctx;
	struct trace_line line = {
		.stage = script_stage_name(s->stage),
		.index = s->event == SCRIPT_STEP ? s->index : -1,
		.op = s->event == SCRIPT_STEP ? op_text(t, s) : "",
		.skipped = s->skipped,
	};

	/* the step before a failure was shown, and the judgement is the end */
	if (s->event == SCRIPT_FAILED || s->event == SCRIPT_DONE)
		return;
	buf_reset(&t->stack);
	script_step_stack_text(&t->stack, s, STACK_ITEMS_SHOWN);
	line.stack = buf_status(&t->stack) == ST_OK ? buf_str(&t->stack) : "";
	t->fn(t->arg, &line);
}

/* The coins of all inputs; *missing: the first that nobody knows. */
static enum status find_coins(struct node *n, const struct tx *tx,
			      const struct trace_prevout *prevout,
			      struct arena *a, struct coin *coin,
			      uint32_t *missing)
{
	*missing = tx->n_in;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct output_info o;
		enum status st = ST_NOT_FOUND;

		if (prevout[i].given) {
			coin[i] = (struct coin){.value = prevout[i].value,
						.script = prevout[i].script};
			continue;
		}
		if (n)
			st = query_output(n, &tx->in[i].prevout, a, &o);
		if (st == ST_OK)
			coin[i] = (struct coin){.value = o.value,
						.script = o.script,
						.height = o.height,
						.coinbase = o.coinbase};
		else if (st != ST_NOT_FOUND)
			return st;
		else if (*missing == tx->n_in)
			*missing = i;
	}
	return ST_OK;
}

/* A taproot signature commits to every coin; others to their own at most. */
static bool needs_all(const struct coin *c)
{
	struct bytes program;
	uint8_t version;

	return script_is_witness_program(c->script, &version, &program) &&
	       version == 1;
}

static enum status rules_of(struct node *n, const struct tx *tx,
			    struct arena *a, struct consensus_flags *flags)
{
	static const struct blkid no_block;
	struct tx_info info;
	struct node_tip tip;
	enum status st;

	*flags = (struct consensus_flags){CF_ALL};
	if (!n)
		return ST_OK;
	st = query_tx(n, &tx->txid, a, &info);
	if (st == ST_OK && info.confirmed) {
		*flags = consensus_flags_at(node_params(n), info.height,
					    &info.block);
		return ST_OK;
	}
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	st = node_tip(n, &tip);
	if (st == ST_OK)
		*flags = consensus_flags_at(node_params(n), tip.height + 1,
					    &no_block);
	return st;
}

enum status node_trace_input(struct node *n, const struct tx *tx, uint32_t at,
			     const struct trace_prevout *prevout, bool policy,
			     void (*fn)(void *arg, const struct trace_line *line),
			     void *arg, struct trace_result *out)
{
	struct tracer t = {.fn = fn, .arg = arg};
	struct script_trace trace = {on_step, &t};
	struct policy_flags relay = {policy ? PF_STANDARD : 0};
	struct consensus_flags flags;
	struct sighash_cache *cache = NULL;
	enum script_error error = SCRIPT_ERR_OK;
	struct coin *coin;
	struct arena a;
	int32_t pos;
	enum status st;

	*out = (struct trace_result){.missing = tx->n_in};
	arena_init(&a, ARENA_MAX);
	buf_init(&t.stack, TEXT_MAX);
	coin = arena_array(&a, tx->n_in, struct coin);
	st = coin ? find_coins(n, tx, prevout, &a, coin, &out->missing)
		  : ST_NOMEM;
	if (st == ST_OK && (out->missing == at ||
			    (out->missing < tx->n_in && needs_all(&coin[at]))))
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = rules_of(n, tx, &a, &flags);
	if (st == ST_OK) {
		cache = sighash_cache_new(tx, coin);
		st = cache ? script_check(tx, at, coin, cache, flags, relay,
					  &trace, &error, &pos)
			   : ST_NOMEM;
	}
	sighash_cache_free(cache);
	if (st == ST_OK) {
		out->good = error == SCRIPT_ERR_OK;
		if (!out->good)
			snprintf(out->error, sizeof(out->error), "%s",
				 script_error_text(error));
	}
	buf_free(&t.stack);
	arena_free(&a);
	return st;
}
