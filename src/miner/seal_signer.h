/* SPDX-License-Identifier: MIT */
/*
 * Blocks signed by quarry-signer, for seal.c: the transactions of BIP325 go there
 * as a PSBT and come back with signatures.
 */
#ifndef QUARRY_MINER_SEAL_SIGNER_H
#define QUARRY_MINER_SEAL_SIGNER_H

#include "consensus/maker_sign.h"
#include "crypto/ec.h"
#include "wallet/signer_client.h"

struct seal_signer {
	struct signer_client c;		/* c.error: why it could not sign */
	const char *keystore;
	const struct params *p;
	const struct ec *ec;
	uint8_t key[KEYSTORE_KEYS_MAX][32];
	size_t n_key;
};

/* Which keys the keystore has. ST_TIMEOUT: it cannot be told, or the keystore is no
 * maker's. */
NODISCARD enum status seal_signer_meet(struct seal_signer *s);
/* The signatures of all makers that it has keys of. */
NODISCARD enum status seal_signer_makers(struct seal_signer *s,
					 const struct signet_spend *spend,
					 struct arena *scratch,
					 struct maker_sigs *sigs);
/* What satisfies the challenge into *in, in the arena. ST_DENIED: its keys do
 * not. */
NODISCARD enum status seal_signer_spend(struct seal_signer *s,
					const struct signet_spend *spend,
					struct arena *scratch, struct txin *in);

#endif
