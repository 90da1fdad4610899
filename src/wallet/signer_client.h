/* SPDX-License-Identifier: MIT */
/*
 * Asks quarry-signer. Each call connects, asks one question and waits for the
 * answer; what is not SIGNER_OK leaves one sentence in c->error that may be shown
 * to whoever asked.
 *
 *	struct signer_client c = {.socket = conf_text(&conf, CONF_SIGNER_SOCKET)};
 *	if (signer_sign_psbt(&c, "alice", pass, psbt, 0, &out, &n) != SIGNER_OK)
 *		return c.error;
 *
 * A passphrase with p NULL is none: the keystore must be unlocked, or be one
 * without. One that is sent along opens the keystore for this call alone. Texts
 * with secrets (words, passphrases) are wiped by whoever holds them.
 */
#ifndef QUARRY_WALLET_SIGNER_CLIENT_H
#define QUARRY_WALLET_SIGNER_CLIENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "primitives/params.h"
#include "primitives/vote.h"
#include "wallet/bip39.h"
#include "wallet/keystore.h"
#include "wallet/signer_proto.h"

#define SIGNER_ERROR_SIZE 300

struct signer_client {
	const char *socket;	/* path */
	int64_t timeout_ms;	/* 0: 20 s */
	char error[SIGNER_ERROR_SIZE];
};

/* A keystore to be made. An empty passphrase is none. */
struct signer_new {
	const char *name;
	const struct params *p;		/* the forms of its chain's keys */
	struct bytes passphrase;
	enum keystore_kind kind;
	/* Of a validator whose key is not new, it never voted: without this it
	 * must bring its record (wallet/vote_guard.h). */
	bool new_record;
};
/* Makes a keystore with new words (12, 15, 18, 21 or 24) and tells them: the only
 * time unless somebody asks by signer_words. */
enum signer_result signer_create(struct signer_client *c,
				 const struct signer_new *new, unsigned n_words,
				 char words[BIP39_TEXT_SIZE]);
/* The same from words; extra is BIP39's further passphrase, mostly empty. */
enum signer_result signer_restore(struct signer_client *c,
				  const struct signer_new *new,
				  struct bytes words, struct bytes extra);
/* Adds descriptors with private keys, one a line, to a keystore, which is made if
 * there is none. */
enum signer_result signer_import(struct signer_client *c,
				 const struct signer_new *new,
				 struct bytes descriptors);

struct signer_keystore {
	char name[SIGNER_NAME_MAX + 1];
	enum keystore_kind kind;
	bool has_passphrase;
	bool unlocked;		/* or needs no passphrase */
	uint32_t seconds_left;	/* until it is locked again; 0: for ever */
};
/* All keystores by name; list is in the arena. */
enum signer_result signer_list(struct signer_client *c, struct arena *a,
			       struct signer_keystore **list, size_t *n);

/* seconds 0: until somebody locks it, or the signer ends. */
enum signer_result signer_unlock(struct signer_client *c, const char *name,
				 struct bytes passphrase, uint32_t seconds);
enum signer_result signer_lock(struct signer_client *c, const char *name);
enum signer_result signer_change_passphrase(struct signer_client *c,
					    const char *name,
					    struct bytes passphrase,
					    struct bytes new_passphrase);

struct signer_descriptor {
	unsigned purpose;	/* BIP44, 49, 84, 86; 0: imported */
	uint32_t account;
	bool change;
	const char *text;	/* public, with origin and checksum */
};
/* The public descriptors of an account: to receive and for change, of each of the
 * four types; with account 0 also the imported ones. In the arena. */
enum signer_result signer_descriptors(struct signer_client *c, const char *name,
				      struct bytes passphrase, uint32_t account,
				      struct arena *a,
				      struct signer_descriptor **list, size_t *n);

/* Signs what the keystore has keys for: appends the PSBT with signatures, not
 * finalised (psbt_final.h), to out; *n_signed counts the signatures made, which
 * may be none. flags: SIGNER_ANY_SIGHASH allows hash types other than ALL and
 * DEFAULT. */
enum signer_result signer_sign_psbt(struct signer_client *c, const char *name,
				    struct bytes passphrase, struct bytes psbt,
				    uint32_t flags, struct buf *out,
				    unsigned *n_signed);

/* Signs a message for an address: appends the signature in base64 to out. With
 * n_path 0 the address is looked for among the first 1000 of each kind. Legacy is
 * for P2PKH addresses alone. */
enum signer_result signer_sign_message(struct signer_client *c, const char *name,
				       struct bytes passphrase,
				       enum signer_message kind,
				       const char *address, const uint32_t *path,
				       unsigned n_path, struct bytes message,
				       struct buf *out);

/* The words. The passphrase must be given even when the keystore is unlocked. */
enum signer_result signer_words(struct signer_client *c, const char *name,
				struct bytes passphrase,
				char words[BIP39_TEXT_SIZE]);

/* The public keys (x-only) that a maker's or a validator's keystore signs with: at
 * most KEYSTORE_KEYS_MAX. */
enum signer_result signer_keys(struct signer_client *c, const char *name,
			       struct bytes passphrase, enum keystore_kind *kind,
			       uint8_t key[KEYSTORE_KEYS_MAX][32], size_t *n);
/* Signs a vote on the chain of this document: fills key and signature.
 * SIGNER_REFUSED: the record of what the key has signed forbids it, is missing or
 * damaged, or the keystore is no validator's. The same vote may be asked for
 * again. */
enum signer_result signer_vote(struct signer_client *c, const char *name,
			       struct bytes passphrase,
			       const struct hash256 *document, struct vote *v);
/* The newest votes that it signed on this chain, the last first; in the arena. */
enum signer_result signer_votes(struct signer_client *c, const char *name,
				struct bytes passphrase,
				const struct hash256 *document, struct arena *a,
				struct vote **list, size_t *n);

/* Whether a signer answers at all. */
bool signer_is_there(struct signer_client *c);

#endif
