/* SPDX-License-Identifier: MIT */
/* See standard.h. */
#include "consensus/standard.h"

#include <inttypes.h>

#include "base/bug.h"
#include "consensus/taproot.h"
#include "consensus/tx_inputs.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

#define VERSION_MAX 3u
#define P2SH_SIGOPS_MAX 15u
#define P2WSH_SCRIPT_MAX 3600u
#define P2WSH_ITEMS_MAX 100u
#define WITNESS_ITEM_MAX 80u
#define STACK_MAX 1000u
#define ANNEX_TAG 0x50
#define LEAF_TAPSCRIPT 0xc0
/* What an input that spends the output adds to a transaction: outpoint,
 * script length, script of a P2PKH spend (a quarter of it in a witness),
 * sequence. */
#define SPEND_SIZE (32 + 4 + 1 + 107 + 4)
#define SPEND_SIZE_WITNESS (32 + 4 + 1 + 107 / 4 + 4)

int64_t fee_at_rate_sat(int64_t rate_sat_kvb, int64_t vsize_vb)
{
	BUG_ON(rate_sat_kvb < 0 || vsize_vb < 0);
	return (rate_sat_kvb * vsize_vb + 999) / 1000;
}

int64_t standard_dust_sat(const struct txout *out, int64_t dust_sat_kvb)
{
	struct bytes program;
	uint8_t version;
	size_t size = 8 + compactsize_size(out->script.len) + out->script.len;

	if (script_is_unspendable(out->script))
		return 0;
	size += script_is_witness_program(out->script, &version, &program)
			? SPEND_SIZE_WITNESS
			: SPEND_SIZE;
	return fee_at_rate_sat(dust_sat_kvb, (int64_t)size);
}

static bool standard_output(const struct tx *tx, uint32_t i,
			    const struct standard_rules *r, uint32_t *n_data,
			    struct verdict *v)
{
	const struct txout *out = &tx->out[i];
	struct script_form f = script_classify(out->script);
	int64_t dust;

	if (f.kind == SCRIPT_NONSTANDARD || f.kind == SCRIPT_EMPTY ||
	    (f.kind == SCRIPT_MULTISIG && (f.n > 3 || f.m > f.n)) ||
	    (f.kind == SCRIPT_NULL_DATA &&
	     out->script.len > r->datacarrier_max))
		return verdict_refuse(v, V_SCRIPTPUBKEY, "output %" PRIu32, i);
	if (f.kind == SCRIPT_NULL_DATA) {
		(*n_data)++;
		return true;
	}
	if (f.kind == SCRIPT_MULTISIG && !r->bare_multisig)
		return verdict_refuse(v, V_BARE_MULTISIG, "output %" PRIu32, i);
	dust = standard_dust_sat(out, r->dust_sat_kvb);
	if (out->value < dust)
		return verdict_refuse(v, V_DUST,
				      "output %" PRIu32 " has %" PRId64
				      " sat, at least %" PRId64 " are needed",
				      i, out->value, dust);
	return true;
}

bool standard_tx(const struct tx *tx, const struct standard_rules *r,
		 struct verdict *v)
{
	uint32_t n_data = 0;

	if (tx->version < 1 || tx->version > VERSION_MAX)
		return verdict_refuse(v, V_TX_VERSION, "version %" PRIu32,
				      tx->version);
	if (tx_weight(tx) > STANDARD_WEIGHT_MAX)
		return verdict_refuse(v, V_TX_SIZE, "weight %" PRIu32,
				      tx_weight(tx));
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct bytes s = tx->in[i].script_sig;

		if (s.len > STANDARD_SCRIPTSIG_MAX)
			verdict_refuse(v, V_SCRIPTSIG_SIZE, "%zu bytes", s.len);
		else if (!script_is_push_only(s))
			verdict_refuse(v, V_SCRIPTSIG_PUSH, "%s", "");
		if (v->code != VALID) {
			v->input = (int32_t)i;
			return false;
		}
	}
	for (uint32_t i = 0; i < tx->n_out; i++) {
		if (!standard_output(tx, i, r, &n_data, v))
			return false;
	}
	if (n_data > 1)
		return verdict_refuse(v, V_MULTI_OP_RETURN,
				      "%" PRIu32 " data outputs", n_data);
	return true;
}

/* What a push-only script leaves on top of the stack, which is P2SH's redeem
 * script; false when running it would fail or leaves nothing. Small numbers
 * stand for one byte, for which `small` is room. */
