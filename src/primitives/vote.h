/* SPDX-License-Identifier: MIT */
/*
 * A vote for finality, as data: what it says, its bytes, what is signed, and
 * when two votes of one validator contradict each other. Which votes count is
 * consensus/finality.h; the protocol is written down in
 * consensus/finality.README.
 */
#ifndef QUARRY_PRIMITIVES_VOTE_H
#define QUARRY_PRIMITIVES_VOTE_H

#include "base/bytes.h"
#include "primitives/hash.h"

/* "I hold target for the chain, source being justified." */
struct vote {
	uint32_t source_height, target_height;
	struct blkid source, target;
	uint8_t key[32];	/* the validator's, x-only */
	uint8_t sig[64];	/* BIP340 over vote_message */
};

/* Heights little-endian, hashes in wire order: source height, source, target
 * height, target, key, signature. */
#define VOTE_SIZE 168

void vote_write(uint8_t out[VOTE_SIZE], const struct vote *v);
/* Any bytes are a vote; whether it is good is for others to say. */
void vote_read(struct vote *v, const uint8_t in[VOTE_SIZE]);
/* SHA-256 of the 168 bytes, to know a vote again. */
void vote_id(struct hash256 *out, const uint8_t raw[VOTE_SIZE]);
/* What the validator signs: the hash tagged "quarry/vote" (BIP340) of the chain
 * document's hash, source height, source, target height and target. The key and
 * the signature are not part of it. */
void vote_message(uint8_t out[32], const struct hash256 *document,
		  const struct vote *v);
/* Whether the signature is the key's, on the chain of this document. */
bool vote_signed(const struct vote *v, const struct hash256 *document);
/* The same link, whoever votes. */
bool vote_same_link(const struct vote *a, const struct vote *b);

/* Casper FFG's two commandments. No honest validator breaks one, so two votes
 * that do are evidence. */
enum vote_clash {
	VOTE_AGREES,
	VOTE_DOUBLE,	/* two links to the same height */
	VOTE_SURROUND,	/* one link within the other */
};
/* Of two votes of one key, in either order. */
enum vote_clash vote_clash(const struct vote *a, const struct vote *b);

/* What a validator has to remember to break neither: the highest it has signed.
 * It only rises. */
struct vote_record {
	uint32_t source_height, target_height;
};
/* Whether a vote may be signed after all that the record covers: its target is
 * higher than any before, its source not lower. Two votes that were both allowed
 * never clash. */
bool vote_record_allows(const struct vote_record *r, const struct vote *v);
/* The record after signing v. */
void vote_record_add(struct vote_record *r, const struct vote *v);

/* Two votes of one key that clash, as an output script that anyone may put into
 * a block: OP_RETURN and one push of "QFE1", the key, and of each vote all but
 * the key. */
#define VOTE_EVIDENCE_DATA (4 + 32 + 2 * (VOTE_SIZE - 32))
#define VOTE_EVIDENCE_SCRIPT (4 + VOTE_EVIDENCE_DATA)
void vote_evidence_write(uint8_t out[VOTE_EVIDENCE_SCRIPT],
			 const struct vote *a, const struct vote *b);
/* False when the script is not of this form. Neither the signatures nor the
 * clash are looked at. */
bool vote_evidence_read(struct vote *a, struct vote *b, struct bytes script);
/* Whether a and b prove that their key broke a commandment on this chain. */
bool vote_evidence_proves(const struct vote *a, const struct vote *b,
			  const struct hash256 *document);

#endif
