/* SPDX-License-Identifier: MIT */
/* addr, and addrv2 (BIP155): where other nodes are. */
#ifndef QUARRY_WIRE_MSG_ADDR_H
#define QUARRY_WIRE_MSG_ADDR_H

#include "base/arena.h"
#include "base/buf.h"

#define WIRE_ADDR_MAX 1000

/* BIP155's network ids; the lengths are those of their addresses. */
enum wire_network {
	WIRE_NET_IPV4 = 1,	/* 4 bytes */
	WIRE_NET_IPV6 = 2,	/* 16 */
	WIRE_NET_TORV3 = 4,	/* 32 */
	WIRE_NET_I2P = 5,	/* 32 */
	WIRE_NET_CJDNS = 6,	/* 16, the first fc */
};

struct wire_addr {
	uint32_t time;		/* last seen, UNIX s */
	uint64_t services;
	enum wire_network net;
	uint8_t len;
	uint8_t addr[32];
	uint16_t port;
};

struct msg_addr {
	struct wire_addr *at;
	uint32_t n;
};

/* Addresses of networks that are not in the enum (Tor's second version, or
 * unheard of) are left out, so n may be less than was sent. A known network
 * with an address of the wrong length is ST_PARSE, over 1,000 are ST_TOO_BIG. */
NODISCARD enum status msg_addr_decode(struct msg_addr *m, struct bytes in,
				      struct arena *a);
NODISCARD enum status msg_addrv2_decode(struct msg_addr *m, struct bytes in,
					struct arena *a);
/* addr can only say IPv4 and IPv6: others are left out. */
void msg_addr_encode(struct buf *b, const struct msg_addr *m);
void msg_addrv2_encode(struct buf *b, const struct msg_addr *m);

#endif
