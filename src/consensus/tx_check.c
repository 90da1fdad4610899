/* SPDX-License-Identifier: MIT */
/*
 * Rules for a transaction by itself, in Bitcoin Core's order.
 *
 * Duplicate inputs (CVE-2018-17144) are found without memory of our own: by
 * comparing each pair when they are few, else in a table on the stack. A
 * transaction that is not oversize has fewer than 24,391 inputs, so the table
 * has a fixed size. Its hash is keyed by the transaction's own id: whoever
 * changes the outpoints to make them collide changes the key.
 */
#include "consensus/tx_check.h"

#include <inttypes.h>

#include "base/bug.h"
#include "primitives/block.h"

__extension__ typedef unsigned __int128 u128;

#define FEW_INPUTS 12
#define TABLE_SIZE 65536u
#define TABLE_INPUTS_MAX (TABLE_SIZE / 2)

#define COINBASE_SCRIPT_MIN 2
#define COINBASE_SCRIPT_MAX 100

static uint64_t fold(uint64_t a, uint64_t b)
{
	u128 m = (u128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t outpoint_hash(const struct outpoint *o, const uint64_t key[4])
{
	const uint8_t *t = o->txid.h.b;
	uint64_t a = fold(le64_get(t) ^ key[0], le64_get(t + 8) ^ key[1]);
	uint64_t b = fold(le64_get(t + 16) ^ key[2], le64_get(t + 24) ^ key[3]);

	return fold(a ^ o->n ^ UINT64_C(0x9e3779b97f4a7c15),
		    b ^ UINT64_C(0xd1b54a32d192ed03));
}

/* Index of the first input that repeats an earlier one, or -1. */
static int32_t __attribute__((noinline)) duplicate_of_many(const struct tx *tx)
{
	uint16_t table[TABLE_SIZE];	/* input index + 1; 0: free */
	uint64_t key[4];
	uint32_t size = 64;

	BUG_ON(tx->n_in > TABLE_INPUTS_MAX);
	while (size < 2 * tx->n_in)
		size *= 2;
	memset(table, 0, size * sizeof(table[0]));
	for (int i = 0; i < 4; i++)
		key[i] = le64_get(tx->txid.h.b + 8 * i);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		const struct outpoint *o = &tx->in[i].prevout;
		uint64_t slot = outpoint_hash(o, key) & (size - 1);

		for (; table[slot]; slot = (slot + 1) & (size - 1)) {
			if (outpoint_equal(&tx->in[table[slot] - 1].prevout, o))
				return (int32_t)i;
		}
		table[slot] = (uint16_t)(i + 1);
	}
	return -1;
}

static int32_t duplicate_input(const struct tx *tx)
{
	if (tx->n_in > FEW_INPUTS)
		return duplicate_of_many(tx);
	for (uint32_t i = 1; i < tx->n_in; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (outpoint_equal(&tx->in[i].prevout,
					   &tx->in[k].prevout))
				return (int32_t)i;
		}
	}
	return -1;
}

/* CVE-2010-5139: each value, and the sum after each addition. */
static bool check_outputs(const struct tx *tx, struct verdict *v)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < tx->n_out; i++) {
		int64_t value = tx->out[i].value;

		if (value < 0)
			return verdict_refuse(v, V_VOUT_NEGATIVE,
					      "output %" PRIu32, i);
		if (value > MONEY_MAX_SAT)
			return verdict_refuse(v, V_VOUT_TOO_LARGE,
					      "output %" PRIu32, i);
		sum += value;	/* below 2 * MONEY_MAX_SAT */
		if (!money_ok(sum))
			return verdict_refuse(v, V_VOUT_TOTAL,
					      "output %" PRIu32, i);
	}
	return true;
}

static bool refuse_input(struct verdict *v, enum verdict_code code,
			 uint32_t input)
{
	v->input = (int32_t)input;
	return verdict_refuse(v, code, "input %" PRIu32, input);
}

bool tx_check(const struct tx *tx, struct verdict *v)
{
	int32_t dup;

	if (tx->n_in == 0)
		return verdict_refuse(v, V_VIN_EMPTY, "no inputs");
	if (tx->n_out == 0)
		return verdict_refuse(v, V_VOUT_EMPTY, "no outputs");
	if ((uint64_t)tx->base_size * 4 > BLOCK_WEIGHT_MAX)
		return verdict_refuse(v, V_TX_OVERSIZE,
				      "%" PRIu32 " bytes without witness",
				      tx->base_size);
	if (!check_outputs(tx, v))
		return false;
	dup = duplicate_input(tx);
	if (dup >= 0)
		return refuse_input(v, V_INPUTS_DUPLICATE, (uint32_t)dup);
	if (tx_is_coinbase(tx)) {
		size_t n = tx->in[0].script_sig.len;

		if (n < COINBASE_SCRIPT_MIN || n > COINBASE_SCRIPT_MAX)
			return verdict_refuse(v, V_CB_LENGTH,
					      "coinbase script of %zu bytes", n);
		return true;
	}
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (outpoint_is_null(&tx->in[i].prevout))
			return refuse_input(v, V_PREVOUT_NULL, i);
	}
	return true;
}
