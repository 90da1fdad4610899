/* SPDX-License-Identifier: MIT */
/*
 * A proposal: a block that some makers have signed and others are to sign, as it
 * travels between nodes (POST /node/proposal) and stands in the table.
 *
 *	"QPR1"
 *	how many signatures (1 byte), then each: the maker (1 byte, counted from
 *	0, in rising order) and its signature (64 bytes)
 *	the block, with a stand-in for its solution (consensus/maker_sign.h)
 */
#ifndef QUARRY_PRIMITIVES_PROPOSAL_H
#define QUARRY_PRIMITIVES_PROPOSAL_H

#include "base/buf.h"
#include "primitives/maker.h"

/* Longer than any: signatures and a block of the greatest weight. */
#define PROPOSAL_SIZE_MAX ((size_t)4100000)

struct proposal {
	struct maker_sigs sigs;
	struct bytes block;	/* of the bytes parsed; not looked into */
};

/* False when the bytes have another form, or no signature. */
NODISCARD bool proposal_parse(struct proposal *out, const void *p, size_t len);
void proposal_write(struct buf *out, const struct maker_sigs *sigs,
		    struct bytes block);

#endif
