/* SPDX-License-Identifier: MIT */
/*
 * The signer of BIP174: adds signatures to a PSBT with the keys of a source.
 *
 * An input is signed when its coin is known (by the whole transaction that made
 * it; a witness program's also by its mere output), its scripts hash to what the
 * coin says, and the source has a key that it asks for: P2PK, P2PKH, multisig and
 * other scripts whose keys the PSBT lists, bare, in P2SH, in P2WSH or in both;
 * P2WPKH; P2TR by its key path, or else by the scripts of its tree.
 */
#ifndef QUARRY_WALLET_PSBT_SIGN_H
#define QUARRY_WALLET_PSBT_SIGN_H

#include "wallet/keysource.h"
#include "wallet/psbt.h"
#include "wallet/sigmsg.h"

struct psbt_signing {
	const struct ec *ec;
	struct key_source keys;
	/* The hash type of inputs that name none; SIGMSG_DEFAULT: ALL, and DEFAULT
	 * in taproot. An input that names another than a given one is an error. */
	uint8_t type;
	bool any_type;		/* others than ALL and DEFAULT, too */
	struct arena *arena;	/* what is made lives here */
};

enum psbt_sign_result {
	PSBT_SIGN_OK,
	PSBT_SIGN_NO_MEMORY,
	PSBT_SIGN_TYPE,		/* an input asks for a hash type that is not allowed */
	PSBT_SIGN_OTHER_TYPE,	/* it names another than s->type */
	PSBT_SIGN_COIN,		/* what is said of a coin contradicts itself */
};

/* Adds what signatures can be made; *n counts them. On an error nothing is of use
 * and *at says which input is meant. */
enum psbt_sign_result psbt_sign(struct psbt *psbt, const struct psbt_signing *s,
				unsigned *n, uint32_t *at);
/* A sentence about an error. */
void psbt_sign_explain(char *out, size_t size, enum psbt_sign_result r,
		       uint32_t at);

/* The coins of all inputs as far as known, in the arena: script.p NULL where not.
 * NULL: no memory. */
struct txout *psbt_coins(const struct psbt *psbt, struct arena *a);

#endif
