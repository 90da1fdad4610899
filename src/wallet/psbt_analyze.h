/* SPDX-License-Identifier: MIT */
/* What a PSBT lacks, who is to work on it next (the roles of BIP174), and what the
 * transaction will cost. */
#ifndef QUARRY_WALLET_PSBT_ANALYZE_H
#define QUARRY_WALLET_PSBT_ANALYZE_H

#include "wallet/psbt_final.h"

enum psbt_role {
	PSBT_ROLE_CREATOR,
	PSBT_ROLE_UPDATER,
	PSBT_ROLE_SIGNER,
	PSBT_ROLE_FINALIZER,
	PSBT_ROLE_EXTRACTOR,
};
const char *psbt_role_name(enum psbt_role r);

struct psbt_analysis {
	struct psbt_input_analysis {
		bool has_coin, is_final;
		struct psbt_lack lack;
		enum psbt_role next;
	} *in;			/* n_in, in the arena */
	uint32_t n_in;		/* 0 when it is not valid */
	uint32_t vsize;		/* 0: not known. Estimated where signatures lack */
	/* A taproot input is signed whose coin is only said: Bitcoin Core then tells
	 * no size, and nobody needs to guess one any more. */
	bool no_size;
	bool has_fee;
	int64_t fee_sat;
	enum psbt_role next;
	char error[80];		/* in Bitcoin Core's words; "" */
};
/* False: no memory. */
NODISCARD bool psbt_analyze(struct psbt_analysis *out, struct psbt *psbt,
			    struct arena *a);

#endif
