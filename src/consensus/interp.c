/* SPDX-License-Identifier: MIT */
/*
 * The loop, what holds for every operation, and flow control.
 *
 * The order of the tests is part of the rules: it decides which error a script
 * fails with, and limits count before an operation is looked at. Bitcoin Core's
 * order is kept.
 */
#include "consensus/interp.h"

#include "consensus/scriptnum.h"
#include "primitives/script.h"

static bool executing(const struct vm *vm)
{
	return vm->cond.first_false == CONDITION_NONE;
}

static void cond_push(struct conditions *c, bool value)
{
	if (!value && c->first_false == CONDITION_NONE)
		c->first_false = c->size;
	c->size++;
}

static void cond_pop(struct conditions *c)
{
	c->size--;
	if (c->first_false == c->size)
		c->first_false = CONDITION_NONE;
}

/* OP_ELSE turns the innermost condition; inside a false one that changes
 * nothing. */
static void cond_toggle(struct conditions *c)
{
	if (c->first_false == CONDITION_NONE)
		c->first_false = c->size - 1;
	else if (c->first_false == c->size - 1)
		c->first_false = CONDITION_NONE;
}

/* Fail wherever they stand, taken branch or not. */
static bool is_disabled(uint8_t op)
{
	return (op >= OP_CAT && op <= OP_RIGHT) ||
	       (op >= OP_INVERT && op <= OP_XOR) || op == OP_2MUL ||
	       op == OP_2DIV || (op >= OP_MUL && op <= OP_RSHIFT);
}

/* Could the same bytes be pushed by a shorter operation? (BIP62 rule 3) */
static bool is_minimal_push(uint8_t op, struct bytes data)
{
	if (data.len == 0)
		return op == OP_0;
	if (data.len == 1 && ((data.p[0] >= 1 && data.p[0] <= 16) ||
			      data.p[0] == 0x81))
		return false;
	if (data.len < OP_PUSHDATA1)
		return op == data.len;
	if (data.len <= 0xff)
		return op == OP_PUSHDATA1;
	if (data.len <= 0xffff)
		return op == OP_PUSHDATA2;
	return true;
}

void vm_trace(const struct vm *vm, enum script_event event,
	      enum script_error error)
{
	struct script_step s = {
		.event = event,
		.error = error,
		.stage = vm->stage,
		.script = vm->script,
		.index = vm->op_index,
		.offset = vm->op_at,
		.op = vm->op,
		.data = vm->data,
		.skipped = !executing(vm),
		.stack = &vm->stack,
	};

	if (vm->trace)
		vm->trace->step(vm->trace->ctx, &s);
}

static enum script_error op_if(struct vm *vm)
{
	bool value = false;

	if (executing(vm)) {
		struct bytes v;
		bool exact;

		if (stack_depth(&vm->stack) < 1)
			return SCRIPT_ERR_UNBALANCED_CONDITIONAL;
		v = stack_at(&vm->stack, 1);
		exact = v.len == 0 || (v.len == 1 && v.p[0] == 1);
		if (vm->sigv == SIGV_TAPSCRIPT && !exact)
			return SCRIPT_ERR_TAPSCRIPT_MINIMALIF;
		if (vm->sigv == SIGV_WITNESS_V0 &&
		    vm_policy(vm, PF_MINIMALIF) && !exact)
			return SCRIPT_ERR_MINIMALIF;
		value = script_is_true(v) == (vm->op == OP_IF);
		stack_pop(&vm->stack, 1);
	}
	cond_push(&vm->cond, value);
	return SCRIPT_ERR_OK;
}

static enum script_error op_verify(struct vm *vm)
{
	if (stack_depth(&vm->stack) < 1)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	if (!script_is_true(stack_at(&vm->stack, 1)))
		return SCRIPT_ERR_VERIFY;
	stack_pop(&vm->stack, 1);
	return SCRIPT_ERR_OK;
}

static enum script_error op_codeseparator(struct vm *vm)
{
	vm->code = vm->left;
	vm->ext.codesep = (uint32_t)vm->op_index;
	return SCRIPT_ERR_OK;
}

static enum script_error op_flow(struct vm *vm)
{
	switch (vm->op) {
	case OP_IF:
	case OP_NOTIF:
		return op_if(vm);
	case OP_ELSE:
		if (!vm->cond.size)
			return SCRIPT_ERR_UNBALANCED_CONDITIONAL;
		cond_toggle(&vm->cond);
		return SCRIPT_ERR_OK;
	case OP_ENDIF:
		if (!vm->cond.size)
			return SCRIPT_ERR_UNBALANCED_CONDITIONAL;
		cond_pop(&vm->cond);
		return SCRIPT_ERR_OK;
	case OP_VERIFY:
		return op_verify(vm);
	case OP_RETURN:
		return SCRIPT_ERR_OP_RETURN;
	default:	/* OP_VERIF, OP_VERNOTIF */
		return SCRIPT_ERR_BAD_OPCODE;
	}
}

/* One operation that is not a push, executed. */
static enum script_error execute(struct vm *vm)
{
	uint8_t op = vm->op;

