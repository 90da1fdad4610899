/* SPDX-License-Identifier: MIT */
/* getheaders and getblocks (a locator), and headers. */
#ifndef QUARRY_WIRE_MSG_HEADERS_H
#define QUARRY_WIRE_MSG_HEADERS_H

#include "base/arena.h"
#include "base/buf.h"
#include "primitives/header.h"

#define WIRE_LOCATOR_MAX 101
#define WIRE_HEADERS_MAX 2000

struct msg_locator {
	uint32_t version;	/* of the protocol; means nothing */
	struct blkid *have;	/* newest first */
	uint32_t n;
	struct blkid stop;	/* zero: as many as there are */
};

NODISCARD enum status msg_locator_decode(struct msg_locator *m, struct bytes in,
					 struct arena *a);
void msg_locator_encode(struct buf *b, const struct msg_locator *m);

struct msg_headers {
	uint8_t *raw;		/* n times HEADER_SIZE, one after the other */
	uint32_t n;
};

/* The count of transactions after each header is read and means nothing. */
NODISCARD enum status msg_headers_decode(struct msg_headers *m, struct bytes in,
					 struct arena *a);
void msg_headers_encode(struct buf *b, const struct msg_headers *m);

#endif
