/* SPDX-License-Identifier: MIT */
/* Operations that move items. */
#include "base/bug.h"
#include "consensus/interp.h"
#include "consensus/scriptnum.h"
#include "primitives/script.h"

/* Items that each operation from OP_TOALTSTACK on needs on the stack. */
static const uint8_t needs[] = {
	[OP_TOALTSTACK - OP_TOALTSTACK] = 1,
	[OP_FROMALTSTACK - OP_TOALTSTACK] = 0,
	[OP_2DROP - OP_TOALTSTACK] = 2,
	[OP_2DUP - OP_TOALTSTACK] = 2,
	[OP_3DUP - OP_TOALTSTACK] = 3,
	[OP_2OVER - OP_TOALTSTACK] = 4,
	[OP_2ROT - OP_TOALTSTACK] = 6,
	[OP_2SWAP - OP_TOALTSTACK] = 4,
	[OP_IFDUP - OP_TOALTSTACK] = 1,
	[OP_DEPTH - OP_TOALTSTACK] = 0,
	[OP_DROP - OP_TOALTSTACK] = 1,
	[OP_DUP - OP_TOALTSTACK] = 1,
	[OP_NIP - OP_TOALTSTACK] = 2,
	[OP_OVER - OP_TOALTSTACK] = 2,
	[OP_PICK - OP_TOALTSTACK] = 2,
	[OP_ROLL - OP_TOALTSTACK] = 2,
	[OP_ROT - OP_TOALTSTACK] = 3,
	[OP_SWAP - OP_TOALTSTACK] = 2,
	[OP_TUCK - OP_TOALTSTACK] = 2,
};

static void dup_many(struct stack *s, size_t from, unsigned n)
{
	while (n--)
		stack_dup(s, from);
}

static void roll_many(struct stack *s, size_t from, unsigned n)
{
	while (n--)
		stack_roll(s, from);
}

static enum script_error pick_or_roll(struct vm *vm)
{
	enum script_error e;
	int64_t n;

	e = vm_number(vm, 1, &n);
	if (e != SCRIPT_ERR_OK)
		return e;
	stack_pop(&vm->stack, 1);
	if (n < 0 || (uint64_t)n >= stack_depth(&vm->stack))
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	if (vm->op == OP_PICK)
		stack_dup(&vm->stack, (size_t)n + 1);
	else
		stack_roll(&vm->stack, (size_t)n + 1);
	return SCRIPT_ERR_OK;
}

enum script_error op_stack(struct vm *vm)
{
	struct stack *s = &vm->stack;

	if (stack_depth(s) < (vm->op == OP_SIZE ? 1 :
			      needs[vm->op - OP_TOALTSTACK]))
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	switch (vm->op) {
	case OP_TOALTSTACK:
		stack_to_alt(s);
		break;
	case OP_FROMALTSTACK:
		if (!s->n_alt)
			return SCRIPT_ERR_INVALID_ALTSTACK_OPERATION;
		stack_from_alt(s);
		break;
	case OP_2DROP:
		stack_pop(s, 2);
		break;
	case OP_2DUP:
		dup_many(s, 2, 2);
		break;
	case OP_3DUP:
		dup_many(s, 3, 3);
		break;
	case OP_2OVER:
		dup_many(s, 4, 2);
		break;
	case OP_2ROT:
		roll_many(s, 6, 2);
		break;
	case OP_2SWAP:
		roll_many(s, 4, 2);
		break;
	case OP_IFDUP:
		if (script_is_true(stack_at(s, 1)))
			stack_dup(s, 1);
		break;
	case OP_DEPTH:
		stack_push_num(s, (int64_t)stack_depth(s));
		break;
	case OP_DROP:
		stack_pop(s, 1);
		break;
	case OP_DUP:
		stack_dup(s, 1);
		break;
	case OP_NIP:
		stack_roll(s, 2);
		stack_pop(s, 1);
		break;
	case OP_OVER:
		stack_dup(s, 2);
		break;
	case OP_PICK:
	case OP_ROLL:
		return pick_or_roll(vm);
	case OP_ROT:
		stack_roll(s, 3);
		break;
	case OP_SWAP:
		stack_roll(s, 2);
		break;
	case OP_TUCK:
		stack_dup(s, 1);
		stack_sink(s, 3);
		break;
	case OP_SIZE:
		stack_push_num(s, (int64_t)stack_at(s, 1).len);
		break;
	default:
		BUG("operation %02x is no stack operation", vm->op);
	}
	return SCRIPT_ERR_OK;
}
