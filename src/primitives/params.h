/* SPDX-License-Identifier: MIT */
/*
 * The parameters of a network: data, no rules.
 *
 * Each network is one text document of `key = value` lines: Bitcoin's in
 * src/primitives/networks (built into the program), an own chain's wherever its
 * founder keeps it. An own chain's genesis block commits to the document's
 * hash, so nodes with another document are on another chain.
 *
 * The text: one `key = value` a line, blank lines, and comment lines that begin
 * with #; keys once each, in any order; the keys and their bounds are in
 * params_fields.c. The hash is SHA-256 over the exact bytes, the line of
 * genesis_nonce (with its line end) left out. The genesis coinbase's one output
 * is OP_RETURN and that hash, with the first subsidy as its value, which nobody
 * can spend, as in Bitcoin. Its input is as Bitcoin's: 04ffff001d 0104 message.
 */
#ifndef QUARRY_PRIMITIVES_PARAMS_H
#define QUARRY_PRIMITIVES_PARAMS_H

#include "base/buf.h"
#include "base/u256.h"
#include "primitives/block.h"
#include "primitives/hash.h"

enum retarget_rule {
	RETARGET_NONE,		/* bits never change */
	RETARGET_BITCOIN,	/* every `retarget_interval` blocks */
	RETARGET_ASERT,		/* every block, exponentially, from genesis */
};

/* A deployment by version bits (BIP9), for display and templates. */
enum { HEIGHT_NEVER = 0x7fffffff };

/* Signers are bits of an uint32_t. */
#define MAKERS_MAX 32
/* Who may vote for finality, as an own chain's document says it. */
#define PARAMS_VALIDATORS_MAX 128
struct params_validator {
	uint8_t key[32];	/* x-only */
	uint32_t weight;
};

struct params {
	char name[32];		/* "main", "testnet3", ..., an own chain's name */
	char chain[32];		/* Core's word for it: "main", "test", ... */
	bool own;		/* an own chain, not one of Bitcoin's */
	bool test;		/* coins without value: mining calls allowed */

	/* proof of work */
	struct u256 pow_limit;
	uint32_t pow_limit_bits;
	enum retarget_rule retarget;
	uint32_t retarget_interval;	/* blocks; 2016 */
	uint32_t spacing_s;		/* wanted seconds between blocks */
	uint32_t asert_half_life_s;
	bool min_difficulty;	/* after 2 * spacing a block at the limit may
				 * follow (testnet) */
	bool bip94;		/* testnet4: first bits of a period, no timewarp */

	/* rewards */
	int64_t subsidy_sat;
	uint32_t halving_interval;
	uint32_t maturity;	/* blocks until a coinbase may be spent */

	/* activation: the first height at which the rule holds */
	uint32_t bip34_height, bip65_height, bip66_height, csv_height,
		segwit_height, taproot_height;
	/* BIP34 makes BIP30 redundant between these two on a chain whose block at
	 * bip34_height has bip34_hash; zero hash: never redundant. */
	struct blkid bip34_hash;
	uint32_t bip30_again_height;
	/* blocks excepted from rules: Bitcoin's history */
	struct blkid bip16_exception, taproot_exception;
	struct { uint32_t height; struct blkid id; } bip30_exception[2];

	/* trust and anti-DoS data */
	struct u256 min_chainwork;
	struct blkid assume_valid;	/* zero: none */

	/* BIP325 */
	uint8_t signet_challenge[256];
	uint16_t signet_challenge_len;	/* 0: blocks need no signature */
	/* own chains: who makes blocks in turn (primitives/maker.h); the
	 * challenge follows */
	uint8_t maker[MAKERS_MAX][32];
	uint8_t n_makers;		/* 0: whoever meets the challenge */
	uint8_t makers_needed;		/* signatures a block has */
	uint32_t turn_timeout_s;

