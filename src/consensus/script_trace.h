/* SPDX-License-Identifier: MIT */
/*
 * Watching a script run, step by step: for `quarry trace` and for refusals that
 * show the stack at the failing operation.
 */
#ifndef QUARRY_CONSENSUS_SCRIPT_TRACE_H
#define QUARRY_CONSENSUS_SCRIPT_TRACE_H

#include "base/buf.h"
#include "consensus/script_check.h"

/* Which of an input's scripts. */
enum script_stage {
	SCRIPT_STAGE_SIG,	/* the input's own script */
	SCRIPT_STAGE_PUBKEY,	/* the script of the output it spends */
	SCRIPT_STAGE_REDEEM,	/* BIP16 */
	SCRIPT_STAGE_WITNESS,	/* witness version 0 */
	SCRIPT_STAGE_TAPSCRIPT,
};

enum script_event {
	SCRIPT_STEP,	/* before an operation */
	SCRIPT_END,	/* a script ran to its end */
	SCRIPT_FAILED,	/* error says why; the operation is the culprit */
	SCRIPT_DONE,	/* the whole input is judged good */
};

struct stack;

struct script_step {
	enum script_event event;
	enum script_error error;
	enum script_stage stage;
	struct bytes script;	/* all of it */
	int32_t index;		/* of the operation; -1: none */
	size_t offset;		/* where it begins */
	uint8_t op;		/* meaningful when index >= 0 */
	struct bytes data;	/* what it pushes */
	bool skipped;		/* inside a branch that is not taken */
	const struct stack *stack;
};

struct script_trace {
	/* The step and its stack are valid during the call. */
	void (*step)(void *ctx, const struct script_step *step);
	void *ctx;
};

/* "scriptSig", "scriptPubKey", "redeemScript", "witnessScript", "tapscript" */
const char *script_stage_name(enum script_stage stage);
/* Items on the stacks, counted from the bottom. */
size_t script_step_depth(const struct script_step *s);
struct bytes script_step_item(const struct script_step *s, size_t i);
size_t script_step_alt_depth(const struct script_step *s);
struct bytes script_step_alt_item(const struct script_step *s, size_t i);
/* The stack as text, bottom first: "[01, , ab..cd (520 bytes)]". Of long items
 * the ends, of deep stacks the top `max` items. */
void script_step_stack_text(struct buf *out, const struct script_step *s,
			    size_t max);

/* A ready observer that keeps the text of the last failure:
 * "OP_EQUALVERIFY at 3 of scriptPubKey, stack [..]". */
struct script_failure {
	char text[400];
};

struct script_trace script_failure_trace(struct script_failure *f);

/* The stack as an operand sees it, top first, in at most size - 1 characters:
 * "02ab 0 30450221..a1b2c3d4(71)": items in hex with a space between, an empty
 * item as 0, of long ones the ends and the length, and "+N" for N items more. */
void script_step_stack_hex(char *out, size_t size, const struct script_step *s);

/* A ready observer that keeps what the operation at fault found on the stack.
 * Run the failing input once more with the position that script_check gave. */
struct script_fault {
	int32_t pos;
	enum script_stage stage;	/* of the script that failed */
	char *stack;			/* room for size */
	size_t size;
};

struct script_trace script_fault_trace(struct script_fault *f, int32_t pos,
				       char *stack, size_t size);

#endif
