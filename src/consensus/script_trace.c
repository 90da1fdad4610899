/* SPDX-License-Identifier: MIT */
#include "consensus/script_trace.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "consensus/stack.h"
#include "primitives/script.h"

#define LONG_ITEM 40	/* bytes; longer ones are shown by their ends */
#define FAILURE_DEPTH 6

const char *script_stage_name(enum script_stage stage)
{
	switch (stage) {
	case SCRIPT_STAGE_SIG:
		return "scriptSig";
	case SCRIPT_STAGE_PUBKEY:
		return "scriptPubKey";
	case SCRIPT_STAGE_REDEEM:
		return "redeemScript";
	case SCRIPT_STAGE_WITNESS:
		return "witnessScript";
	case SCRIPT_STAGE_TAPSCRIPT:
		return "tapscript";
	}
	return "";
}

size_t script_step_depth(const struct script_step *s)
{
	return s->stack->n;
}

struct bytes script_step_item(const struct script_step *s, size_t i)
{
	return stack_main_item(s->stack, i);
}

size_t script_step_alt_depth(const struct script_step *s)
{
	return s->stack->n_alt;
}

struct bytes script_step_alt_item(const struct script_step *s, size_t i)
{
	return stack_alt_item(s->stack, i);
}

static void item_text(struct buf *out, struct bytes v)
{
	if (v.len <= LONG_ITEM) {
		buf_hex(out, v.p, v.len);
		return;
	}
	buf_hex(out, v.p, 4);
	buf_text(out, "..");
	buf_hex(out, v.p + v.len - 4, 4);
	buf_printf(out, " (%zu bytes)", v.len);
}

void script_step_stack_text(struct buf *out, const struct script_step *s,
			    size_t max)
{
	size_t n = script_step_depth(s);
	size_t from = n > max ? n - max : 0;
	size_t below = from + s->stack->hidden;

	buf_u8(out, '[');
	if (below)
		buf_printf(out, "%zu more%s", below, from < n ? ", " : "");
	for (size_t i = from; i < n; i++) {
		if (i > from)
			buf_text(out, ", ");
		item_text(out, script_step_item(s, i));
	}
	buf_u8(out, ']');
}

static void keep_failure(void *ctx, const struct script_step *s)
{
	struct script_failure *f = ctx;
	struct buf b;

	if (s->event != SCRIPT_FAILED)
		return;
	buf_init(&b, 16384);
	if (s->index >= 0)
		buf_printf(&b, "%s at %d of %s", opcode_name(s->op), s->index,
			   script_stage_name(s->stage));
	else
		buf_printf(&b, "after %s", script_stage_name(s->stage));
	buf_text(&b, ", stack ");
	script_step_stack_text(&b, s, FAILURE_DEPTH);
	snprintf(f->text, sizeof(f->text), "%s", buf_str(&b));
	buf_free(&b);
}

struct script_trace script_failure_trace(struct script_failure *f)
{
	f->text[0] = '\0';
	return (struct script_trace){keep_failure, f};
}

/* Signatures and keys are shown as a whole. */
#define WHOLE_ITEM 80
#define ENDS 8

/* size is at least 2 * WHOLE_ITEM + 1. */
static void item_hex(char *out, size_t size, struct bytes v)
{
	if (v.len == 0) {
		snprintf(out, size, "0");
	} else if (v.len <= WHOLE_ITEM) {
		hex_text(out, v.p, v.len);
	} else {
		char first[2 * ENDS + 1], last[2 * ENDS + 1];

		hex_text(first, v.p, ENDS);
		hex_text(last, v.p + v.len - ENDS, ENDS);
		snprintf(out, size, "%s..%s(%zu)", first, last, v.len);
	}
}

void script_step_stack_hex(char *out, size_t size, const struct script_step *s)
{
	size_t left = script_step_depth(s), at = 0;

	out[0] = '\0';
	while (left) {
		char item[2 * WHOLE_ITEM + 1];
		size_t n;

		item_hex(item, sizeof(item), script_step_item(s, left - 1));
		n = strlen(item);
		/* with room for a space and "+N" after it */
		if (at + n + 1 + 24 > size)
			break;
		at += (size_t)snprintf(out + at, size - at, "%s%s",
				       at ? " " : "", item);
		left--;
	}
	left += s->stack->hidden;
	if (left)
		snprintf(out + at, size - at, "%s+%zu", at ? " " : "", left);
}

static void keep_fault(void *ctx, const struct script_step *s)
{
	struct script_fault *f = ctx;
	bool here = s->event == SCRIPT_STEP && s->index == f->pos;

	/* an operation that cannot be decoded was never begun */
	if (s->event == SCRIPT_FAILED)
		here = f->pos < 0 || f->stage != s->stage || !f->stack[0];
	if (!here)
		return;
	f->stage = s->stage;
	script_step_stack_hex(f->stack, f->size, s);
}

struct script_trace script_fault_trace(struct script_fault *f, int32_t pos,
				       char *stack, size_t size)
{
	stack[0] = '\0';
	*f = (struct script_fault){
		.pos = pos,
		.stage = SCRIPT_STAGE_SIG,
		.stack = stack,
		.size = size,
	};
	return (struct script_trace){keep_fault, f};
}