	/* finality by votes (consensus/finality.README); own chains only */
	uint32_t finality_interval;	/* blocks between checkpoints; 0: none */
	struct {
		uint32_t n;
		struct params_validator v[PARAMS_VALIDATORS_MAX];
	} finality_validators;		/* the federation, or the founders */
	uint32_t bond_lock;	/* blocks a bond is locked; 0: no stake */
	int64_t bond_start_sat;	/* bonds decide once they are worth this much */

	/* wire and text forms */
	uint8_t magic[4];
	uint16_t p2p_port, rpc_port;
	char dns_seeds[512];	/* names that tell nodes' addresses, by blanks */
	uint8_t pubkey_prefix, script_prefix, wif_prefix;
	uint8_t xpub_prefix[4], xprv_prefix[4];
	char hrp[16];

	/* genesis */
	char genesis_message[128];
	uint8_t genesis_output_key[65];	/* Bitcoin's networks; own: none */
	uint8_t genesis_output_key_len;
	struct header genesis;		/* complete, nonce included */
	struct blkid genesis_id;
	struct hash256 document;	/* SHA-256 of an own chain's document with
					 * its genesis_nonce line left out */
};

/* Room for a sentence that says what is wrong with a document. */
#define PARAMS_ERROR_SIZE 200

/* Parses a document. On ST_PARSE `error` says in one sentence which line is
 * wrong and what it should be. Every value is bounded. A document without a
 * genesis nonce (one being made) is ST_NOT_FOUND with all else complete: search
 * one and append the line `genesis_nonce = N`. Checks that the genesis header
 * meets its target. The exact text of a built-in network gives that network;
 * every other text is an own chain, and may have neither the name nor the magic
 * of one of Bitcoin's. */
NODISCARD enum status params_parse(struct params *p, const char *text,
				   size_t len, char error[PARAMS_ERROR_SIZE]);
/* One of Bitcoin's networks by name (also "mainnet", "testnet", "test"). False
 * when unknown. */
NODISCARD bool params_builtin(struct params *p, const char *name);
/* Changes activation heights by a list as "segwit@120,csv@200" of the rules
 * bip34, dersig, cltv, csv and segwit (Bitcoin Core's -testactivationheight);
 * false, and nothing changed, when it is none. Only ever for regtest. */
NODISCARD bool params_activate(struct params *p, const char *list);
#define PARAMS_ACTIVATION_SIZE 128
/* The list that makes p of its built-in network; "" when nothing differs. */
void params_activation_text(char out[PARAMS_ACTIVATION_SIZE],
			    const struct params *p);
/* Turns Bitcoin's signet into the one of another challenge, in hexadecimal: other
 * magic bytes, no seeds, no minimum of work (Bitcoin Core's -signetchallenge).
 * False, and nothing changed, when it is not 1 to 256 bytes. */
NODISCARD bool params_signet(struct params *p, const char *challenge);
#define PARAMS_CHALLENGE_SIZE 513
/* The challenge that makes p of the built-in signet; "" when that is its own. */
void params_signet_text(char out[PARAMS_CHALLENGE_SIZE], const struct params *p);
/* The document text of a built-in network, NULL when unknown. */
const char *params_builtin_text(const char *name, size_t *len);
/* Names of the built-in networks, NULL-terminated. */
const char *const *params_builtin_names(void);
/* The genesis block's bytes (one coinbase transaction). */
void params_genesis_block(struct buf *out, const struct params *p);
/* Tries `count` nonces from `first` on for the genesis header of a document
 * without one; true when p->genesis.nonce and p->genesis_id are right. */
bool params_genesis_search(struct params *p, uint32_t first, uint32_t count);
/* Makes the document of an own chain from p (its fields, without a nonce). What
 * is out of bounds in p shows when the text is parsed. */
void params_write(struct buf *out, const struct params *p);
/* What a new chain starts from: ASERT towards a block each 15 s, 50 coins halved
 * every 210,000 blocks, all rules from the first block on. To be set: genesis
 * message and time; the rest as wanted. */
void params_own_defaults(struct params *p, const char *name);

/* Subsidy of a block: subsidy_sat halved every halving_interval, 0 from the
 * 64th on. */
int64_t params_subsidy_sat(const struct params *p, uint32_t height);

#endif
