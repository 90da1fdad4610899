/* SPDX-License-Identifier: MIT */
/* Compact block filters on the wire (BIP157): getcfilters, getcfheaders and
 * getcfcheckpt, and their answers. */
#ifndef QUARRY_WIRE_MSG_FILTER_H
#define QUARRY_WIRE_MSG_FILTER_H

#include "base/arena.h"
#include "base/buf.h"
#include "primitives/hash.h"

#define WIRE_FILTER_BASIC 0
#define WIRE_CFILTERS_MAX 1000		/* blocks of one getcfilters */
#define WIRE_CFHEADERS_MAX 2000		/* of one getcfheaders */
#define WIRE_CFCHECKPT_INTERVAL 1000

/* getcfilters and getcfheaders; getcfcheckpt has no start. */
struct msg_getcf {
	uint8_t type;
	uint32_t start;		/* height */
	struct blkid stop;
};
NODISCARD enum status msg_getcf_decode(struct msg_getcf *m, struct bytes in);
void msg_getcf_encode(struct buf *b, const struct msg_getcf *m);
NODISCARD enum status msg_getcfcheckpt_decode(struct msg_getcf *m,
					      struct bytes in);
void msg_getcfcheckpt_encode(struct buf *b, const struct msg_getcf *m);

struct msg_cfilter {
	uint8_t type;
	struct blkid block;
	struct bytes filter;	/* in the payload */
};
NODISCARD enum status msg_cfilter_decode(struct msg_cfilter *m, struct bytes in);
void msg_cfilter_encode(struct buf *b, const struct msg_cfilter *m);

struct msg_cfheaders {
	uint8_t type;
	struct blkid stop;
	struct hash256 prev;	/* filter header before the first */
	struct hash256 *filter_hash;
	uint32_t n;
};
NODISCARD enum status msg_cfheaders_decode(struct msg_cfheaders *m,
					   struct bytes in, struct arena *a);
void msg_cfheaders_encode(struct buf *b, const struct msg_cfheaders *m);

struct msg_cfcheckpt {
	uint8_t type;
	struct blkid stop;
	struct hash256 *header;	/* filter headers of each 1,000th block */
	uint32_t n;
};
NODISCARD enum status msg_cfcheckpt_decode(struct msg_cfcheckpt *m,
					   struct bytes in, struct arena *a);
void msg_cfcheckpt_encode(struct buf *b, const struct msg_cfcheckpt *m);

#endif
