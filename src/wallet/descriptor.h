/* SPDX-License-Identifier: MIT */
/*
 * Output descriptors (BIP380 to 387): text that says which output scripts
 * somebody watches or can spend. Known are pk, pkh, wpkh, combo, multi,
 * sortedmulti, sh, wsh, addr, raw, rawtr, and tr with a key and a tree whose leaves
 * are pk, multi_a or sortedmulti_a (BIP387; of up to 20 keys).
 */
#ifndef QUARRY_WALLET_DESCRIPTOR_H
#define QUARRY_WALLET_DESCRIPTOR_H

#include "base/arena.h"
#include "primitives/script.h"
#include "wallet/desckey.h"

#define DESC_SCRIPTS_MAX 4	/* combo() is four scripts */
#define DESC_CHECKSUM_SIZE 9

struct descriptor;

/* Parses text with or without a checksum (required: it must have one). The tree
 * lives in the arena, and so do its private keys: wipe what held them. NULL with
 * Bitcoin Core's phrase in error. */
struct descriptor *desc_parse(struct arena *a, const struct params *p,
			      const struct ec *ec, const char *text, size_t len,
			      bool required, char error[DESC_ERROR_SIZE]);
bool desc_is_range(const struct descriptor *d);
/* Whether its keys are known, so that it says how to spend: addr and raw do
 * not. */
bool desc_is_solvable(const struct descriptor *d);
bool desc_has_private(const struct descriptor *d);
/* One script at each index: all but combo. */
bool desc_is_single_type(const struct descriptor *d);

struct desc_scripts {
	unsigned n;
	struct bytes script[DESC_SCRIPTS_MAX];	/* in the arena */
};
/* The output scripts at an index. False: a key cannot be derived, or no
 * memory. */
NODISCARD bool desc_expand(const struct descriptor *d, const struct ec *ec,
			   uint32_t index, struct arena *a,
			   struct desc_scripts *out);
/* The script that sh() or wsh() hashes, innermost; of others the output script
 * itself. */
NODISCARD bool desc_inner(const struct descriptor *d, const struct ec *ec,
			  uint32_t index, struct arena *a,
			  struct desc_scripts *out);
/* Appends the text with public keys only, checksum included. */
void desc_text(struct buf *out, const struct descriptor *d,
	       const struct params *p, const struct ec *ec);
/* What is known of script `which` at an index: every key by itself, after its
 * origin. False as desc_expand. */
NODISCARD bool desc_text_at(struct buf *out, const struct descriptor *d,
			    const struct params *p, const struct ec *ec,
			    uint32_t index, unsigned which);

/* What is known of a script without any key: pk, multi, rawtr, addr or raw. */
void desc_infer(struct buf *out, const struct params *p, struct bytes script);

/* Output scripts that pay to a script by its hash, or to a key's hash, which may
 * be given as the key: P2SH, P2WSH and P2WPKH. */
void desc_wrap_sh(struct buf *out, struct bytes script);
void desc_wrap_wsh(struct buf *out, struct bytes script);
void desc_wrap_wpkh(struct buf *out, struct bytes key_or_hash);
/* desc_infer for P2WSH of a known script. */
void desc_infer_wsh(struct buf *out, const struct params *p, struct bytes script);

/* The eight characters of a text without its checksum; false: a character that
 * no descriptor may have. */
NODISCARD bool desc_checksum(char out[DESC_CHECKSUM_SIZE], const char *text,
			     size_t len);

/* Overwrites its private keys. */
void desc_wipe(struct descriptor *d);

/* For those who sign: calls fn for each key expression, with its public key at
 * the index. */
void desc_each_key(const struct descriptor *d,
		   void (*fn)(void *arg, const struct desc_key *k), void *arg);

#endif
