/* SPDX-License-Identifier: MIT */
/*
 * What a signature signs, in its three forms: legacy, BIP143 (witness version
 * 0), BIP341/342 (taproot).
 *
 * No copy of the transaction is ever made: the pieces go straight into SHA-256.
 * What all inputs share is computed once, in struct sighash_cache: the hashes of
 * BIP143 and BIP341; for legacy inputs the transaction with all scripts blank,
 * as one run of bytes, and SHA-256 states along it. Legacy hashing costs the
 * size of the transaction for each signature, and nothing can change that, but
 * an input then starts at the state before it, and the rest is one call.
 */
#ifndef QUARRY_CONSENSUS_SIGHASH_H
#define QUARRY_CONSENSUS_SIGHASH_H

#include "consensus/coin.h"
#include "crypto/sha256.h"
#include "primitives/tx.h"

enum {
	SIGHASH_DEFAULT = 0,	/* taproot only */
	SIGHASH_ALL = 1,
	SIGHASH_NONE = 2,
	SIGHASH_SINGLE = 3,
	SIGHASH_ANYONECANPAY = 0x80,
};

struct sighash_cache {
	const struct tx *tx;
	const struct coin *coins;

	/* single SHA-256 (BIP341) and double (BIP143); when the transaction has a
	 * witness */
	bool has_midhash;
	struct hash256 prevouts, sequences, outputs;
	struct hash256 prevouts_d, sequences_d, outputs_d;

	/* when an input with a witness spends a taproot output */
	bool has_taproot;
	struct hash256 amounts, scripts;
	struct sha256_ctx tap_sighash;	/* after the tag */

	/* when a legacy signature check may run: version, inputs with blank scripts,
	 * outputs, lock time */
	uint8_t *blank;
	size_t blank_len;
	size_t inputs_at;		/* where the inputs begin */
	struct sha256_ctx *states;	/* [k]: the blank up to input
					 * k * SIGHASH_STATE_STEP */
};

#define SIGHASH_BLANK_INPUT 41
#define SIGHASH_STATE_STEP 8

/* A legacy script code: bytes, without the operations that equal `drop` (n
 * pushes of signatures that FindAndDelete removes) and, when hashed, without
 * OP_CODESEPARATOR. */
struct script_code {
	struct bytes script;
	const struct bytes *drop;	/* the signatures, unpushed */
	unsigned n_drop;
};

/* Operations of the code that equal one of its drops. */
size_t script_code_count_drops(const struct script_code *code);

/* The states of legacy hashing before the hash type is added, for one script
 * code: many signatures under one script are hashed once. Zero to begin. */
struct sighash_memo {
	const uint8_t *code;	/* which script code; NULL: none yet */
	size_t len;
	uint8_t have;		/* bit of each state present */
	struct sha256_ctx state[6];
};

/* type may be any number, as in Bitcoin Core. memo may be NULL; the caller
 * leaves it out when code has drops that match. */
void sighash_legacy(struct hash256 *out, const struct sighash_cache *c,
		    uint32_t n_in, const struct script_code *code,
		    uint32_t type, struct sighash_memo *memo);
/* BIP143. */
void sighash_v0(struct hash256 *out, const struct sighash_cache *c,
		uint32_t n_in, struct bytes code, int64_t amount_sat,
		uint32_t type);

/* What BIP341 and BIP342 add to the message. */
struct taproot_ext {
	bool annex;
	struct hash256 annex_hash;	/* of its serialisation */
	bool tapscript;
	struct hash256 leaf;
	uint32_t codesep;		/* operation index or 0xffffffff */
};

/* False when the type is not one of BIP341's or SINGLE has no output. */
bool sighash_taproot(struct hash256 *out, const struct sighash_cache *c,
		     uint32_t n_in, const struct taproot_ext *ext, uint8_t type);

#endif
