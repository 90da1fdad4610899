/* SPDX-License-Identifier: MIT */
/*
 * Counting signature operations. A count looks at a script's bytes, whether it
 * would run or not.
 */
#include "consensus/tx_inputs.h"

#include "primitives/script.h"

#define MULTISIG_KEYS_MAX 20
#define WITNESS_SCALE 4

uint32_t script_sigops(struct bytes script, bool accurate)
{
	uint8_t op, last = OP_INVALIDOPCODE;
	struct bytes data;
	uint32_t n = 0;

	for (; script_next(&script, &op, &data); last = op) {
		if (op == OP_CHECKSIG || op == OP_CHECKSIGVERIFY)
			n++;
		else if (op == OP_CHECKMULTISIG || op == OP_CHECKMULTISIGVERIFY)
			n += accurate && last >= OP_1 && last <= OP_16 ?
			     last - OP_1 + 1u : MULTISIG_KEYS_MAX;
	}
	return n;
}

uint32_t tx_sigops_legacy(const struct tx *tx)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < tx->n_in; i++)
		n += script_sigops(tx->in[i].script_sig, false);
	for (uint32_t i = 0; i < tx->n_out; i++)
		n += script_sigops(tx->out[i].script, false);
	return n;
}

/* What a push-only scriptSig leaves on top of the stack as bytes (nothing for
 * OP_1..16); false when it is not push-only or does not decode. */
static bool last_push(struct bytes script_sig, struct bytes *top)
{
	struct bytes data;
	uint8_t op;

	*top = bytes_of(NULL, 0);
	while (script_next(&script_sig, &op, &data)) {
		if (op > OP_16)
			return false;
		*top = op <= OP_PUSHDATA4 ? data : bytes_of(NULL, 0);
	}
	return script_sig.len == 0;
}

static uint32_t witness_sigops(const struct txin *in, struct bytes script)
{
	struct bytes program, left = in->witness, item = bytes_of(NULL, 0);
	uint8_t version;

	if (!script_is_witness_program(script, &version, &program) ||
	    version != 0)
		return 0;
	if (program.len == 20)
		return 1;
	if (program.len != 32)
		return 0;
	while (witness_next(&left, &item))
		;
	return script_sigops(item, true);
}

static uint32_t input_sigop_cost(const struct txin *in, struct bytes script,
				 struct consensus_flags flags)
{
	uint32_t cost = 0;
	struct bytes redeem;

	if (!script_is_p2sh(script))
		return flags.bits & CF_WITNESS ? witness_sigops(in, script) : 0;
	if (!last_push(in->script_sig, &redeem))
		return 0;
	if (flags.bits & CF_P2SH)
		cost += WITNESS_SCALE * script_sigops(redeem, true);
	if (flags.bits & CF_WITNESS)
		cost += witness_sigops(in, redeem);
	return cost;
}

uint32_t tx_sigop_cost(const struct tx *tx, const struct coin *coins,
		       struct consensus_flags flags)
{
	uint32_t cost = WITNESS_SCALE * tx_sigops_legacy(tx);

	if (tx_is_coinbase(tx))
		return cost;
	for (uint32_t i = 0; i < tx->n_in; i++)
		cost += input_sigop_cost(&tx->in[i], coins[i].script, flags);
	return cost;
}
