/* SPDX-License-Identifier: MIT */
/*
 * The key expressions of output descriptors (BIP380): a public key in
 * hexadecimal, a private one as WIF, or an extended key (BIP32) with a path, each
 * with an optional origin in brackets.
 */
#ifndef QUARRY_WALLET_DESCKEY_H
#define QUARRY_WALLET_DESCKEY_H

#include "base/buf.h"
#include "crypto/ec.h"
#include "primitives/params.h"

#define DESC_PATH_MAX 32
#define DESC_ERROR_SIZE 200

enum desc_wildcard { DESC_SINGLE, DESC_RANGE, DESC_RANGE_HARDENED };

struct desc_key {
	bool has_origin;
	uint8_t origin_fingerprint[4];
	uint32_t origin_path[DESC_PATH_MAX];
	unsigned n_origin;
	char hard_mark;			/* as the origin writes hardened steps */

	bool extended;
	bool xonly;			/* 32 bytes, as tr() may have them */
	uint8_t pub[65];		/* of a single key: 32, 33 or 65 bytes */
	size_t pub_len;
	bool has_secret;
	uint8_t secret[32];		/* also an extended key's */
	bool compressed;		/* a WIF's public key */

	/* extended keys */
	uint8_t chain_code[32];
	uint8_t depth, parent[4];
	uint32_t child;
	uint32_t path[DESC_PATH_MAX];
	unsigned n_path;
	char path_mark;
	enum desc_wildcard wildcard;
};

/* Where a key stands decides which forms it may have. */
enum desc_key_place {
	DESC_KEY_ANY,		/* uncompressed ones too */
	DESC_KEY_COMPRESSED,	/* in witness scripts */
	DESC_KEY_XONLY,		/* in tr(): 32 bytes too */
};

/* False with a phrase in error. */
NODISCARD bool desc_key_parse(struct desc_key *k, const struct params *p,
			      const struct ec *ec, const char *text, size_t len,
			      enum desc_key_place place,
			      char error[DESC_ERROR_SIZE]);
/* The public key at an index (ignored without a wildcard): 33 or 65 bytes; in
 * DESC_KEY_XONLY place still 33, or 32 where only those are known. 0: it cannot
 * be derived (hardened, without the private key). */
size_t desc_key_public(const struct desc_key *k, const struct ec *ec,
		       uint32_t index, uint8_t out[65]);
/* The private key at an index; false when it is not known. */
NODISCARD bool desc_key_secret(const struct desc_key *k, const struct ec *ec,
			       uint32_t index, uint8_t out[32]);
/* Appends the expression, public parts only. */
void desc_key_text(struct buf *out, const struct desc_key *k,
		   const struct params *p, const struct ec *ec);
/* Appends [FINGERPRINT/PATH] of the key at an index: where it says to come from,
 * else from itself. */
void desc_key_origin_text(struct buf *out, const struct desc_key *k,
			  uint32_t index);
void desc_key_wipe(struct desc_key *k);

#endif
