/* SPDX-License-Identifier: MIT */
/*
 * What the script formats share: Bitcoin Core's short script language, its
 * names of flags, and evaluating an input.
 */
#ifndef QUARRY_TESTS_VECTORS_SCRIPTS_H
#define QUARRY_TESTS_VECTORS_SCRIPTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "consensus/script_check.h"
#include "tests/vectors/vectors.h"

/* Flags of both kinds in one number, for arithmetic over sets of them. */
#define VEC_POLICY_SHIFT 8
#define VEC_FLAGS_ALL (CF_ALL | PF_ALL << VEC_POLICY_SHIFT)

static inline struct consensus_flags vec_consensus(uint32_t flags)
{
	return (struct consensus_flags){flags & CF_ALL};
}

static inline struct policy_flags vec_policy(uint32_t flags)
{
	return (struct policy_flags){flags >> VEC_POLICY_SHIFT};
}

/* "P2SH,STRICTENC"; "" and "NONE" are no flags. False for an unknown name. */
bool vec_flags(uint32_t *flags, struct bytes text);
/* A flag is only meaningful with those it builds on: CLEANSTACK with WITNESS,
 * TAPROOT with WITNESS, WITNESS with P2SH. Drops what lacks its base. */
uint32_t vec_flags_trim(uint32_t flags);
/* Adds the bases. */
uint32_t vec_flags_fill(uint32_t flags);

/* Appends a script: numbers, 'text' pushes, 0x raw bytes, opcode names with or
 * without OP_. False for anything else. */
bool vec_script(struct buf *out, struct bytes text);
/* Appends a push by length, never an OP_1..16. */
void vec_push(struct buf *out, struct bytes data);
/* Appends the bytes of hex text; false when it is none. */
bool vec_hex(struct buf *out, struct bytes text);
/* Appends one witness item as serialised. */
void vec_witness_item(struct buf *out, struct bytes item);
/* A witness from an array of hex strings: its items go to out, their number to
 * *n. */
bool vec_witness(struct buf *out, uint32_t *n, const json_t *items);

/* Judges one input; SCRIPT_ERR_COUNT when there was no memory. trace may be
 * NULL. */
enum script_error vec_check_input(const struct tx *tx, uint32_t n_in,
				  const struct coin *coins, uint32_t flags,
				  const struct script_trace *trace);

#endif
