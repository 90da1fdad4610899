/* SPDX-License-Identifier: MIT */
/*
 * The folder of keystores, NAME.key each, and those of them that are open. Beside
 * a validator's is NAME.votes, the record of what it has signed.
 *
 * A keystore without a passphrase is always open. Any other is opened by its
 * passphrase: for one question, or for some time. Whoever gives five wrong ones
 * waits, longer each time.
 */
#ifndef QUARRY_SIGNER_VAULT_H
#define QUARRY_SIGNER_VAULT_H

#include "wallet/keystore.h"
#include "wallet/signer_proto.h"

#define VAULT_ERROR_SIZE 250

#define VAULT_PATH_SIZE (4096 + 128)

struct vault;

/* folder: must be there, and nobody else's. NULL with a sentence. */
NODISCARD struct vault *vault_open(const char *folder, const struct ec *ec,
				   char error[VAULT_ERROR_SIZE]);
/* Locks all. */
void vault_close(struct vault *v);

/* The keystore of a name, to be given back by vault_put. passphrase.p NULL: it
 * must be open. strict: it must be the right one even when the keystore is open. */
enum signer_result vault_get(struct vault *v, struct bytes name,
			     struct bytes passphrase, bool strict,
			     struct keystore **k, char error[VAULT_ERROR_SIZE]);
void vault_put(struct vault *v, struct keystore *k);

/* Writes a new keystore (SIGNER_EXISTS), or another one in its place. */
enum signer_result vault_write(struct vault *v, struct bytes name,
			       const struct keystore *k, struct bytes passphrase,
			       bool fresh, char error[VAULT_ERROR_SIZE]);
bool vault_has(struct vault *v, struct bytes name);
/* Whether it may be a keystore's name; else a sentence. */
bool vault_name_ok(struct bytes name, char error[VAULT_ERROR_SIZE]);
/* The file beside a keystore with the record of its votes. */
void vault_votes_path(char path[VAULT_PATH_SIZE], const struct vault *v,
		      struct bytes name);

enum signer_result vault_unlock(struct vault *v, struct bytes name,
				struct bytes passphrase, uint32_t seconds,
				char error[VAULT_ERROR_SIZE]);
enum signer_result vault_lock(struct vault *v, struct bytes name,
			      char error[VAULT_ERROR_SIZE]);
/* Locks those whose time is over. Milliseconds until the next; -1: none. */
int64_t vault_expire(struct vault *v);

/* Calls fn for each keystore, by name. */
enum signer_result vault_each(struct vault *v,
			      void (*fn)(void *arg, const char *name,
					 enum keystore_kind kind,
					 bool has_passphrase, bool unlocked,
					 uint32_t seconds_left),
			      void *arg, char error[VAULT_ERROR_SIZE]);

#endif
