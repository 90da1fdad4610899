/* SPDX-License-Identifier: MIT */
/*
 * Passwords, as scrypt keeps them: $scrypt$ln=15,r=8,p=3$SALT$HASH in base64, the
 * parameters beside the hash so that they can be raised.
 *
 * One derivation takes a third of a second and 32 MiB. It never runs inside a
 * transaction, and only while its process holds the machine's one slot: of all
 * processes that have the same accounts.db open one at a time derives, so that a
 * flood of logins leaves the others to answer everything else.
 */
#ifndef QUARRY_ACCOUNTS_PASSWORD_H
#define QUARRY_ACCOUNTS_PASSWORD_H

#include "accounts/accounts.h"
#include "base/bytes.h"

#define PASSWORD_MIN 10
#define PASSWORD_MAX 256
#define PASSWORD_TEXT_SIZE 128
/* Three words' worth of a made password: 20 letters and digits, a NUL. */
#define PASSWORD_MADE_SIZE 24

/* NULL when the password will do for an account of this name, else a phrase that
 * says what it must be. */
const char *password_fault(const char *name, struct bytes password);
/* The slot. False when another process derives just now. */
bool password_slot_take(struct accounts *a);
void password_slot_leave(struct accounts *a);
/* Both ask for the slot to be held. */
NODISCARD enum status password_make(char out[PASSWORD_TEXT_SIZE],
				    struct bytes password);
/* stored "": somebody who is not there or has no password; it takes as long.
 * *old: the stored parameters are not today's. ST_CORRUPT: stored is no such
 * text. */
NODISCARD enum status password_check(const char *stored, struct bytes password,
				     bool *good, bool *old);
/* A random one, to be told once. */
NODISCARD enum status password_random(char out[PASSWORD_MADE_SIZE]);

#endif
