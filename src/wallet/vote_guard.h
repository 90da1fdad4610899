/* SPDX-License-Identifier: MIT */
/*
 * A validator's safety record: the heights it has signed, in a file of its own,
 * on disk before anything is signed. It is all that keeps an honest validator
 * from contradicting itself, whatever becomes of the chain's database: never copy
 * it back from an old backup, never use one key with two of them.
 */
#ifndef QUARRY_WALLET_VOTE_GUARD_H
#define QUARRY_WALLET_VOTE_GUARD_H

#include "base/status.h"
#include "primitives/vote.h"

#define VOTE_GUARD_ERROR_SIZE 400

struct vote_guard;

/* Opens the record of this key on this chain and keeps others out. create: make
 * one that has signed nothing, for a key that never voted; without it a missing
 * file is ST_NOT_FOUND. A record made with an all-zero document becomes that of
 * the chain of the first vote. ST_BUSY: another process has it. ST_DENIED: it is
 * of another key or chain, or it is there already. error: one sentence. */
NODISCARD enum status vote_guard_open(struct vote_guard **out, const char *path,
				      bool create,
				      const struct hash256 *document,
				      const uint8_t key[32],
				      char error[VOTE_GUARD_ERROR_SIZE]);
void vote_guard_close(struct vote_guard *g);
struct vote_record vote_guard_record(const struct vote_guard *g);
/* ST_OK: the vote may be signed, and the file on disk says that it was; that may be
 * asked again for the same vote, whose signature may have been lost. ST_DENIED: it
 * might contradict an earlier one. On ST_IO nothing may be signed. */
NODISCARD enum status vote_guard_pass(struct vote_guard *g,
				      const struct vote *v);
/* Why not: one sentence. */
void vote_guard_explain(const struct vote_guard *g, const struct vote *v,
			char error[VOTE_GUARD_ERROR_SIZE]);
/* Keeps a vote that was signed, on disk, before anybody gets it: should the chain's
 * database be set back, it must be told again, for what it justified binds
 * later votes. */
NODISCARD enum status vote_guard_keep(struct vote_guard *g,
				      const struct vote *v);
/* The i-th of the newest votes kept, the last signed first; ST_NOT_FOUND: there
 * are no more. */
NODISCARD enum status vote_guard_kept(struct vote_guard *g, unsigned i,
				      struct vote *v);

#endif
