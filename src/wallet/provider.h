/* SPDX-License-Identifier: MIT */
/*
 * What descriptors say at some indexes, spread out for lookup: keys with their
 * origins, the scripts behind hashes, the trees behind taproot outputs. Those who
 * update and sign PSBTs ask it.
 */
#ifndef QUARRY_WALLET_PROVIDER_H
#define QUARRY_WALLET_PROVIDER_H

#include "base/arena.h"
#include "wallet/descriptor.h"
#include "wallet/keysource.h"

struct provider_key {
	uint8_t pub[EC_PUBKEY_MAX];	/* xonly: 02 and x, or as derived */
	size_t pub_len;
	uint8_t hash[20];
	bool has_secret, compressed;
	uint8_t secret[32];
	uint8_t fingerprint[4];
	uint32_t path[2 * DESC_PATH_MAX + 1];
	unsigned n_path;
};

struct provider_script {
	uint8_t sha256[32], hash160[20];
	struct bytes script;
};

struct provider_leaf {
	struct bytes script;
	uint8_t depth;
	uint8_t hash[32];
	struct bytes control;	/* control block */
};

struct provider_tree {
	uint8_t q[32];		/* output key */
	uint8_t internal[32];
	bool has_root;
	uint8_t root[32];
	struct provider_leaf *leaf;	/* from left to right */
	unsigned n_leaf;
};

struct provider {
	struct arena *arena;
	const struct ec *ec;
	struct provider_key *key;
	size_t n_key, room_key;
	struct provider_script *script;
	size_t n_script, room_script;
	struct provider_tree *tree;
	size_t n_tree, room_tree;
};

/* Empty; what is added lives in the arena, private keys too: provider_wipe. */
void provider_init(struct provider *p, struct arena *a, const struct ec *ec);
/* Adds a descriptor at one index, with its private keys where `secrets`. False: a
 * key cannot be derived, or no memory. */
NODISCARD bool provider_add(struct provider *p, const struct descriptor *d,
			    uint32_t index, bool secrets);
void provider_wipe(struct provider *p);

/* NULL: not known. pub: 20 (its hash), 32 (only x), 33 or 65 bytes. */
const struct provider_key *provider_key(const struct provider *p,
					struct bytes pub);
/* By HASH160 (20 bytes) or SHA256 (32); p NULL: not known. */
struct bytes provider_script(const struct provider *p, struct bytes hash);
const struct provider_tree *provider_tree(const struct provider *p,
					  const uint8_t q[32]);
/* Its private keys; p must outlive the source. */
struct key_source provider_source(struct provider *p);

#endif
