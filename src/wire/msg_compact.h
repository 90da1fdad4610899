/* SPDX-License-Identifier: MIT */
/*
 * Compact blocks (BIP152, version 2): a block told by short ids of its
 * transactions, of which the receiver has most, and the messages that ask for
 * and deliver the rest.
 */
#ifndef QUARRY_WIRE_MSG_COMPACT_H
#define QUARRY_WIRE_MSG_COMPACT_H

#include "crypto/siphash.h"
#include "primitives/block.h"

#define WIRE_COMPACT_VERSION 2
/* Transactions of a block that an index of 16 bits can name. */
#define WIRE_COMPACT_TX_MAX 65535
#define WIRE_SHORT_ID_SIZE 6

struct compact_prefilled {
	uint32_t index;		/* in the block */
	struct tx tx;
};

struct msg_cmpctblock {
	uint8_t header[HEADER_SIZE];
	uint64_t nonce;
	uint32_t n_short;
	uint64_t *short_ids;	/* in the order of the block */
	uint32_t n_prefilled;
	struct compact_prefilled *prefilled;	/* index ascending */
};

/* Every index is below n_short + n_prefilled afterwards; ST_TOO_BIG for one that is
 * not. Transactions point
 * into the payload and are hashed. */
NODISCARD enum status msg_cmpctblock_decode(struct msg_cmpctblock *m,
					    struct bytes in, struct arena *a);
void msg_cmpctblock_encode(struct buf *b, const struct msg_cmpctblock *m);

struct msg_getblocktxn {
	struct blkid block;
	uint32_t n;
	uint16_t *index;	/* ascending */
};
NODISCARD enum status msg_getblocktxn_decode(struct msg_getblocktxn *m,
					     struct bytes in, struct arena *a);
void msg_getblocktxn_encode(struct buf *b, const struct msg_getblocktxn *m);

struct msg_blocktxn {
	struct blkid block;
	uint32_t n;
	struct tx *tx;		/* in the order asked for */
};
NODISCARD enum status msg_blocktxn_decode(struct msg_blocktxn *m,
					  struct bytes in, struct arena *a);
void msg_blocktxn_encode(struct buf *b, const struct msg_blocktxn *m);

/* The key of a compact block's short ids, and the id of a transaction. */
struct siphash_key compact_key(const uint8_t header[HEADER_SIZE], uint64_t nonce);
uint64_t compact_short_id(const struct siphash_key *key, const struct wtxid *id);

/* Tells a block: the coinbase in full, all others by short id. */
NODISCARD enum status compact_from_block(struct msg_cmpctblock *m,
					 const struct block *block,
					 uint64_t nonce, struct arena *a);

#endif
