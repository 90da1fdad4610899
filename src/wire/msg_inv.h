/* SPDX-License-Identifier: MIT */
/* inv, getdata and notfound: lists of what there is, what is wanted, and what is
 * not to be had. */
#ifndef QUARRY_WIRE_MSG_INV_H
#define QUARRY_WIRE_MSG_INV_H

#include "base/arena.h"
#include "base/buf.h"
#include "primitives/hash.h"

#define WIRE_INV_MAX 50000

#define INV_TX 1u
#define INV_BLOCK 2u
#define INV_FILTERED_BLOCK 3u
#define INV_COMPACT_BLOCK 4u
#define INV_WTX 5u			/* BIP339: the hash is a wtxid */
#define INV_WITNESS (1u << 30)		/* BIP144: or'd to TX or BLOCK */

struct wire_inv {
	uint32_t type;			/* as sent; others than these exist */
	struct hash256 hash;
};

struct msg_inv {
	struct wire_inv *at;
	uint32_t n;
};

NODISCARD enum status msg_inv_decode(struct msg_inv *m, struct bytes in,
				     struct arena *a);
void msg_inv_encode(struct buf *b, const struct msg_inv *m);

#endif
