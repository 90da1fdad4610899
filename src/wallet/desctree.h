/* SPDX-License-Identifier: MIT */
/* The tree a descriptor is parsed into: inner parts of descriptor.h. */
#ifndef QUARRY_WALLET_DESCTREE_H
#define QUARRY_WALLET_DESCTREE_H

#include "wallet/descriptor.h"

#define DESC_KEYS_MAX 20
#define DESC_TREE_MAX 128

enum desc_kind {
	DESC_PK,
	DESC_PKH,
	DESC_WPKH,
	DESC_COMBO,
	DESC_MULTI,
	DESC_SORTEDMULTI,
	DESC_MULTI_A,		/* leaves alone (BIP387) */
	DESC_SORTEDMULTI_A,
	DESC_SH,
	DESC_WSH,
	DESC_TR,
	DESC_RAWTR,
	DESC_ADDR,
	DESC_RAW,
};

struct descriptor {
	enum desc_kind kind;
	unsigned n_key;
	struct desc_key *key;
	unsigned threshold;
	struct descriptor *sub;		/* of sh, wsh; the first leaf of tr */
	struct descriptor *next;	/* leaf of the same tree */
	unsigned depth;			/* of a leaf */
	struct bytes script;		/* of addr and raw */
};

/* The script of a leaf of tr() at an index, in the arena. False: a key cannot be
 * derived, or no memory. */
NODISCARD bool desc_leaf_script(const struct descriptor *leaf,
				const struct ec *ec, uint32_t index,
				struct arena *a, struct bytes *out);
/* Appends '#' and the checksum of what stands in out from start on. */
void desc_close(struct buf *out, size_t start);

#endif
