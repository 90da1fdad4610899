/* SPDX-License-Identifier: MIT */
/*
 * The script rules: does this input satisfy the output it spends?
 *
 * Everything is bytes: no script is parsed and written back. The evaluation is
 * iterative and linear in its input.
 */
#ifndef QUARRY_CONSENSUS_SCRIPT_CHECK_H
#define QUARRY_CONSENSUS_SCRIPT_CHECK_H

#include "consensus/coin.h"
#include "consensus/flags.h"
#include "primitives/tx.h"

enum script_error {
	SCRIPT_ERR_OK = 0,
#define S(code, name, text) code,
#include "consensus/script_error.def"
#undef S
	SCRIPT_ERR_COUNT
};

/* "SIG_DER", as Bitcoin Core's test files name them. */
const char *script_error_name(enum script_error e);
/* "Non-canonical DER signature", as Bitcoin Core's reject strings have it. */
const char *script_error_text(enum script_error e);
/* The error of a name; SCRIPT_ERR_COUNT when there is none. */
enum script_error script_error_by_name(const char *name);

/* Hashes shared by all inputs of one transaction (BIP143, BIP341), made once.
 * Read-only afterwards: any number of threads may share one. */
struct sighash_cache;
/* coins as in tx_inputs.h (n_in of them) must outlive the cache. NULL: no
 * memory. */
struct sighash_cache *sighash_cache_new(const struct tx *tx,
					const struct coin *coins);
void sighash_cache_free(struct sighash_cache *c);

/* Called before each operation and once at the end, for traces; see
 * script_trace.h for what it gets. May be NULL. */
struct script_trace;

/* Judges input n_in of tx under consensus rules, and under policy rules too
 * where `policy` has any. Where the answer could not be had (no memory) it
 * returns ST_NOMEM, never a wrong judgement. *error is SCRIPT_ERR_OK exactly
 * when the input is good; *pos is the index of the failing operation within the
 * script being run, or -1. */
NODISCARD enum status script_check(const struct tx *tx, uint32_t n_in,
				   const struct coin *coins,
				   const struct sighash_cache *cache,
				   struct consensus_flags flags,
				   struct policy_flags policy,
				   const struct script_trace *trace,
				   enum script_error *error, int32_t *pos);

#endif
