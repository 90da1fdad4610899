/* SPDX-License-Identifier: MIT */
/* The inside of a keystore: keystore.h's own. */
#ifndef QUARRY_WALLET_KEYSTORE_PRIV_H
#define QUARRY_WALLET_KEYSTORE_PRIV_H

#include "wallet/keystore.h"

#define KEYSTORE_IMPORTS 512

struct keystore {
	struct params params;	/* forms of addresses and keys alone */
	enum keystore_kind kind;
	uint32_t coin_type;
	int64_t created_s;
	uint8_t entropy[BIP39_ENTROPY_MAX];
	size_t entropy_len;	/* 0: no words */
	uint8_t extra[BIP39_EXTRA_MAX];
	size_t extra_len;
	struct hdkey master;	/* of the words */
	/* imported descriptors: as they were given, a line each, and read */
	char import_text[KEYSTORE_IMPORT_MAX];
	size_t import_len;
	struct arena arena;
	struct descriptor *import[KEYSTORE_IMPORTS];
	size_t n_import;
};

/* Only what keystore_chain_write writes. */
void keystore_chain_copy(struct params *to, const struct params *from);

#endif
