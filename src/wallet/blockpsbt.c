/* SPDX-License-Identifier: MIT */
#include "wallet/blockpsbt.h"

#include "primitives/script.h"

/* Version, parent, Merkle root and time of the block, behind BIP325's OP_0. BIP322
 * has a hash of 32 bytes there. */
#define DATA_SIZE 72

static bool is_to_sign(const struct tx *tx)
{
	return tx->version == 0 && tx->locktime == 0 && tx->n_in == 1 &&
	       tx->in[0].prevout.n == 0 && tx->in[0].sequence == 0 &&
	       tx->n_out == 1 && tx->out[0].value == 0 &&
	       tx->out[0].script.len == 1 && tx->out[0].script.p[0] == OP_RETURN;
}

static bool is_to_spend(const struct tx *tx)
{
	struct bytes sig = tx->n_in == 1 ? tx->in[0].script_sig
					 : (struct bytes){0};

	return tx->version == 0 && tx->locktime == 0 && tx->n_out == 1 &&
	       sig.len == 2 + DATA_SIZE && sig.p[0] == OP_0 &&
	       sig.p[1] == DATA_SIZE && tx->in[0].sequence == 0 &&
	       outpoint_is_null(&tx->in[0].prevout) && tx->out[0].value == 0;
}

bool blockpsbt_is(const struct psbt *psbt, struct arena *a)
{
	struct bytes made;
	struct txout coin;
	struct tx tx;

	if (!is_to_sign(&psbt->tx) ||
	    psbt_spent(psbt, 0, a, &coin) != PSBT_COIN_KNOWN)
		return false;
	made = psbt_value(&psbt->in[0], PSBT_IN_NON_WITNESS_UTXO);
	return tx_parse(&tx, made.p, made.len, a) == ST_OK && is_to_spend(&tx);
}
