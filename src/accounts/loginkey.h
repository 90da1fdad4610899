/* SPDX-License-Identifier: MIT */
/* Keys that enter an account: a compressed public key's 66 digits, an x-only one's
 * 64, or an address. Whether a signature is theirs the caller finds out
 * (wallet/keyproof.h). */
#ifndef QUARRY_ACCOUNTS_LOGINKEY_H
#define QUARRY_ACCOUNTS_LOGINKEY_H

#include "accounts/account.h"

#define LOGINKEY_TEXT_MAX 90
#define LOGINKEY_LABEL_MAX 64
#define LOGINKEYS_MAX 20

struct loginkey_row {
	int64_t id, created_s, used_s;	/* 0: never */
	const char *key, *label;
};

/* challenge: its code, answered by the key; NULL for the operator. ST_DENIED: the
 * key is an account's already, or the challenge was answered before. ST_TOO_BIG:
 * the account has LOGINKEYS_MAX. */
NODISCARD enum status loginkey_add(struct accounts *a, const struct actor *by,
				   int64_t account, const char *key,
				   const char *label, const char *challenge,
				   int64_t *id);
/* The key's account, if it is active. ST_NOT_FOUND. */
NODISCARD enum status loginkey_find(struct accounts *a, const char *key,
				    int64_t *id, int64_t *account);
/* Inside a transaction of the caller's. */
NODISCARD enum status loginkey_used(struct accounts *a, int64_t id);
NODISCARD enum status loginkey_list(struct accounts *a, int64_t account,
				    struct arena *arena,
				    struct loginkey_row **v, uint32_t *n);
/* ST_NOT_FOUND: the account has no such key. ST_DENIED: it is the only way into
 * the account. */
NODISCARD enum status loginkey_remove(struct accounts *a,
				      const struct actor *by, int64_t account,
				      int64_t id);

#endif
