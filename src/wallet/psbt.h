/* SPDX-License-Identifier: MIT */
/*
 * Partially signed transactions (BIP174, version 0, with the taproot fields of
 * BIP371): read, combined, written. No signing, no judgement of signatures.
 *
 * A PSBT is a transaction without signatures and one map of pairs for itself,
 * for each input and for each output. Reading checks the form of every pair whose
 * type is known; pairs of other types are kept as they are. Pairs are held in the
 * order in which they are written, which is Bitcoin Core's.
 */
#ifndef QUARRY_WALLET_PSBT_H
#define QUARRY_WALLET_PSBT_H

#include "primitives/tx.h"

enum psbt_global_type {
	PSBT_GLOBAL_UNSIGNED_TX = 0x00,
	PSBT_GLOBAL_XPUB = 0x01,
	PSBT_GLOBAL_VERSION = 0xfb,
};

enum psbt_in_type {
	PSBT_IN_NON_WITNESS_UTXO = 0x00,
	PSBT_IN_WITNESS_UTXO = 0x01,
	PSBT_IN_PARTIAL_SIG = 0x02,
	PSBT_IN_SIGHASH = 0x03,
	PSBT_IN_REDEEM_SCRIPT = 0x04,
	PSBT_IN_WITNESS_SCRIPT = 0x05,
	PSBT_IN_BIP32 = 0x06,
	PSBT_IN_FINAL_SCRIPT_SIG = 0x07,
	PSBT_IN_FINAL_WITNESS = 0x08,
	PSBT_IN_RIPEMD160 = 0x0a,
	PSBT_IN_SHA256 = 0x0b,
	PSBT_IN_HASH160 = 0x0c,
	PSBT_IN_HASH256 = 0x0d,
	PSBT_IN_TAP_KEY_SIG = 0x13,
	PSBT_IN_TAP_SCRIPT_SIG = 0x14,
	PSBT_IN_TAP_LEAF_SCRIPT = 0x15,
	PSBT_IN_TAP_BIP32 = 0x16,
	PSBT_IN_TAP_INTERNAL_KEY = 0x17,
	PSBT_IN_TAP_MERKLE_ROOT = 0x18,
};

enum psbt_out_type {
	PSBT_OUT_REDEEM_SCRIPT = 0x00,
	PSBT_OUT_WITNESS_SCRIPT = 0x01,
	PSBT_OUT_BIP32 = 0x02,
	PSBT_OUT_TAP_INTERNAL_KEY = 0x05,
	PSBT_OUT_TAP_TREE = 0x06,
	PSBT_OUT_TAP_BIP32 = 0x07,
};

#define PSBT_PROPRIETARY 0xfc	/* in every map */

enum psbt_place { PSBT_PLACE_GLOBAL, PSBT_PLACE_IN, PSBT_PLACE_OUT };

struct psbt_pair {
	uint64_t type;
	struct bytes key;	/* with the type before it */
	struct bytes value;
	uint32_t rank;		/* place among the types */
	uint8_t order[20];	/* place within the type, before the key */
	uint32_t turn;		/* as it came */
};

struct psbt_map {
	struct psbt_pair *pair;
	size_t n, room;
};

struct psbt {
	struct tx tx;		/* no scripts, no witnesses */
	struct psbt_map global;	/* without the transaction and the version */
	struct psbt_map *in;	/* tx.n_in */
	struct psbt_map *out;	/* tx.n_out */
};

/* Reads a whole PSBT: views into p, arrays in the arena. False with a phrase in
 * *error, in Bitcoin Core's words where it has some. */
NODISCARD bool psbt_parse(struct psbt *psbt, const void *p, size_t len,
			  struct arena *a, const char **error);
/* One that knows nothing but the transaction, which must live as long and have
 * neither scripts nor witnesses. False: no memory. */
NODISCARD bool psbt_blank(struct psbt *psbt, const struct tx *tx,
			  struct arena *a);

enum psbt_combine_result {
	PSBT_COMBINED,
	PSBT_OTHER_TX,		/* they are about different transactions */
	PSBT_NO_MEMORY,
};
/* Adds to `into` all pairs of `from` whose keys it does not have. */
enum psbt_combine_result psbt_combine(struct psbt *into, const struct psbt *from,
				      struct arena *a);
/* What stands behind the type in a pair's key; types here are one byte. */
static inline struct bytes psbt_keydata(const struct psbt_pair *p)
{
	return bytes_of(p->key.p + 1, p->key.len - 1);
}

/* Whether its type means nothing to us, or it is not in its place. */
bool psbt_is_unknown(const struct psbt_pair *p, enum psbt_place at);
/* The first pair of a type; that of a type and a key; NULL: there is none. */
const struct psbt_pair *psbt_find(const struct psbt_map *m, uint64_t type);
const struct psbt_pair *psbt_find_key(const struct psbt_map *m, uint64_t type,
				      struct bytes keydata);
/* The value of a type whose key is the type alone; p NULL: there is none. */
struct bytes psbt_value(const struct psbt_map *m, uint64_t type);
/* Adds a pair, or gives it another value; both are copied. False: no memory. */
NODISCARD bool psbt_put(struct psbt_map *m, enum psbt_place at, uint8_t type,
			struct bytes keydata, struct bytes value,
			struct arena *a);
/* Takes out all pairs of a type. */
void psbt_drop(struct psbt_map *m, uint64_t type);

/* The output that input `at` spends, by what is known of it. Both may be known:
 * then they must agree. */
enum psbt_coin {
	PSBT_COIN_UNKNOWN,
	PSBT_COIN_KNOWN,	/* by the whole transaction */
	PSBT_COIN_SAID,		/* somebody says so: enough for witness programs */
	PSBT_COIN_DISAGREES,
};
/* Scripts are views into the PSBT or the arena. */
enum psbt_coin psbt_spent(const struct psbt *psbt, uint32_t at, struct arena *a,
			  struct txout *out);
/* Whether an input has what it needs to be spent: a final signature script or
 * witness. */
bool psbt_in_is_final(const struct psbt_map *in);

/* One transaction of all inputs and outputs, in an order that says nothing of
 * where they came from. No two may spend the same coin: then *twice names it. The
 * first's version and lock time are not looked at: the highest and the lowest are
 * taken. */
enum psbt_join_result {
	PSBT_JOINED,
	PSBT_JOIN_TWICE,
	PSBT_JOIN_NO_MEMORY,
};
enum psbt_join_result psbt_join(struct psbt *out, const struct psbt *from,
				size_t n, struct arena *a,
				struct outpoint *twice);
/* An input that is signed in full loses what led there (BIP174). */
void psbt_write(struct buf *b, const struct psbt *psbt);

#endif
