/* SPDX-License-Identifier: MIT */
/*
 * Which script rules hold. Two types that cannot be mixed: what makes a block
 * invalid (consensus) and what we additionally ask of transactions before we
 * relay or mine them (policy).
 */
#ifndef QUARRY_CONSENSUS_FLAGS_H
#define QUARRY_CONSENSUS_FLAGS_H

#include "primitives/params.h"

enum {
	CF_P2SH = 1u << 0,
	CF_DERSIG = 1u << 1,
	CF_CLTV = 1u << 2,
	CF_CSV = 1u << 3,
	CF_WITNESS = 1u << 4,
	CF_NULLDUMMY = 1u << 5,
	CF_TAPROOT = 1u << 6,
	CF_ALL = (1u << 7) - 1,
};

enum {
	PF_STRICTENC = 1u << 0,
	PF_LOW_S = 1u << 1,
	PF_SIGPUSHONLY = 1u << 2,
	PF_MINIMALDATA = 1u << 3,
	PF_DISCOURAGE_UPGRADABLE_NOPS = 1u << 4,
	PF_CLEANSTACK = 1u << 5,
	PF_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM = 1u << 6,
	PF_MINIMALIF = 1u << 7,
	PF_NULLFAIL = 1u << 8,
	PF_WITNESS_PUBKEYTYPE = 1u << 9,
	PF_CONST_SCRIPTCODE = 1u << 10,
	PF_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION = 1u << 11,
	PF_DISCOURAGE_OP_SUCCESS = 1u << 12,
	PF_DISCOURAGE_UPGRADABLE_PUBKEYTYPE = 1u << 13,
	PF_ALL = (1u << 14) - 1,
	/* what the mempool asks; input scripts that do more than push are refused
	 * there by their form (standard.h) */
	PF_STANDARD = PF_ALL & ~PF_SIGPUSHONLY,
};

struct consensus_flags {
	uint32_t bits;
};

struct policy_flags {
	uint32_t bits;
};

/* The flags a block at `height` with this id is validated by: P2SH, WITNESS and
 * TAPROOT from genesis on but for the excepted blocks, as Bitcoin Core's
 * GetBlockScriptFlags; the rest by height. */
struct consensus_flags consensus_flags_at(const struct params *p,
					  uint32_t height,
					  const struct blkid *id);

#endif
