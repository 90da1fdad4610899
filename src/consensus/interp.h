/* SPDX-License-Identifier: MIT */
/*
 * The script interpreter: one loop over the bytes of a script, private to this
 * room (script_check.h is for everybody else).
 *
 * It works in time linear in the script, keeps nesting as two counters and
 * allocates nothing. Groups of operations live in ops_*.c; each function runs
 * one operation and answers with SCRIPT_ERR_OK or why the script fails.
 */
#ifndef QUARRY_CONSENSUS_INTERP_H
#define QUARRY_CONSENSUS_INTERP_H

#include "consensus/script_check.h"
#include "consensus/script_trace.h"
#include "consensus/sighash.h"
#include "consensus/stack.h"

#define SCRIPT_OPS_MAX 201
#define MULTISIG_KEYS_MAX 20
#define TAPSCRIPT_SIGOP_COST 50

/* Under which rules a script runs. */
enum sigversion {
	SIGV_BASE,
	SIGV_WITNESS_V0,
	SIGV_TAPSCRIPT,
};

/* Open IFs. Only how many there are and which is the outermost false one: that
 * tells whether operations are executed, and changes with any of them. */
struct conditions {
	uint32_t size;
	uint32_t first_false;	/* CONDITION_NONE: all are true */
};

#define CONDITION_NONE UINT32_MAX

struct vm {
	/* the input that is judged */
	const struct tx *tx;
	uint32_t n_in;
	const struct coin *coins;
	const struct sighash_cache *cache;
	uint32_t cf, pf;		/* consensus and policy flags */
	const struct script_trace *trace;
	struct stack stack;

	/* the script that runs */
	enum sigversion sigv;
	enum script_stage stage;
	struct bytes script;
	struct bytes left;		/* after the operation that runs */
	size_t op_at;			/* where that begins */
	struct bytes code;		/* from the last separator executed */
	uint8_t op;
	struct bytes data;		/* what it pushes */
	int32_t op_index;		/* -1: none */
	uint32_t n_ops;
	struct conditions cond;

	/* scripts that stand nowhere else */
	struct stack_item redeem;	/* BIP16: the item pushed last */
	uint8_t keyhash_script[25];	/* what a BIP141 key hash stands for */

	struct taproot_ext ext;
	int64_t budget;			/* BIP342 signature operations */
	struct sighash_memo memo;
};

static inline bool vm_policy(const struct vm *vm, uint32_t flag)
{
	return vm->pf & flag;
}

static inline bool vm_consensus(const struct vm *vm, uint32_t flag)
{
	return vm->cf & flag;
}

/* Tells the observer, if there is one, what vm is at. */
void vm_trace(const struct vm *vm, enum script_event event,
	      enum script_error error);
/* Is input vm->n_in good? (witness.c) BIP141's program, with the witness. */
enum script_error witness_check(struct vm *vm, uint8_t version,
				struct bytes program, bool p2sh);

/* Runs a script on vm->stack. */
enum script_error interp_run(struct vm *vm, enum script_stage stage,
			     enum sigversion sigv, struct bytes script);

/* OP_TOALTSTACK to OP_TUCK but for OP_VERIFY and the like, and OP_SIZE. */
enum script_error op_stack(struct vm *vm);
/* OP_1ADD to OP_WITHIN. */
enum script_error op_number(struct vm *vm);
/* OP_RIPEMD160 to OP_HASH256, OP_EQUAL, OP_EQUALVERIFY. */
enum script_error op_hash(struct vm *vm);
/* OP_CHECKSIG, OP_CHECKSIGVERIFY, OP_CHECKSIGADD. */
enum script_error op_checksig(struct vm *vm);
/* OP_CHECKMULTISIG, OP_CHECKMULTISIGVERIFY. */
enum script_error op_checkmultisig(struct vm *vm);
/* OP_CHECKLOCKTIMEVERIFY, OP_CHECKSEQUENCEVERIFY. */
enum script_error op_locktime(struct vm *vm);

/* BIP340 signature of 64 or 65 bytes over the taproot message (vm->ext). */
enum script_error vm_check_schnorr(struct vm *vm, struct bytes sig,
				   const uint8_t key[32]);

/* Item i from the top as an operand; UNKNOWN_ERROR when it is none. */
enum script_error vm_number(const struct vm *vm, size_t i, int64_t *out);

#endif
