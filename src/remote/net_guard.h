/* SPDX-License-Identifier: MIT */
/*
 * Which network addresses this node may call.
 *
 * Strangers register the URLs of nodes, and we call them from inside our own
 * network: without a guard anyone could make us call the services of this
 * machine, of its network, or a cloud's metadata address. The URL says nothing
 * reliable about that: a name may resolve to anything, and to something else a
 * second later. So the decision is made about the socket address that is going
 * to be connected to, at the moment of connecting.
 *
 * The classes follow the IANA special-purpose registries (RFC 6890 and its
 * successors). IPv6 forms that carry an IPv4 address (mapped, 6to4, NAT64) are
 * judged by the address inside.
 */
#ifndef QUARRY_REMOTE_NET_GUARD_H
#define QUARRY_REMOTE_NET_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum net_class {
	NET_PUBLIC,
	NET_PRIVATE,	/* networks and this machine: the switch opens these */
	NET_SPECIAL,	/* never: unspecified, link-local, documentation,
			 * multicast, reserved, not IP at all */
};

#define NET_GUARD_OWN_MAX 16

struct net_guard {
	bool allow_private;
	unsigned n_own;
	struct sockaddr_storage own[NET_GUARD_OWN_MAX];
};

enum net_class net_class(const struct sockaddr *sa, socklen_t len);

void net_guard_init(struct net_guard *g, bool allow_private);
/* An address where this node itself listens, in numbers ("127.0.0.1",
 * "[::1]"): never called. Names and more than NET_GUARD_OWN_MAX are ignored. */
void net_guard_add_own(struct net_guard *g, const char *host, uint16_t port);
/* Whether to connect; when not, *why is a phrase ("its address is private"). */
bool net_guard_allows(const struct net_guard *g, const struct sockaddr *sa,
		      socklen_t len, const char **why);

#endif