	if (op == OP_1NEGATE || (op >= OP_1 && op <= OP_16)) {
		stack_push_num(&vm->stack, (int)op - (OP_1 - 1));
		return SCRIPT_ERR_OK;
	}
	if (op >= OP_IF && op <= OP_RETURN)
		return op_flow(vm);
	if ((op >= OP_TOALTSTACK && op <= OP_TUCK) || op == OP_SIZE)
		return op_stack(vm);
	if (op >= OP_1ADD && op <= OP_WITHIN)
		return op_number(vm);
	if ((op >= OP_RIPEMD160 && op <= OP_HASH256) || op == OP_EQUAL ||
	    op == OP_EQUALVERIFY)
		return op_hash(vm);
	switch (op) {
	case OP_NOP:
		return SCRIPT_ERR_OK;
	case OP_CODESEPARATOR:
		return op_codeseparator(vm);
	case OP_CHECKSIG:
	case OP_CHECKSIGVERIFY:
	case OP_CHECKSIGADD:
		return op_checksig(vm);
	case OP_CHECKMULTISIG:
	case OP_CHECKMULTISIGVERIFY:
		return op_checkmultisig(vm);
	case OP_CHECKLOCKTIMEVERIFY:
	case OP_CHECKSEQUENCEVERIFY:
		return op_locktime(vm);
	default:
		break;
	}
	if (op == OP_NOP1 || (op >= OP_NOP4 && op <= OP_NOP10))
		return vm_policy(vm, PF_DISCOURAGE_UPGRADABLE_NOPS) ?
			SCRIPT_ERR_DISCOURAGE_UPGRADABLE_NOPS : SCRIPT_ERR_OK;
	return SCRIPT_ERR_BAD_OPCODE;
}

/* What holds for an operation before it is known whether it is executed. */
static enum script_error admit(struct vm *vm)
{
	if (vm->data.len > SCRIPT_ELEMENT_MAX)
		return SCRIPT_ERR_PUSH_SIZE;
	if (vm->sigv != SIGV_TAPSCRIPT && vm->op > OP_16 &&
	    ++vm->n_ops > SCRIPT_OPS_MAX)
		return SCRIPT_ERR_OP_COUNT;
	if (is_disabled(vm->op))
		return SCRIPT_ERR_DISABLED_OPCODE;
	if (vm->op == OP_CODESEPARATOR && vm->sigv == SIGV_BASE &&
	    vm_policy(vm, PF_CONST_SCRIPTCODE))
		return SCRIPT_ERR_OP_CODESEPARATOR;
	return SCRIPT_ERR_OK;
}

static enum script_error step(struct vm *vm)
{
	enum script_error e = admit(vm);

	if (e != SCRIPT_ERR_OK)
		return e;
	if (vm->op <= OP_PUSHDATA4) {
		if (executing(vm)) {
			if (vm_policy(vm, PF_MINIMALDATA) &&
			    !is_minimal_push(vm->op, vm->data))
				return SCRIPT_ERR_MINIMALDATA;
			stack_push(&vm->stack, vm->data);
		}
	} else if (executing(vm) || (vm->op >= OP_IF && vm->op <= OP_ENDIF)) {
		e = execute(vm);
		if (e != SCRIPT_ERR_OK)
			return e;
	}
	if (stack_total(&vm->stack) > STACK_ITEMS_MAX)
		return SCRIPT_ERR_STACK_SIZE;
	return SCRIPT_ERR_OK;
}

static enum script_error run_operations(struct vm *vm)
{
	enum script_error e;

	for (; vm->left.len; vm->op_index++) {
		vm->op_at = vm->script.len - vm->left.len;
		if (!script_next(&vm->left, &vm->op, &vm->data))
			return SCRIPT_ERR_BAD_OPCODE;
		if (vm->trace)
			vm_trace(vm, SCRIPT_STEP, SCRIPT_ERR_OK);
		e = step(vm);
		if (e != SCRIPT_ERR_OK)
			return e;
	}
	return SCRIPT_ERR_OK;
}

enum script_error interp_run(struct vm *vm, enum script_stage stage,
			     enum sigversion sigv, struct bytes script)
{
	enum script_error e;

	vm->stage = stage;
	vm->sigv = sigv;
	vm->script = vm->left = vm->code = script;
	vm->op_index = -1;
	vm->op_at = 0;
	vm->op = OP_INVALIDOPCODE;
	vm->data = bytes_of(NULL, 0);
	vm->n_ops = 0;
	vm->cond = (struct conditions){0, CONDITION_NONE};
	vm->ext.codesep = UINT32_MAX;
	vm->memo.code = NULL;
	if (sigv != SIGV_TAPSCRIPT && script.len > SCRIPT_SIZE_MAX)
		return SCRIPT_ERR_SCRIPT_SIZE;
	vm->op_index = 0;
	e = run_operations(vm);
	if (e != SCRIPT_ERR_OK)
		return e;
	vm->op_index = -1;
	vm->op_at = script.len;
	vm->data = bytes_of(NULL, 0);
	if (vm->cond.size)
		return SCRIPT_ERR_UNBALANCED_CONDITIONAL;
	stack_clear_alt(&vm->stack);
	vm_trace(vm, SCRIPT_END, SCRIPT_ERR_OK);
	return SCRIPT_ERR_OK;
}
