/* SPDX-License-Identifier: MIT */
/*
 * A payment with one key: picks coins, builds the transaction, signs it.
 *
 * The coins belong to one output script, of one of three forms (P2PK, P2PKH,
 * P2WPKH), that the key must own. Coins are taken largest first until amount and
 * fee are covered; what is left returns to the same script, unless it would be
 * dust, which goes to the fee. Signatures are ECDSA with SIGHASH_ALL over the
 * digest of the original protocol, or of BIP143 for P2WPKH; both digests are
 * computed here, apart from those that judge transactions.
 */
#ifndef QUARRY_WALLET_SIGN_H
#define QUARRY_WALLET_SIGN_H

#include "base/buf.h"
#include "primitives/params.h"
#include "primitives/tx.h"

/* A transaction with more inputs would be refused by relays. */
#define WALLET_INPUTS_MAX 500
/* Change below this costs more to spend than it is worth. */
#define WALLET_DUST_SAT 600

/* Signs in constant time; one per process is enough. */
struct wallet_signer;

/* NULL when memory or randomness is missing. */
NODISCARD struct wallet_signer *wallet_signer_open(void);
void wallet_signer_close(struct wallet_signer *s);
/* Its context, for others that touch secret keys. */
struct ec;
const struct ec *wallet_signer_ec(const struct wallet_signer *s);

struct wallet_key {
	uint8_t secret[32];
};

enum wallet_key_result {
	WALLET_KEY_OK,
	WALLET_KEY_INVALID,		/* neither WIF nor 64 digits of a key */
	WALLET_KEY_OTHER_NETWORK,	/* WIF of another network */
};

/* Reads a private key: wallet import format or 64 hexadecimal digits. */
enum wallet_key_result wallet_key_parse(struct wallet_key *k,
					const struct params *p,
					const char *text, size_t len);
void wallet_key_wipe(struct wallet_key *k);
/* Overwrites text that held a key, such as a request's. */
void wallet_text_wipe(void *text, size_t len);

struct wallet_coin {
	struct outpoint at;
	int64_t value_sat;
};

struct wallet_order {
	struct bytes from;	/* output script of all coins */
	struct bytes to;	/* output script to pay */
	int64_t amount_sat;
	int64_t fee_sat;	/* -1: by rate */
	int64_t fee_rate_sat_kvb;
};

struct wallet_paid {
	int64_t fee_sat;
	int64_t change_sat;
	int64_t needed_sat;	/* of WALLET_PAY_POOR: amount and fee */
	uint32_t n_in;
};

enum wallet_pay_result {
	WALLET_PAY_OK,
	WALLET_PAY_NOT_OURS,	/* the key does not own `from` */
	WALLET_PAY_FORM,	/* `from` has a form not known here */
	WALLET_PAY_POOR,	/* the coins do not reach */
	WALLET_PAY_MANY,	/* they would, with more than WALLET_INPUTS_MAX */
	WALLET_PAY_FAILED,	/* memory */
};

/* Whether the key owns the script. Says it without needing any coin. */
enum wallet_pay_result wallet_owns(const struct wallet_signer *s,
				   const struct wallet_key *k,
				   struct bytes script);
/* Appends the signed transaction to raw. coins are reordered. Amounts must be in
 * the range of money. */
enum wallet_pay_result wallet_pay(const struct wallet_signer *s,
				  const struct wallet_key *k,
				  const struct wallet_order *o,
				  struct wallet_coin *coins, size_t n,
				  struct buf *raw, struct wallet_paid *paid);

#endif
