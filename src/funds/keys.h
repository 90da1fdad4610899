/* SPDX-License-Identifier: MIT */
/* The wallet and quarry-signer: keystores made for wallets, PSBTs signed there and
 * put together here. Nothing here holds a private key. */
#ifndef QUARRY_FUNDS_KEYS_H
#define QUARRY_FUNDS_KEYS_H

#include "funds/spend.h"
#include "wallet/bip39.h"
#include "wallet/signer_client.h"

/* Passphrases: p NULL is none. Each: false with the fault set. */

/* Makes a keystore, from words when there are some, and the wallet with its
 * descriptors (BIP44, 49, 84, 86). w: owner, name and flags are given, the rest is
 * set. words_out gets the words (the caller wipes them), unless it is NULL. */
struct funds_new {
	struct bytes passphrase;
	struct bytes words;	/* p NULL: new ones */
	struct bytes extra;	/* BIP39's further passphrase */
	unsigned n_words;	/* of new ones; 0: 12 */
};
NODISCARD bool funds_new_wallet(const struct funds_at *at,
				struct purse_wallet *w,
				struct signer_client *signer,
				const struct funds_new *how,
				char words_out[BIP39_TEXT_SIZE], struct arena *a,
				struct funds_fault *fault);
/* Keys for a wallet that has none yet: of new words, or with n descriptors with
 * private keys, one a line, that the signer takes in. */
NODISCARD bool funds_add_keys(struct funds *f, struct signer_client *signer,
			      struct bytes passphrase, struct bytes descriptors,
			      struct funds_fault *fault);
/* What signer_import's names are: a keystore's name for a wallet to be. */
NODISCARD bool funds_keystore_name(char out[PURSE_KEYSTORE_SIZE],
				   const char *owner, const char *name,
				   bool unique);

/* Whether the keystore must be unlocked before it signs. */
enum funds_lock { FUNDS_NO_KEYS, FUNDS_OPEN, FUNDS_UNLOCKED, FUNDS_LOCKED,
		  FUNDS_NO_SIGNER };
enum funds_lock funds_lock_state(struct funds *f, struct signer_client *signer,
				 uint32_t *seconds_left);

/* Has a PSBT signed with the wallet's keys. flags as signer_sign_psbt. */
NODISCARD bool funds_sign(struct funds *f, struct signer_client *signer,
			  struct bytes passphrase, struct bytes psbt,
			  uint32_t flags, struct bytes *out,
			  struct funds_fault *fault);

struct funds_finished {
	struct bytes psbt;	/* inputs with all their signatures are final */
	bool complete;
	struct bytes raw;	/* the transaction, when complete */
	struct tx tx;		/* as far as it is signed */
	uint32_t n_final;
};
/* Puts signatures in their places and judges each input by the node's rules. */
NODISCARD bool funds_finish(struct funds *f, struct bytes psbt,
			    struct funds_finished *out,
			    struct funds_fault *fault);

/* The signer's answer as a fault; returns false. */
bool funds_signer_bad(struct funds_fault *fault, enum signer_result r,
		      const struct signer_client *signer);

#endif
