/* SPDX-License-Identifier: MIT */
/*
 * Witness programs: version 0 (BIP141), taproot and tapscript (BIP341, BIP342),
 * and what is reserved for later.
 *
 * A witness is walked where it lies. It may have millions of items, which is
 * valid when an OP_SUCCESS comes before the limit on items; so nothing is taken
 * per item until that limit has been tested.
 */
#include "consensus/interp.h"
#include "consensus/scriptnum.h"
#include "consensus/taproot.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

#define ANNEX_TAG 0x50
#define LEAF_TAPSCRIPT 0xc0
#define BUDGET_BASE 50

/* The last three items, last first; those that do not exist stay empty. */
static void last_items(const struct txin *in, struct bytes out[3])
{
	struct bytes left = in->witness, item;

	for (uint32_t i = 0; witness_next(&left, &item); i++) {
		uint32_t from_end = in->n_witness - 1 - i;

		if (from_end < 3)
			out[from_end] = item;
	}
}

/* Puts the first n items on the empty stack; of more than STACK_LOAD_MAX only
 * the top ones, see stack.h. */
static enum script_error load_items(struct vm *vm, uint32_t n)
{
	struct bytes left = vm->tx->in[vm->n_in].witness, item;
	uint32_t hidden = n > STACK_LOAD_MAX ? n - STACK_LOAD_MAX : 0;

	stack_init(&vm->stack);
	for (uint32_t i = 0; i < n && witness_next(&left, &item); i++) {
		if (item.len > SCRIPT_ELEMENT_MAX)
			return SCRIPT_ERR_PUSH_SIZE;
		if (i >= hidden)
			stack_push(&vm->stack, item);
	}
	vm->stack.hidden = hidden;
	return SCRIPT_ERR_OK;
}

/* Runs a witness script on the first n_items items: one true item must be all
 * that is left. */
static enum script_error run_witness_script(struct vm *vm,
					    enum sigversion sigv,
					    struct bytes script,
					    uint32_t n_items)
{
	enum script_error e = load_items(vm, n_items);

	if (e == SCRIPT_ERR_OK)
		e = interp_run(vm, sigv == SIGV_TAPSCRIPT ?
				   SCRIPT_STAGE_TAPSCRIPT : SCRIPT_STAGE_WITNESS,
			       sigv, script);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (stack_depth(&vm->stack) != 1)
		return SCRIPT_ERR_CLEANSTACK;
	return script_is_true(stack_at(&vm->stack, 1)) ? SCRIPT_ERR_OK :
							 SCRIPT_ERR_EVAL_FALSE;
}

static enum script_error check_keyhash(struct vm *vm, struct bytes program)
{
	uint8_t *script = vm->keyhash_script;

	if (vm->tx->in[vm->n_in].n_witness != 2)
		return SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH;
	script[0] = OP_DUP;
	script[1] = OP_HASH160;
	script[2] = 20;
	memcpy(script + 3, program.p, 20);
	script[23] = OP_EQUALVERIFY;
	script[24] = OP_CHECKSIG;
	return run_witness_script(vm, SIGV_WITNESS_V0,
				  bytes_of(script, sizeof(vm->keyhash_script)), 2);
}

static enum script_error check_scripthash(struct vm *vm, struct bytes program)
{
	const struct txin *in = &vm->tx->in[vm->n_in];
	struct bytes last[3] = {{0}};
	uint8_t hash[32];

	if (!in->n_witness)
		return SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY;
	last_items(in, last);
	sha256(hash, last[0].p, last[0].len);
	if (memcmp(hash, program.p, sizeof(hash)) != 0)
		return SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH;
	return run_witness_script(vm, SIGV_WITNESS_V0, last[0],
				  in->n_witness - 1);
}

/* --- taproot --- */

static void hash_annex(struct hash256 *out, struct bytes annex)
{
	struct sha256_ctx h;
	uint8_t b[9];

	sha256_init(&h);
	sha256_add(&h, b, compactsize_put(b, annex.len));
	sha256_add(&h, annex.p, annex.len);
	sha256_done(&h, out->b);
}

