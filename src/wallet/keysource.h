/* SPDX-License-Identifier: MIT */
/* Whoever knows private keys: a keystore, a list of WIFs, a descriptor. */
#ifndef QUARRY_WALLET_KEYSOURCE_H
#define QUARRY_WALLET_KEYSOURCE_H

#include "base/bytes.h"
#include "crypto/ec.h"

/* Which key is wanted, and where it comes from when that is known. */
struct key_query {
	struct bytes pub;	/* 33 or 65 bytes; 32: only x; 20: its HASH160 */
	bool has_origin;
	uint8_t fingerprint[4];	/* of the key where the path begins */
	uint32_t path[32];
	unsigned n_path;
};

struct key_found {
	uint8_t secret[32];
	uint8_t pub[EC_PUBKEY_MAX];
	size_t pub_len;
};

struct key_source {
	/* False: not known. What it finds has the public key that was asked for,
	 * and is wiped by the caller. */
	bool (*find)(void *arg, const struct key_query *q, struct key_found *f);
	void *arg;
};

/* Whether a private key is the one wanted, with a compressed public key or not:
 * fills f when it is. */
bool key_query_fits(const struct key_query *q, const struct ec *ec,
		    const uint8_t secret[32], bool compressed,
		    struct key_found *f);

#endif
