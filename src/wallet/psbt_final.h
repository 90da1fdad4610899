/* SPDX-License-Identifier: MIT */
/*
 * The finaliser and the extractor of BIP174: puts signatures together to what
 * spends each input, and takes the transaction out.
 *
 * Known are P2PK, P2PKH and multisig, bare, in P2SH, in P2WSH or in both; P2WPKH;
 * P2TR by its key path, or by the smallest of its scripts that is satisfied: a key,
 * or keys counted by OP_CHECKSIGADD. Signatures are verified.
 */
#ifndef QUARRY_WALLET_PSBT_FINAL_H
#define QUARRY_WALLET_PSBT_FINAL_H

#include "wallet/psbt.h"
#include "wallet/sigmsg.h"

/* What all inputs share; coins as psbt_coins makes them. */
struct psbt_final {
	struct psbt *psbt;
	struct sigmsg msg;
	struct arena *arena;
};
/* False: no memory. */
NODISCARD bool psbt_final_init(struct psbt_final *f, struct psbt *psbt,
			       struct arena *a);
enum psbt_final_result {
	PSBT_FINAL_DONE,	/* also: it was */
	PSBT_FINAL_LACKS,	/* signatures, scripts or the coin */
	PSBT_FINAL_NO_MEMORY,
};
/* What an input's script asks for and does not have. */
#define PSBT_LACK_MAX 20
struct psbt_lack {
	bool redeem, witness;	/* a script, whose hash is known */
	uint8_t redeem_hash[20], witness_hash[32];
	uint8_t pub[20];	/* HASH160 of a key that is not known */
	bool has_pub;
	uint8_t sig[PSBT_LACK_MAX][20];	/* of keys whose signature lacks */
	unsigned n_sig;
};
/* What would spend input `at`: the signature script and the witness into *in, in
 * the arena. dummy: signatures that lack are zeros of the usual length and none is
 * verified, to see how large it gets. lack may be NULL; *witness: the coin is a
 * witness program's. */
enum psbt_final_result psbt_final_solve(const struct psbt_final *f, uint32_t at,
					bool dummy, struct txin *in,
					struct psbt_lack *lack, bool *witness);
/* Makes input `at` final if everything is there. */
enum psbt_final_result psbt_final_input(struct psbt_final *f, uint32_t at);
/* All inputs; *complete says whether every one is final. False: no memory. */
NODISCARD bool psbt_finalize(struct psbt *psbt, struct arena *a, bool *complete);
/* The transaction with what its inputs have; views into the PSBT. False: no
 * memory. */
NODISCARD bool psbt_extract(const struct psbt *psbt, struct tx *tx,
			    struct arena *a);

#endif
