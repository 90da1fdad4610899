/* SPDX-License-Identifier: MIT */
/*
 * Signed blocks (BIP325): a network's challenge is an output script, and each
 * block but genesis carries what satisfies it.
 *
 * The solution stands in the coinbase output with the witness commitment, in a
 * push that begins with ecc7daa2. It is judged as the input of a transaction
 * that never exists: to_sign spends to_spend, whose output is the challenge and
 * whose input holds what is signed: the header's version, parent and time, and
 * the Merkle root that the block has without the solution.
 */
#ifndef QUARRY_CONSENSUS_SIGNET_H
#define QUARRY_CONSENSUS_SIGNET_H

#include "consensus/coin.h"
#include "primitives/block.h"
#include "primitives/params.h"
#include "primitives/verdict.h"

/* Version, parent, Merkle root, time. */
#define SIGNET_DATA_SIZE 72

/* to_sign with what its one input spends. Pointers lead into the struct and
 * into the block. */
struct signet_spend {
	struct tx to_sign;
	struct txin in;
	struct txout out;
	struct coin coin;	/* the challenge */
	uint8_t data[SIGNET_DATA_SIZE];
};

/* Whether blocks of this network are signed. */
static inline bool signet_is_signed(const struct params *p)
{
	return p->signet_challenge_len > 0;
}

/* Fills out from a block, its solution included when it has one; to sign a
 * block, call this with `ecc7daa2` and at least one byte more in place (a
 * solution of the empty script and no witness is 0000) and put the solution in
 * afterwards. *found is false when the block has no witness commitment, or a
 * solution that is not one script and one witness. ST_NOMEM or ST_OK. */
NODISCARD enum status signet_spend_make(struct signet_spend *out,
					const struct params *p,
					const struct block *b,
					struct arena *scratch, bool *found);
/* Appends to_spend, at most SIGNET_TO_SPEND_MAX bytes, of what signet_spend_make
 * has filled. */
#define SIGNET_TO_SPEND_MAX 1024
void signet_to_spend(struct buf *b, const struct signet_spend *s);
/* Refuses (V_SIGNET_SOLUTION) a block of a signed network that is neither
 * genesis nor signed. On Bitcoin's signets scripts are run as Bitcoin Core does,
 * without taproot's rules, so that a taproot challenge is satisfied by anybody;
 * on own chains taproot's rules hold. scratch: 32 bytes a transaction and twice
 * the coinbase. ST_NOMEM or ST_OK. */
NODISCARD enum status signet_check(const struct params *p, const struct block *b,
				   struct arena *scratch, struct verdict *v);

#endif
