/* SPDX-License-Identifier: MIT */
/* Extended keys (BIP32): made from a seed, derived, read and written as text. */
#ifndef QUARRY_WALLET_HDKEY_H
#define QUARRY_WALLET_HDKEY_H

#include "base/buf.h"
#include "crypto/ec.h"
#include "primitives/params.h"

#define HDKEY_HARDENED 0x80000000u
#define HDKEY_PATH_MAX 32

struct hdkey {
	uint8_t pub[33];
	uint8_t chain_code[32];
	uint8_t secret[32];
	bool has_secret;
	uint8_t depth, parent[4];
	uint32_t child;
};

/* The master key of a seed, 16 to 64 bytes. False for one seed in 2^127. */
NODISCARD bool hdkey_master(struct hdkey *k, const struct ec *ec,
			    struct bytes seed);
/* One step down, in place. False, and k is of no use: hardened without the
 * private key, deeper than 255, or a step that is no key (one in 2^127). */
NODISCARD bool hdkey_step(struct hdkey *k, const struct ec *ec, uint32_t index);
NODISCARD bool hdkey_walk(struct hdkey *k, const struct ec *ec,
			  const uint32_t *path, unsigned n);
/* The first bytes of the public key's hash: how children name it. */
void hdkey_fingerprint(uint8_t out[4], const struct hdkey *k);

/* Reads xpub or xprv of the network. False: any other text. */
NODISCARD bool hdkey_parse(struct hdkey *k, const struct params *p,
			   const struct ec *ec, const char *text, size_t len);
/* Appends it as text, the private one or the public one. */
void hdkey_text(struct buf *out, const struct hdkey *k, const struct params *p,
		bool private_too);

/* Reads "m/84h/1'/0/5", the m/ may be missing; "m" is the empty path. */
NODISCARD bool hdkey_path_parse(uint32_t path[HDKEY_PATH_MAX], unsigned *n,
				const char *text, size_t len);
/* Appends "/84h/1h/0". */
void hdkey_path_text(struct buf *out, const uint32_t *path, unsigned n,
		     char mark);
void hdkey_wipe(struct hdkey *k);

#endif
