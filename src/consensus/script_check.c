/* SPDX-License-Identifier: MIT */
/*
 * From an input to its judgement: the input's script, the output's script on
 * the same stack, then what BIP16 and BIP141 add when the output has their form.
 */
#include "consensus/interp.h"
#include "consensus/scriptnum.h"
#include "primitives/script.h"

static enum script_error top_is_true(const struct vm *vm)
{
	if (stack_depth(&vm->stack) == 0 ||
	    !script_is_true(stack_at(&vm->stack, 1)))
		return SCRIPT_ERR_EVAL_FALSE;
	return SCRIPT_ERR_OK;
}

/* A good witness program leaves one true item for the rules that follow. */
static enum script_error run_program(struct vm *vm, uint8_t version,
				     struct bytes program, bool p2sh)
{
	enum script_error e = witness_check(vm, version, program, p2sh);

	stack_clear_alt(&vm->stack);
	if (e != SCRIPT_ERR_OK)
		return e;
	stack_init(&vm->stack);
	stack_push_bool(&vm->stack, true);
	return SCRIPT_ERR_OK;
}

/* The script that is pushed last, run on what lies below it. The output's
 * script replaced it on the stack by `true`, which is popped instead.
 * *witness: it held a witness program. */
static enum script_error check_p2sh(struct vm *vm, bool *witness)
{
	struct bytes sig = vm->tx->in[vm->n_in].script_sig;
	struct bytes redeem = stack_item_bytes(&vm->redeem);
	struct bytes program;
	enum script_error e;
	uint8_t version;

	if (!script_is_push_only(sig))
		return SCRIPT_ERR_SIG_PUSHONLY;
	stack_pop(&vm->stack, 1);
	e = interp_run(vm, SCRIPT_STAGE_REDEEM, SIGV_BASE, redeem);
	if (e == SCRIPT_ERR_OK)
		e = top_is_true(vm);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (!(vm->cf & CF_WITNESS) ||
	    !script_is_witness_program(redeem, &version, &program))
		return SCRIPT_ERR_OK;
	*witness = true;
	/* a program has at most 42 bytes: one length byte before it */
	if (sig.len != redeem.len + 1 || sig.p[0] != redeem.len)
		return SCRIPT_ERR_WITNESS_MALLEATED_P2SH;
	return run_program(vm, version, program, true);
}

static enum script_error check_input(struct vm *vm)
{
	const struct txin *in = &vm->tx->in[vm->n_in];
	struct bytes script = vm->coins[vm->n_in].script, program;
	bool p2sh = vm->cf & CF_P2SH && script_is_p2sh(script);
	bool witness = false;
	enum script_error e;
	uint8_t version;

	if (vm_policy(vm, PF_SIGPUSHONLY) && !script_is_push_only(in->script_sig))
		return SCRIPT_ERR_SIG_PUSHONLY;
	e = interp_run(vm, SCRIPT_STAGE_SIG, SIGV_BASE, in->script_sig);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (p2sh && stack_depth(&vm->stack))
		vm->redeem = stack_item_at(&vm->stack, 1);
	e = interp_run(vm, SCRIPT_STAGE_PUBKEY, SIGV_BASE, script);
	if (e == SCRIPT_ERR_OK)
		e = top_is_true(vm);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (vm->cf & CF_WITNESS &&
	    script_is_witness_program(script, &version, &program)) {
		witness = true;
		if (in->script_sig.len)
			return SCRIPT_ERR_WITNESS_MALLEATED;
		e = run_program(vm, version, program, false);
	} else if (p2sh) {
		e = check_p2sh(vm, &witness);
	}
	if (e != SCRIPT_ERR_OK)
		return e;
	vm->op_index = -1;
	if (vm_policy(vm, PF_CLEANSTACK) && stack_depth(&vm->stack) != 1)
		return SCRIPT_ERR_CLEANSTACK;
	if (vm->cf & CF_WITNESS && !witness && in->n_witness)
		return SCRIPT_ERR_WITNESS_UNEXPECTED;
	return SCRIPT_ERR_OK;
}

enum status script_check(const struct tx *tx, uint32_t n_in,
			 const struct coin *coins,
			 const struct sighash_cache *cache,
			 struct consensus_flags flags, struct policy_flags policy,
			 const struct script_trace *trace,
			 enum script_error *error, int32_t *pos)
{
	/* Not cleared as a whole: the stack's arrays are 46 KB. */
	struct vm vm;

	vm.tx = tx;
	vm.n_in = n_in;
	vm.coins = coins;
	vm.cache = cache;
	vm.cf = flags.bits;
	vm.pf = policy.bits;
	vm.trace = trace;
	vm.stage = SCRIPT_STAGE_SIG;
	vm.script = vm.data = bytes_of(NULL, 0);
	vm.op = 0;
	vm.op_at = 0;
	vm.op_index = -1;
	vm.cond = (struct conditions){0, CONDITION_NONE};
	vm.ext = (struct taproot_ext){0};
	vm.budget = 0;
	stack_init(&vm.stack);
	*error = check_input(&vm);
	*pos = *error == SCRIPT_ERR_OK ? -1 : vm.op_index;
	vm_trace(&vm, *error == SCRIPT_ERR_OK ? SCRIPT_DONE : SCRIPT_FAILED,
		 *error);
	return ST_OK;
}
