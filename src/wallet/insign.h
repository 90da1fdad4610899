/* SPDX-License-Identifier: MIT */
/*
 * Signs inputs of somebody's transaction, with some keys and what is known of
 * scripts that stand behind hashes: P2PK, P2PKH, P2WPKH, bare multisig, any of
 * them in P2SH and (but P2WPKH) in P2WSH, and the key path of P2TR.
 *
 * Signatures that others made come along: insign_gather reads them out of an
 * input that is signed in part. What comes out of insign_input is as Bitcoin
 * Core's, byte by byte: signatures are deterministic, and an input that lacks
 * some has those that there are.
 */
#ifndef QUARRY_WALLET_INSIGN_H
#define QUARRY_WALLET_INSIGN_H

#include "base/arena.h"
#include "crypto/ec.h"
#include "primitives/params.h"
#include "wallet/sigmsg.h"

struct insign_key {
	uint8_t secret[32];
	uint8_t pub[EC_PUBKEY_MAX];
	size_t pub_len;
	uint8_t hash[20];	/* of pub */
};

enum insign_key_result {
	INSIGN_KEY_OK,
	INSIGN_KEY_INVALID,	/* no WIF of this network */
};
/* Reads a WIF and computes its public key. */
enum insign_key_result insign_key_parse(struct insign_key *k,
					const struct params *p,
					const struct ec *ec, const char *wif,
					size_t len);
void insign_keys_wipe(struct insign_key *k, size_t n);

/* Scripts known by their hashes, or signatures by their keys. */
struct insign_list {
	struct insign_item {
		struct bytes name;	/* of a signature: the public key */
		struct bytes data;
	} *item;
	size_t n, room;
};

struct insign {
	struct arena *arena;	/* what is made lives here */
	const struct ec *ec;
	const struct sigmsg *msg;
	const struct insign_key *key;
	size_t n_key;
	struct insign_list scripts;
	uint8_t type;		/* SIGMSG_DEFAULT: ALL where that must be */
};

/* A script and P2WSH of it, which may stand in P2SH. False: no memory. */
NODISCARD bool insign_add_script(struct insign *s, struct bytes script);
/* Adds to sigs the good signatures that input `at` has in `in`, whose scripts
 * become known as well. Only multisig can have them in part. False: no memory. */
NODISCARD bool insign_gather(struct insign *s, uint32_t at,
			     const struct txin *in, struct insign_list *sigs);
/* Makes signature script and witness of input `at` into in, from sigs and from
 * the keys. msg->spent[at] must be known. False: no memory. */
NODISCARD bool insign_input(const struct insign *s, uint32_t at,
			    const struct insign_list *sigs, struct txin *in);

#endif
