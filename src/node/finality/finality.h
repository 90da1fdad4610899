/* SPDX-License-Identifier: MIT */
/*
 * Finality by votes, of own chains whose document chooses it: votes in, and what
 * follows from them. The protocol is in consensus/finality.README.
 *
 * What is justified and final is kept as rows that change in the same transaction
 * as the votes or blocks they follow from.
 */
#ifndef QUARRY_NODE_FINALITY_FINALITY_H
#define QUARRY_NODE_FINALITY_FINALITY_H

#include "base/buf.h"
#include "node/chain/finality_mark.h"
#include "node/core/node.h"
#include "primitives/verdict.h"
#include "primitives/vote.h"

struct finality_info {
	uint32_t interval;
	struct finality_mark final, justified;	/* justified: the highest */
	uint32_t validators;			/* of the last final block's set */
	uint64_t weight;			/* of all of them */
	int64_t last_vote;			/* row id; 0: none */
};
/* ST_NOT_FOUND: the chain has no finality. */
NODISCARD enum status node_finality(struct node *n, struct finality_info *out);
/* The same as a question that costs nothing. */
bool node_has_finality(const struct node *n);
/* Whether the active chain's block at this height is final; false where there is
 * no finality. */
NODISCARD enum status node_is_final(struct node *n, uint32_t height,
				    bool *final);

struct vote_result {
	struct verdict verdict;
	bool known;		/* it was here already */
	bool added;
	bool convicts;		/* it clashes with another of its key */
};
/* Judges votes and stores the good ones, all in one transaction; what becomes
 * justified or final by them does so in it too. Then the branch that the votes
 * prefer becomes active. results: one for each. Refusals are rows. */
NODISCARD enum status node_vote_accept(struct node *n, const struct vote *vote,
				       size_t count, const char *source,
				       struct vote_result *results,
				       bool *tip_changed);

/* What an honest validator would vote now: all but key and signature. depth: so
 * many blocks must be on top of the target. ST_NOT_FOUND: nothing. */
NODISCARD enum status node_vote_propose(struct node *n, uint32_t depth,
					struct vote *out);
/* Votes in the order they came, from behind a row id: at most max; *count of
 * them, and the id of the last. */
NODISCARD enum status node_votes_after(struct node *n, int64_t after, int max,
				       struct vote *out, int *count,
				       int64_t *last);

/* Votes with a target above the height, lowest first, which is an order in which a
 * node that is behind can use them; `after` is INT64_MAX, or goes on with the
 * target height and row id of the last one. */
NODISCARD enum status node_votes_above(struct node *n, uint32_t height,
				       int64_t after, int max, struct vote *out,
				       int *count, int64_t *last);

/* The row id behind which all votes are whose target is above the height. */
NODISCARD enum status node_vote_cursor(struct node *n, uint32_t above,
				       int64_t *after);
/* The highest row id; 0: none. */
NODISCARD enum status node_vote_last(struct node *n, int64_t *last);
/* Whether there are votes above the last final block whose target's header is not
 * here: others know more blocks. */
NODISCARD enum status node_votes_lack_blocks(struct node *n, bool *lack);

struct finality_validator {
	uint8_t key[32];
	uint64_t weight;
	bool convicted;
};
/* The set in force, by ascending key; at most FINALITY_VALIDATORS_MAX. */
#define FINALITY_VALIDATORS_MAX 256
NODISCARD enum status node_validators(struct node *n,
				      struct finality_validator *out,
				      uint32_t *count);
/* A certificate: the votes that made a block final, to be checked without a
 * database. Text, one fact a line:
 *
 *	quarry finality certificate 1
 *	chain DOCUMENT-HASH
 *	evidence VOTES			(two votes of a key that is left out from
 *					here on)
 *	link SOURCE-HEIGHT SOURCE TARGET-HEIGHT TARGET
 *	vote KEY SIGNATURE		(of the link above it)
 *
 * The last link leads from the final block to its direct child, each other to
 * where the one after it begins. from: the first one begins at this block (a final
 * one, or the genesis block); NULL: the last link alone, whose size does not grow
 * with the chain. ST_NOT_FOUND: no such checkpoint is final, or `from` is not on
 * the way to it. */
#define NODE_CERTIFICATE_MAX ((size_t)64 << 20)
NODISCARD enum status node_certificate(struct node *n, const struct blkid *id,
				       const struct blkid *from, struct buf *out);
/* What the reader knows beyond the document; zeros: nothing. */
struct certificate_trust {
	const struct blkid *from;	/* known to be final: it must begin there */
	const struct finality_validator *validator; /* in place of the document's */
	uint32_t n;
};
/* Judges one with the chain's parameters alone, by the validators of the document
 * (or those of trust, which may be NULL) without those that its evidence convicts.
 * final: the block it proves. false: why is one sentence. */
bool node_certificate_check(const struct params *p, const char *text, size_t len,
			    const struct certificate_trust *trust,
			    struct finality_mark *final, char why[256]);
/* Whether headers of 80 bytes, from the genesis block on, each on the one before it
 * and with its work, have the block at its height. */
bool node_headers_hold(const struct params *p, const uint8_t *raw, size_t len,
		       const struct finality_mark *mark, char why[256]);

/* Convicted keys with the votes that prove it: the one with the next key; begin
 * with zero. ST_NOT_FOUND at the end. */
struct finality_evidence {
	uint8_t key[32];
	struct vote a, b;
	bool surround;
	int64_t at;
};
NODISCARD enum status node_evidence_next(struct node *n, const uint8_t after[32],
					 struct finality_evidence *out);

#endif
