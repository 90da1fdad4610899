/* SPDX-License-Identifier: MIT */
/*
 * The judgement on a block or transaction.
 *
 * A verdict is about data alone. A full disk, a busy database or a failed
 * allocation is an enum status and never becomes a verdict. verdict.def lists
 * every reason once, with Bitcoin Core's reject string (which is API), what
 * kind of refusal it is, the rule it enforces and a sentence for people.
 */
#ifndef QUARRY_PRIMITIVES_VERDICT_H
#define QUARRY_PRIMITIVES_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "primitives/hash.h"

/* What a refusal means for what comes next. */
enum verdict_class {
	VC_VALID,
	VC_CONSENSUS,	/* can never become valid: remember it */
	VC_MUTATED,	/* the bytes may not be what the header commits to:
			 * never remember it against the hash */
	VC_HEADER,	/* the header itself is invalid */
	VC_FUTURE,	/* too early: may be valid later */
	VC_CONTEXT,	/* depends on something we lack (parent, inputs) */
	VC_POLICY,	/* valid in a block, not relayed or mined by us */
	VC_CONFLICT,	/* loses against something we already have */
};

enum verdict_code {
	VALID = 0,
#define V(code, reject, class, rule, text) code,
#include "primitives/verdict.def"
#undef V
	VERDICT_COUNT
};

#define VERDICT_DETAIL_SIZE 384
#define VERDICT_STACK_SIZE 2001

struct verdict {
	enum verdict_code code;
	int32_t input;		/* index of the input at fault, or -1 */
	int32_t script_pos;	/* opcode index where a script failed, or -1 */
	bool stripped;		/* a script wants a witness and there is none:
				 * somebody may have taken it away */
	char detail[VERDICT_DETAIL_SIZE]; /* ASCII; "" when nothing to add */
	bool has_tx;		/* one transaction of a block is at fault: */
	struct txid tx;
	/* where a script failed: which ("redeemScript", "": none did), and the
	 * stack before the operation at fault, top first: items in hex with a
	 * space between, 0 for an empty one */
	char script[16];
	char stack[VERDICT_STACK_SIZE];
};

/* Start every judgement here. */
static inline void verdict_init(struct verdict *v)
{
	v->code = VALID;
	v->input = -1;
	v->script_pos = -1;
	v->detail[0] = '\0';
	v->has_tx = false;
	v->script[0] = '\0';
	v->stack[0] = '\0';
}

/* Records the refusal; returns false, so that a rule reads
 * `return verdict_refuse(v, CODE, "...")`. */
bool verdict_refuse(struct verdict *v, enum verdict_code code, const char *fmt,
		    ...) __attribute__((format(printf, 3, 4)));

/* Bitcoin Core's string, "bad-txns-vin-empty"; "" for VALID. For script
 * failures the caller appends the script error in brackets (verdict_reject). */
const char *verdict_name(enum verdict_code code);
enum verdict_class verdict_class(enum verdict_code code);
/* The code of a reject string (the first that has it); V_SCRIPT when unknown. */
enum verdict_code verdict_by_reject(const char *reject);
/* The BIP, CVE or rule behind it: "BIP34". */
const char *verdict_rule(enum verdict_code code);
/* One sentence for people. */
const char *verdict_sentence(enum verdict_code code);
/* The reject string as clients get it: with " (detail)" for script failures,
 * "bad-version(0x00000001)" for versions, "package RBF failed: (why)" for what the
 * package would replace. Returns out. */
char *verdict_reject(char *out, size_t size, const struct verdict *v);

#endif
