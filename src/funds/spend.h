/* SPDX-License-Identifier: MIT */
/*
 * Transactions made, bumped and sent. What leaves here is a PSBT with all that a
 * signer needs; what comes back signed goes through node_accept_tx, and a note of
 * it is kept.
 */
#ifndef QUARRY_FUNDS_SPEND_H
#define QUARRY_FUNDS_SPEND_H

#include "funds/funds.h"
#include "primitives/verdict.h"

#define FUNDS_MESSAGE_SIZE 320
#define FUNDS_RATE_MAX_SAT_KVB 10000000	/* 10,000 satoshi per vbyte */
#define FUNDS_RATE_MISTAKE "A fee of more than 10000 sat/vB is a mistake"
#define FUNDS_FEE_MAX_SAT 10000000	/* as Bitcoin Core's -maxtxfee */
#define FUNDS_TARGET 6			/* blocks, when nobody says */

/* Why there is no transaction. */
enum funds_fault_kind {
	FUNDS_USAGE,		/* what was asked makes no sense */
	FUNDS_POOR,		/* the coins do not reach */
	FUNDS_REFUSED,		/* it cannot be made of these coins */
	FUNDS_EXISTS,		/* there is one already */
	FUNDS_SIGNER,		/* the signer: see signer */
	FUNDS_REJECTED,		/* the node's rules refuse it: see verdict */
	FUNDS_FAILED,		/* the environment: see st */
};
struct funds_fault {
	enum funds_fault_kind kind;
	enum status st;
	struct verdict verdict;
	int signer;		/* enum signer_result */
	char message[FUNDS_MESSAGE_SIZE];	/* one sentence, without its point */
};

struct funds_payee {
	struct bytes script;
	int64_t amount_sat;
	bool subtract;		/* pays a share of the fee */
	bool rest;		/* gets what is left: all coins are spent */
};

struct funds_input {
	struct outpoint at;
	bool has_sequence;
	uint32_t sequence;
	uint32_t weight;	/* signed; 0: by what is known of it */
};

struct funds_order {
	const struct funds_payee *to;
	size_t n_to;
	int64_t rate_sat_kvb;	/* 0: the wallet's, or by target */
	uint32_t target;	/* blocks; 0: FUNDS_TARGET */
	const struct funds_input *in;	/* spent in any case */
	size_t n_in;
	bool only_in;		/* and no others */
	bool unsafe;		/* others' unconfirmed coins, too */
	int64_t min_conf, max_conf;	/* max 0: none */
	bool final;		/* no BIP125 signal */
	bool has_locktime;	/* else as Bitcoin Core's against fee sniping */
	uint32_t locktime;
	uint32_t version;	/* 0: 2 */
	struct bytes change;	/* script; p NULL: a new address of the wallet */
	const char *change_kind;	/* "bech32"; NULL: as the first payee */
	int change_pos;		/* -1: anywhere */
	bool keep_order;	/* inputs and outputs as given, change last */
	bool peek;		/* hands out no address: for drafts */
	int64_t min_fee_sat;	/* see select.h */
	int64_t add_fee_sat;
	bool confirmed_only;	/* further inputs (BIP125) */
	uint32_t max_weight;
};

struct funds_draft {
	struct tx tx;		/* no signatures */
	struct txout *spent;	/* by each input */
	int64_t fee_sat, dropped_sat;
	int64_t change_sat;
	int change_pos;		/* -1: no change */
	uint32_t vsize;		/* when it is signed */
	int64_t rate_sat_kvb;	/* that was aimed at */
	struct bytes psbt;	/* with what signers need */
};

/* Each: false with the fault set. What is made lives in f's arena. */
NODISCARD bool funds_draft(struct funds *f, const struct funds_order *o,
			   struct funds_draft *out, struct funds_fault *fault);

/* The rate of a confirmation target, and what the pool asks at least. */
NODISCARD enum status funds_rate(struct funds *f, uint32_t target,
				 int64_t *sat_kvb);

/* A transaction that replaces one of ours at a higher rate (BIP125): the fee comes
 * from the change, and from further inputs when needed. rate 0: by the target, and
 * at least what the rules ask for. A transaction that is not all ours but pays us
 * gets a child that pays for both instead. */
struct funds_bump {
	struct txid txid;
	int64_t rate_sat_kvb;
	uint32_t target;
	bool child;		/* in any case by a child (CPFP) */
	bool no_child;		/* in no case */
	bool final;		/* the new one does not signal */
	const struct funds_payee *to;	/* other outputs; NULL: as they were */
	size_t n_to;
	bool foreign_ok;	/* inputs that are not ours, for a PSBT */
};
struct funds_bumped {
	struct funds_draft draft;
	bool child;
	int64_t old_fee_sat;
};
NODISCARD bool funds_bump(struct funds *f, const struct funds_bump *b,
			  struct funds_bumped *out, struct funds_fault *fault);

/* The PSBT of an unsigned transaction, with what is known of its inputs and
 * outputs; or more told about one that there is. */
NODISCARD bool funds_psbt(struct funds *f, const struct tx *tx,
			  struct bytes *psbt, struct funds_fault *fault);
NODISCARD bool funds_psbt_fill(struct funds *f, struct bytes in, bool paths,
			       struct bytes *out, struct funds_fault *fault);

/* Brings a signed transaction to the node, and notes it. Unlocks no snapshot: call
 * it outside of one. */
struct funds_note {
	const char *comment, *comment_to;	/* NULL: none */
	const struct txid *replaces;
	int64_t max_rate_sat_kvb;	/* 0: no limit */
};
NODISCARD bool funds_send(struct funds *f, struct bytes raw,
			  const struct funds_note *note, struct txid *txid,
			  struct funds_fault *fault);

/* Sets a fault; returns false. */
bool funds_bad(struct funds_fault *fault, enum funds_fault_kind kind,
	       const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool funds_failed(struct funds_fault *fault, enum status st);

#endif
