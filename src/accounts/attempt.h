/* SPDX-License-Identifier: MIT */
/*
 * Trying in vain is made slow, in the same way for names that exist and names that
 * do not.
 *
 * - A client's network (an IPv4 address, 64 bits of IPv6) may fail fifty times in
 *   ten minutes.
 * - A network that fails for one name five times waits a second then, two after
 *   the next failure, and so on up to a quarter of an hour.
 * - A name for which anybody failed twenty times makes everybody wait, up to a
 *   minute, but for networks from which that name was entered with success
 *   within 90 days: so nobody can lock out somebody else.
 *
 * Each try counts before it is judged, so that tries at the same time all count;
 * success takes it back. Names and networks are kept as MACs.
 */
#ifndef QUARRY_ACCOUNTS_ATTEMPT_H
#define QUARRY_ACCOUNTS_ATTEMPT_H

#include <stdbool.h>

#include "accounts/accounts.h"

enum attempt_kind {
	ATTEMPT_NETWORK = 1,
	ATTEMPT_PAIR = 2,	/* a network and a name */
	ATTEMPT_NAME = 3,
	ATTEMPT_KNOWN = 4,	/* a pair that succeeded */
	ATTEMPT_SIGNUP = 5,	/* accounts made from a network */
};

/* Counts a try to enter as `name` (an account's, or a key's text). *wait_s: not
 * counted, and to be refused for so many seconds; 0: go on. *failed: how often
 * this pair failed before, this try included. */
NODISCARD enum status attempt_begin(struct accounts *a, const char *name,
				    const char *address, int64_t *wait_s,
				    int64_t *failed);
/* It was a success. Inside a transaction of the caller's. */
NODISCARD enum status attempt_good(struct accounts *a, const char *name,
				   const char *address);
/* It was neither: the caller could not judge it. */
NODISCARD enum status attempt_undo(struct accounts *a, const char *name,
				   const char *address);
/* Counts an account to be made: thirty an hour from one network. */
NODISCARD enum status attempt_signup(struct accounts *a, const char *address,
				     int64_t *wait_s);
/* Whether the n-th failure of a row is worth a row of audit: 1, 2, 4, 8 ... */
bool attempt_worth_noting(int64_t n);

#endif
