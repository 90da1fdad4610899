/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic and lock times. Operands have at most 4 bytes (lock times 5), so no
 * sum can overflow 64 bits.
 */
#include "base/bug.h"
#include "consensus/interp.h"
#include "consensus/scriptnum.h"
#include "primitives/script.h"

#define LOCKTIME_THRESHOLD 500000000
#define SEQUENCE_DISABLE 0x80000000u
#define SEQUENCE_TIME 0x00400000u
#define SEQUENCE_MASK 0x0000ffffu

static enum script_error number(const struct vm *vm, size_t i, size_t max,
				int64_t *out)
{
	return scriptnum_get(out, stack_at(&vm->stack, i), max,
			     vm_policy(vm, PF_MINIMALDATA)) ?
		SCRIPT_ERR_OK : SCRIPT_ERR_UNKNOWN_ERROR;
}

enum script_error vm_number(const struct vm *vm, size_t i, int64_t *out)
{
	return number(vm, i, SCRIPTNUM_OPERAND_MAX, out);
}

static enum script_error unary(struct vm *vm)
{
	enum script_error e;
	int64_t v;

	if (stack_depth(&vm->stack) < 1)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = vm_number(vm, 1, &v);
	if (e != SCRIPT_ERR_OK)
		return e;
	switch (vm->op) {
	case OP_1ADD:
		v++;
		break;
	case OP_1SUB:
		v--;
		break;
	case OP_NEGATE:
		v = -v;
		break;
	case OP_ABS:
		v = v < 0 ? -v : v;
		break;
	case OP_NOT:
		v = v == 0;
		break;
	case OP_0NOTEQUAL:
		v = v != 0;
		break;
	default:
		BUG("operation %02x takes no single number", vm->op);
	}
	stack_pop(&vm->stack, 1);
	stack_push_num(&vm->stack, v);
	return SCRIPT_ERR_OK;
}

static int64_t binary_result(uint8_t op, int64_t a, int64_t b)
{
	switch (op) {
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_BOOLAND:
		return a && b;
	case OP_BOOLOR:
		return a || b;
	case OP_NUMEQUAL:
	case OP_NUMEQUALVERIFY:
		return a == b;
	case OP_NUMNOTEQUAL:
		return a != b;
	case OP_LESSTHAN:
		return a < b;
	case OP_GREATERTHAN:
		return a > b;
	case OP_LESSTHANOREQUAL:
		return a <= b;
	case OP_GREATERTHANOREQUAL:
		return a >= b;
	case OP_MIN:
		return a < b ? a : b;
	case OP_MAX:
		return a > b ? a : b;
	default:
		BUG("operation %02x takes no two numbers", op);
	}
}

static enum script_error binary(struct vm *vm)
{
	enum script_error e;
	int64_t a, b, v;

	if (stack_depth(&vm->stack) < 2)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = vm_number(vm, 2, &a);
	if (e == SCRIPT_ERR_OK)
		e = vm_number(vm, 1, &b);
	if (e != SCRIPT_ERR_OK)
		return e;
	v = binary_result(vm->op, a, b);
	stack_pop(&vm->stack, 2);
	stack_push_num(&vm->stack, v);
	if (vm->op == OP_NUMEQUALVERIFY) {
		if (!v)
			return SCRIPT_ERR_NUMEQUALVERIFY;
		stack_pop(&vm->stack, 1);
	}
	return SCRIPT_ERR_OK;
}

static enum script_error within(struct vm *vm)
{
	int64_t v[3];	/* max, min, x */

	if (stack_depth(&vm->stack) < 3)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	for (size_t i = 3; i > 0; i--) {
		enum script_error e = vm_number(vm, i, &v[i - 1]);

		if (e != SCRIPT_ERR_OK)
			return e;
	}
	stack_pop(&vm->stack, 3);
	stack_push_bool(&vm->stack, v[1] <= v[2] && v[2] < v[0]);
	return SCRIPT_ERR_OK;
}

enum script_error op_number(struct vm *vm)
{
	if (vm->op == OP_WITHIN)
		return within(vm);
	return vm->op < OP_ADD ? unary(vm) : binary(vm);
}

/* BIP65: same kind as the transaction's lock time, reached by it, and the input
 * must not switch lock times off. */
static bool locktime_met(const struct vm *vm, int64_t wanted)
{
	uint32_t have = vm->tx->locktime;

	return (wanted < LOCKTIME_THRESHOLD) == (have < LOCKTIME_THRESHOLD) &&
	       wanted <= (int64_t)have &&
	       vm->tx->in[vm->n_in].sequence != SEQUENCE_FINAL;
}

/* BIP112: version and the input's sequence make a relative lock time of the same
 * kind, at least as long. */
static bool sequence_met(const struct vm *vm, uint32_t wanted)
{
	uint32_t have = vm->tx->in[vm->n_in].sequence;

	return vm->tx->version >= 2 && !(have & SEQUENCE_DISABLE) &&
	       (wanted & SEQUENCE_TIME) == (have & SEQUENCE_TIME) &&
	       (wanted & SEQUENCE_MASK) <= (have & SEQUENCE_MASK);
}

enum script_error op_locktime(struct vm *vm)
{
	bool absolute = vm->op == OP_CHECKLOCKTIMEVERIFY;
	enum script_error e;
	int64_t v;

	if (!vm_consensus(vm, absolute ? CF_CLTV : CF_CSV))
		return SCRIPT_ERR_OK;
	if (stack_depth(&vm->stack) < 1)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = number(vm, 1, SCRIPTNUM_LOCKTIME_MAX, &v);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (v < 0)
		return SCRIPT_ERR_NEGATIVE_LOCKTIME;
	if (!absolute && v & SEQUENCE_DISABLE)
		return SCRIPT_ERR_OK;
	if (absolute ? !locktime_met(vm, v) : !sequence_met(vm, (uint32_t)v))
		return SCRIPT_ERR_UNSATISFIED_LOCKTIME;
	return SCRIPT_ERR_OK;
}