/* BIP342: opcodes with which any tapscript succeeds. */
static bool is_op_success(uint8_t op)
{
	return op == OP_RESERVED || op == OP_VER ||
	       (op >= OP_CAT && op <= OP_RIGHT) ||
	       (op >= OP_INVERT && op <= OP_XOR) ||
	       op == OP_RESERVED1 || op == OP_RESERVED2 ||
	       op == OP_2MUL || op == OP_2DIV ||
	       (op >= OP_MUL && op <= OP_RSHIFT) ||
	       (op >= 0xbb && op <= 0xfe);
}

static enum script_error check_tapscript(struct vm *vm, struct bytes script,
					 uint32_t n_items)
{
	struct bytes left = script, data;
	uint8_t op;

	while (script_next(&left, &op, &data)) {
		if (is_op_success(op))
			return vm_policy(vm, PF_DISCOURAGE_OP_SUCCESS) ?
				SCRIPT_ERR_DISCOURAGE_OP_SUCCESS : SCRIPT_ERR_OK;
	}
	if (left.len)
		return SCRIPT_ERR_BAD_OPCODE;
	if (n_items > STACK_ITEMS_MAX)
		return SCRIPT_ERR_STACK_SIZE;
	return run_witness_script(vm, SIGV_TAPSCRIPT, script, n_items);
}

static enum script_error check_script_path(struct vm *vm, struct bytes program,
					   struct bytes script,
					   struct bytes control,
					   uint32_t n_items)
{
	const struct txin *in = &vm->tx->in[vm->n_in];
	uint8_t version;

	if (!taproot_control_size_ok(control.len))
		return SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE;
	version = control.p[0] & TAPROOT_LEAF_MASK;
	taproot_leaf_hash(&vm->ext.leaf, version, script);
	if (!taproot_commits(program, control, &vm->ext.leaf))
		return SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH;
	if (version != LEAF_TAPSCRIPT)
		return vm_policy(vm, PF_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION) ?
			SCRIPT_ERR_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION :
			SCRIPT_ERR_OK;
	vm->ext.tapscript = true;
	vm->budget = BUDGET_BASE + (int64_t)compactsize_size(in->n_witness) +
		     (int64_t)in->witness.len;
	return check_tapscript(vm, script, n_items);
}

static enum script_error check_taproot(struct vm *vm, struct bytes program)
{
	const struct txin *in = &vm->tx->in[vm->n_in];
	uint32_t n = in->n_witness;
	struct bytes last[3] = {{0}};
	const struct bytes *end = last;

	if (!vm_consensus(vm, CF_TAPROOT))
		return SCRIPT_ERR_OK;
	if (!n)
		return SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY;
	last_items(in, last);
	vm->ext = (struct taproot_ext){.codesep = UINT32_MAX};
	if (n >= 2 && end[0].len && end[0].p[0] == ANNEX_TAG) {
		vm->ext.annex = true;
		hash_annex(&vm->ext.annex_hash, end[0]);
		end++;
		n--;
	}
	if (n == 1)
		return vm_check_schnorr(vm, end[0], program.p);
	return check_script_path(vm, program, end[1], end[0], n - 2);
}

enum script_error witness_check(struct vm *vm, uint8_t version,
				struct bytes program, bool p2sh)
{
	static const uint8_t anchor[2] = {0x4e, 0x73};

	/* failures outside a script: no operation is to blame */
	vm->op_index = -1;
	if (version == 0) {
		if (program.len == 20)
			return check_keyhash(vm, program);
		if (program.len == 32)
			return check_scripthash(vm, program);
		return SCRIPT_ERR_WITNESS_PROGRAM_WRONG_LENGTH;
	}
	if (version == 1 && program.len == 32 && !p2sh)
		return check_taproot(vm, program);
	if (version == 1 && program.len == sizeof(anchor) && !p2sh &&
	    memcmp(program.p, anchor, sizeof(anchor)) == 0)
		return SCRIPT_ERR_OK;
	return vm_policy(vm, PF_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM) ?
		SCRIPT_ERR_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM : SCRIPT_ERR_OK;
}
