/* SPDX-License-Identifier: MIT */
/* Wallets made, and descriptors taken in. */
#ifndef QUARRY_FUNDS_SETUP_H
#define QUARRY_FUNDS_SETUP_H

#include "funds/funds.h"

/* Printable ASCII and UTF-8 of at most PURSE_NAME_MAX characters, no control
 * characters, no '/'. May be empty. */
bool funds_name_ok(const char *name, size_t len);

/* A descriptor as somebody hands it in. */
struct funds_import {
	const char *text;	/* with or without its checksum, no private key */
	size_t len;
	bool active;		/* gives new addresses from now on */
	bool internal;		/* for change */
	bool has_range;		/* else FUNDS_IMPORT_RANGE scripts */
	uint32_t first, last;	/* inclusive */
	bool has_next;
	uint32_t next;
	int64_t created;	/* UNIX seconds */
	const char *label;	/* NULL: none; of those for receiving */
	char *error;		/* DESC_ERROR_SIZE: a phrase when ST_PARSE */
};
#define FUNDS_IMPORT_RANGE 1000

/* Makes a wallet without descriptors on the node's chain. w: owner, name, keystore
 * and flags are given, the rest is set. ST_DENIED: there is one of that name. */
NODISCARD enum status funds_create(const struct funds_at *at,
				   struct purse_wallet *w);
/* Adds a descriptor, or widens the one that is there. ST_PARSE: i->error says what
 * is wrong with it. The wallet must be looked at again (funds_open). */
NODISCARD enum status funds_import(struct funds *f, const struct funds_import *i);
/* What kind of addresses a descriptor gives, as purse_desc.kind says it. */
void funds_kind_of(char out[PURSE_KIND_SIZE], const char *text);

#endif