static bool last_push(struct bytes script_sig, uint8_t small[1],
		      struct bytes *out)
{
	struct bytes data;
	uint32_t depth = 0;
	uint8_t op;

	while (script_next(&script_sig, &op, &data)) {
		if (op > OP_16 || op == OP_RESERVED || ++depth > STACK_MAX ||
		    data.len > SCRIPT_ELEMENT_MAX)
			return false;
		*out = data;
		if (op >= OP_1NEGATE) {
			small[0] = op == OP_1NEGATE ? 0x81
						    : (uint8_t)(op - OP_1 + 1);
			*out = bytes_of(small, 1);
		}
	}
	return depth && script_sig.len == 0;
}

bool standard_inputs(const struct tx *tx, const struct coin *coins,
		     struct verdict *v)
{
	for (uint32_t i = 0; i < tx->n_in; i++) {
		enum script_kind kind = script_classify(coins[i].script).kind;
		struct bytes redeem = {NULL, 0};
		uint8_t small[1];
		const char *why = NULL;

		if (kind == SCRIPT_NONSTANDARD || kind == SCRIPT_EMPTY ||
		    kind == SCRIPT_WITNESS_UNKNOWN)
			why = "spends a script of no standard form";
		else if (kind != SCRIPT_SCRIPTHASH)
			continue;
		else if (!last_push(tx->in[i].script_sig, small, &redeem))
			why = "has no redeem script";
		else if (script_sigops(redeem, true) > P2SH_SIGOPS_MAX)
			why = "has a redeem script with more than 15 "
			      "signature operations";
		if (why) {
			verdict_refuse(v, V_NONSTANDARD_INPUTS,
				       "input %" PRIu32 " %s", i, why);
			v->input = (int32_t)i;
			return false;
		}
	}
	return true;
}

/* P2WSH: the last item is the script. */
static const char *p2wsh_fault(const struct txin *in)
{
	struct bytes left = in->witness, item;
	const char *why = NULL;

	if (in->n_witness - 1 > P2WSH_ITEMS_MAX)
		return "has more than 100 witness items";
	for (uint32_t k = 0; !why && witness_next(&left, &item); k++) {
		if (k + 1 == in->n_witness && item.len > P2WSH_SCRIPT_MAX)
			why = "has a witness script above 3,600 bytes";
		else if (k + 1 < in->n_witness && item.len > WITNESS_ITEM_MAX)
			why = "has a witness item above 80 bytes";
	}
	return why;
}

static const char *taproot_fault(const struct txin *in)
{
	struct bytes left = in->witness, item, control = {NULL, 0};

	while (witness_next(&left, &item))
		control = item;
	if (in->n_witness < 2)
		return NULL;
	if (control.len == 0)
		return "has an empty control block";
	if (control.p[0] == ANNEX_TAG)
		return "has an annex";
	if ((control.p[0] & TAPROOT_LEAF_MASK) != LEAF_TAPSCRIPT)
		return NULL;
	left = in->witness;
	for (uint32_t k = 0; k + 2 < in->n_witness &&
			     witness_next(&left, &item); k++) {
		if (item.len > WITNESS_ITEM_MAX)
			return "has a witness item above 80 bytes";
	}
	return NULL;
}

static const char *witness_fault(const struct txin *in, struct bytes script)
{
	bool p2sh = script_is_p2sh(script);
	struct bytes program;
	uint8_t version, small[1];

	if (script_classify(script).kind == SCRIPT_ANCHOR)
		return "has a witness where none belongs";
	if (p2sh && !last_push(in->script_sig, small, &script))
		return "has no redeem script";
	if (!script_is_witness_program(script, &version, &program))
		return "has a witness where none belongs";
	if (version == 0 && program.len == 32)
		return p2wsh_fault(in);
	if (version == 1 && program.len == 32 && !p2sh)
		return taproot_fault(in);
	return NULL;
}

bool standard_witness(const struct tx *tx, const struct coin *coins,
		      struct verdict *v)
{
	for (uint32_t i = 0; i < tx->n_in; i++) {
		const char *why;

		if (!tx->in[i].n_witness)
			continue;
		why = witness_fault(&tx->in[i], coins[i].script);
		if (why) {
			verdict_refuse(v, V_WITNESS_NONSTANDARD,
				       "input %" PRIu32 " %s", i, why);
			v->input = (int32_t)i;
			return false;
		}
	}
	return true;
}
