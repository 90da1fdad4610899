/* SPDX-License-Identifier: MIT */
/* Addresses: output scripts as text, for one network's prefixes. */
#ifndef QUARRY_PRIMITIVES_ADDRESS_H
#define QUARRY_PRIMITIVES_ADDRESS_H

#include "base/buf.h"
#include "primitives/params.h"
#include "primitives/script.h"

#define ADDRESS_TEXT_SIZE 128

/* The address of an output script; false (out is "") when it has none. P2PK has
 * none, as in Bitcoin Core. */
bool address_from_script(char out[ADDRESS_TEXT_SIZE], const struct params *p,
			 struct bytes script);

enum address_result {
	ADDRESS_OK,
	ADDRESS_INVALID,	/* no address at all, or a wrong checksum */
	ADDRESS_OTHER_NETWORK,	/* well formed, but not for this network */
};

/* Appends the output script an address stands for. */
enum address_result address_to_script(struct buf *script,
				      const struct params *p, const char *text,
				      size_t len);
/* Private keys in wallet import format. compressed: whether its public key is. */
char *address_wif_encode(char out[ADDRESS_TEXT_SIZE], const struct params *p,
			 const uint8_t key[32], bool compressed);
enum address_result address_wif_decode(uint8_t key[32], bool *compressed,
				       const struct params *p, const char *text,
				       size_t len);

#endif
