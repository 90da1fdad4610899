/* SPDX-License-Identifier: MIT */
/* The handshake's version message, and the messages of one number: ping, pong,
 * feefilter, sendcmpct. verack, wtxidrelay, sendaddrv2, sendheaders, getaddr and
 * mempool are envelopes alone. */
#ifndef QUARRY_WIRE_MSG_VERSION_H
#define QUARRY_WIRE_MSG_VERSION_H

#include "base/buf.h"

#define WIRE_NODE_NETWORK (1u << 0)
#define WIRE_NODE_BLOOM (1u << 2)
#define WIRE_NODE_WITNESS (1u << 3)
#define WIRE_NODE_COMPACT_FILTERS (1u << 6)
#define WIRE_NODE_NETWORK_LIMITED (1u << 10)

#define WIRE_USER_AGENT_MAX 256

/* An address as version carries it. */
struct wire_endpoint {
	uint64_t services;
	uint8_t ip[16];		/* IPv4 as ::ffff:a.b.c.d */
	uint16_t port;
};

struct msg_version {
	int32_t version;
	uint64_t services;
	int64_t time;		/* UNIX s as sent */
	struct wire_endpoint to, from;
	uint64_t nonce;
	uint32_t agent_len;
	char agent[WIRE_USER_AGENT_MAX + 1];	/* any bytes; a NUL follows */
	int32_t height;
	bool relay;		/* BIP37: wants transactions; true if absent */
};

/* Fields from `from` on may be missing together with all after them (old
 * peers); they are then zero. ST_PARSE also for an agent of over 256 bytes. */
NODISCARD enum status msg_version_decode(struct msg_version *v, struct bytes in);
void msg_version_encode(struct buf *b, const struct msg_version *v);

/* ping, pong and feefilter (satoshi per 1,000 vB). */
NODISCARD enum status msg_u64_decode(uint64_t *v, struct bytes in);
void msg_u64_encode(struct buf *b, uint64_t v);

/* BIP152: whether the sender of this message wants blocks without being asked
 * first, and the version of compact blocks (2). */
struct msg_sendcmpct {
	bool high_bandwidth;
	uint64_t version;
};
NODISCARD enum status msg_sendcmpct_decode(struct msg_sendcmpct *m,
					   struct bytes in);
void msg_sendcmpct_encode(struct buf *b, const struct msg_sendcmpct *m);

#endif
