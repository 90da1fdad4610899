/* SPDX-License-Identifier: MIT */
/*
 * Private keys in a file, for a program that signs with nobody present: a maker
 * of blocks on a small or a test chain. One key a line, 64 hexadecimal digits or
 * wallet import format; blank lines and lines that begin with # are skipped. Who
 * can read the file can sign, so it must be its owner's alone (mode 0600); where
 * that is not enough, quarry-signer keeps keys behind a passphrase.
 */
#ifndef QUARRY_WALLET_KEYFILE_H
#define QUARRY_WALLET_KEYFILE_H

#include "wallet/sign.h"

#define KEYFILE_KEYS_MAX 32
#define KEYFILE_ERROR_SIZE 400

struct keyfile {
	struct wallet_key key[KEYFILE_KEYS_MAX];
	size_t n;
};

/* On failure `error` is one sentence; ST_NOT_FOUND, ST_DENIED (others may read
 * it too), ST_PARSE, ST_IO. p: whose import format is meant. */
NODISCARD enum status keyfile_read(struct keyfile *k, const char *path,
				   const struct params *p,
				   char error[KEYFILE_ERROR_SIZE]);
void keyfile_wipe(struct keyfile *k);
/* Makes a file with a new key. xonly: its public key (BIP340). ST_DENIED: there
 * is a file already. */
NODISCARD enum status keyfile_new(const char *path, uint8_t xonly[32]);

#endif
