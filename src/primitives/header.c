/* SPDX-License-Identifier: MIT */
#include "primitives/header.h"

#include "base/bytes.h"
#include "crypto/sha256.h"

void header_read(struct header *h, const uint8_t raw[HEADER_SIZE])
{
	h->version = (int32_t)le32_get(raw);
	memcpy(h->prev.h.b, raw + 4, 32);
	memcpy(h->merkle_root.b, raw + 36, 32);
	h->time = le32_get(raw + 68);
	h->bits = le32_get(raw + 72);
	h->nonce = le32_get(raw + 76);
}

void header_write(uint8_t raw[HEADER_SIZE], const struct header *h)
{
	le32_put(raw, (uint32_t)h->version);
	memcpy(raw + 4, h->prev.h.b, 32);
	memcpy(raw + 36, h->merkle_root.b, 32);
	le32_put(raw + 68, h->time);
	le32_put(raw + 72, h->bits);
	le32_put(raw + 76, h->nonce);
}

void header_hash_raw(struct blkid *id, const uint8_t raw[HEADER_SIZE])
{
	sha256d(id->h.b, raw, HEADER_SIZE);
}

void header_hash(struct blkid *id, const struct header *h)
{
	uint8_t raw[HEADER_SIZE];

	header_write(raw, h);
	header_hash_raw(id, raw);
}
