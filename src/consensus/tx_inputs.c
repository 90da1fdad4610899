/* SPDX-License-Identifier: MIT */
/* Maturity, ranges and sums, in Bitcoin Core's order. */
#include "consensus/tx_inputs.h"

#include <inttypes.h>

bool tx_check_inputs(const struct params *p, const struct tx *tx,
		     const struct coin *coins, uint32_t spend_height,
		     int64_t *fee_sat, struct verdict *v)
{
	int64_t in = 0, out = 0;

	for (uint32_t i = 0; i < tx->n_in; i++) {
		const struct coin *c = &coins[i];
		int64_t depth = (int64_t)spend_height - c->height;

		v->input = (int32_t)i;
		if (c->coinbase && depth < p->maturity)
			return verdict_refuse(v, V_CB_IMMATURE,
					      "input %" PRIu32 " spends a "
					      "coinbase at depth %" PRId64, i,
					      depth);
		if (!money_ok(c->value) || !money_ok(in + c->value))
			return verdict_refuse(v, V_INPUT_RANGE,
					      "input %" PRIu32, i);
		in += c->value;
	}
	v->input = -1;
	for (uint32_t i = 0; i < tx->n_out; i++) {
		/* tx_check has seen to this; without it the sum may overflow */
		if (!money_ok(tx->out[i].value) ||
		    !money_ok(out + tx->out[i].value))
			return verdict_refuse(v, V_VOUT_TOTAL,
					      "output %" PRIu32, i);
		out += tx->out[i].value;
	}
	if (in < out)
		return verdict_refuse(v, V_IN_BELOW_OUT,
				      "value in %" PRId64 " < value out %" PRId64,
				      in, out);
	if (!money_ok(in - out))
		return verdict_refuse(v, V_FEE_RANGE, "fee %" PRId64, in - out);
	*fee_sat = in - out;
	return true;
}
