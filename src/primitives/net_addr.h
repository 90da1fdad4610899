/* SPDX-License-Identifier: MIT */
/*
 * Where a node of Bitcoin's network is: an IP address and a port; and ranges of
 * addresses. Names are not looked up here.
 */
#ifndef QUARRY_PRIMITIVES_NET_ADDR_H
#define QUARRY_PRIMITIVES_NET_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* BIP155's numbers. */
enum net_kind { NET_ADDR_IPV4 = 1, NET_ADDR_IPV6 = 2 };

#define NET_ADDR_TEXT_SIZE 56		/* [IPv6]:PORT */
#define NET_GROUP_SIZE 6

struct net_addr {
	enum net_kind net;
	uint8_t host[16];		/* IPv4: the first four bytes, then 0 */
	uint16_t port;
};

static inline size_t net_addr_len(const struct net_addr *a)
{
	return a->net == NET_ADDR_IPV4 ? 4 : 16;
}

/* "192.0.2.7:8333", "192.0.2.7", "[2001:db8::7]:8333", "2001:db8::7"; without a
 * port it is `port`. False for anything else. */
NODISCARD bool net_addr_parse(struct net_addr *a, const char *text, uint16_t port);
/* HOST:PORT, IPv6 in brackets; the host alone, without. Both return out. */
char *net_addr_text(char out[NET_ADDR_TEXT_SIZE], const struct net_addr *a);
char *net_addr_host(char out[NET_ADDR_TEXT_SIZE], const struct net_addr *a);
/* From the 16 bytes of version and addr messages: IPv4 is ::ffff:a.b.c.d. */
void net_addr_from_ip16(struct net_addr *a, const uint8_t ip[16], uint16_t port);
void net_addr_to_ip16(uint8_t ip[16], const struct net_addr *a);
bool net_addr_equal(const struct net_addr *a, const struct net_addr *b);
/* What one owner can have many addresses of: IPv4 /16, IPv6 /32; IPv6 addresses
 * that carry an IPv4 one (6to4, Teredo, NAT64) belong to that one's group.
 * Returns how many bytes it has. */
size_t net_addr_group(uint8_t out[NET_GROUP_SIZE], const struct net_addr *a);

struct net_subnet {
	enum net_kind net;
	uint8_t host[16];		/* bits beyond `bits` are 0 */
	uint8_t bits;
};

#define NET_SUBNET_TEXT_SIZE 56

/* An address, "192.0.2.0/24", "192.0.2.0/255.255.255.0" or "2001:db8::/32". */
NODISCARD bool net_subnet_parse(struct net_subnet *s, const char *text);
/* Always with /BITS. Returns out. */
char *net_subnet_text(char out[NET_SUBNET_TEXT_SIZE], const struct net_subnet *s);
struct net_subnet net_subnet_of(const struct net_addr *a);
bool net_subnet_has(const struct net_subnet *s, const struct net_addr *a);

#endif
