/* SPDX-License-Identifier: MIT */
/* The 80-byte block header. */
#ifndef QUARRY_PRIMITIVES_HEADER_H
#define QUARRY_PRIMITIVES_HEADER_H

#include "primitives/hash.h"

#define HEADER_SIZE 80

struct header {
	int32_t version;	/* signed: the BIP34/66/65 gates compare it so */
	struct blkid prev;
	struct hash256 merkle_root;
	uint32_t time;
	uint32_t bits;
	uint32_t nonce;
};

void header_read(struct header *h, const uint8_t raw[HEADER_SIZE]);
void header_write(uint8_t raw[HEADER_SIZE], const struct header *h);
/* Double SHA-256 of the 80 bytes. */
void header_hash(struct blkid *id, const struct header *h);
void header_hash_raw(struct blkid *id, const uint8_t raw[HEADER_SIZE]);

#endif
