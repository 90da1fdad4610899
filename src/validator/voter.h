/* SPDX-License-Identifier: MIT */
/*
 * Who signs a validator's votes: quarry-signer, which keeps the key and the record
 * of what it signed, or this process with a key file and its record beside it.
 */
#ifndef QUARRY_VALIDATOR_VOTER_H
#define QUARRY_VALIDATOR_VOTER_H

#include "base/arena.h"
#include "primitives/params.h"
#include "primitives/vote.h"

#define VOTER_ERROR_SIZE 400

struct voter;

/* Reads the key, and opens its record or (new_record) makes it. */
NODISCARD enum status voter_open_file(struct voter **out, const char *key_file,
				      bool new_record, const struct params *p,
				      char error[VOTER_ERROR_SIZE]);
/* Nothing is asked yet: the signer may come later. */
NODISCARD enum status voter_open_signer(struct voter **out, const char *socket,
					const char *keystore,
					const struct params *p);
void voter_close(struct voter *v);

/* Whether it could sign: ST_TIMEOUT, with a sentence, when the signer is absent or
 * the keystore locked, missing or no validator's. */
NODISCARD enum status voter_ready(struct voter *v, char error[VOTER_ERROR_SIZE]);
/* Signs, when the record allows it; the record is on disk first, and the vote is
 * kept. ST_DENIED: the record forbids it. ST_TIMEOUT: the signer cannot sign: to be
 * tried again. Others: this process cannot. Why is one sentence in error. */
NODISCARD enum status voter_sign(struct voter *v, struct vote *vote,
				 char error[VOTER_ERROR_SIZE]);
/* The newest votes kept, the last signed first, in the arena. Statuses as
 * voter_sign's. */
NODISCARD enum status voter_kept(struct voter *v, struct arena *a,
				 struct vote **list, size_t *n,
				 char error[VOTER_ERROR_SIZE]);
/* Its public key; NULL: the signer has not told it. */
const uint8_t *voter_key(const struct voter *v);

#endif
