/* SPDX-License-Identifier: MIT */
/* Two tables of prefixes, longest meaning first: the first that holds the
 * address decides. */
#include "remote/net_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/bytes.h"

struct prefix4 {
	uint8_t net[4];
	unsigned bits;
	enum net_class class;
};

static const struct prefix4 table4[] = {
	{{0, 0, 0, 0}, 8, NET_SPECIAL},		/* this network */
	{{10, 0, 0, 0}, 8, NET_PRIVATE},	/* RFC 1918 */
	{{100, 64, 0, 0}, 10, NET_PRIVATE},	/* RFC 6598, carriers */
	{{127, 0, 0, 0}, 8, NET_PRIVATE},	/* this machine */
	{{169, 254, 0, 0}, 16, NET_SPECIAL},	/* link-local, metadata */
	{{172, 16, 0, 0}, 12, NET_PRIVATE},	/* RFC 1918 */
	{{192, 0, 0, 0}, 24, NET_SPECIAL},	/* protocol assignments */
	{{192, 0, 2, 0}, 24, NET_SPECIAL},	/* documentation */
	{{192, 88, 99, 0}, 24, NET_SPECIAL},	/* 6to4 relays, deprecated */
	{{192, 168, 0, 0}, 16, NET_PRIVATE},	/* RFC 1918 */
	{{198, 18, 0, 0}, 15, NET_SPECIAL},	/* benchmarks */
	{{198, 51, 100, 0}, 24, NET_SPECIAL},	/* documentation */
	{{203, 0, 113, 0}, 24, NET_SPECIAL},	/* documentation */
	{{224, 0, 0, 0}, 4, NET_SPECIAL},	/* multicast */
	{{240, 0, 0, 0}, 4, NET_SPECIAL},	/* reserved, broadcast */
};

struct prefix6 {
	uint8_t net[16];
	unsigned bits;
	enum net_class class;
	unsigned inner;		/* where an IPv4 address stands inside; 0: none */
};

static const struct prefix6 table6[] = {
	{{[15] = 1}, 128, NET_PRIVATE, 0},			/* ::1 */
	{{[10] = 0xff, 0xff}, 96, NET_SPECIAL, 12},		/* mapped */
	{{0}, 96, NET_SPECIAL, 0},	/* ::, and IPv4-compatible */
	{{0, 0x64, 0xff, 0x9b}, 96, NET_SPECIAL, 12},		/* NAT64 */
	{{0, 0x64, 0xff, 0x9b, 0, 1}, 48, NET_PRIVATE, 0},	/* local NAT64 */
	{{0x01}, 64, NET_SPECIAL, 0},				/* discard */
	{{0x20, 0x01}, 23, NET_SPECIAL, 0},	/* Teredo, protocols */
	{{0x20, 0x01, 0x0d, 0xb8}, 32, NET_SPECIAL, 0},	/* documentation */
	{{0x20, 0x02}, 16, NET_SPECIAL, 2},			/* 6to4 */
	{{0x3f, 0xff}, 20, NET_SPECIAL, 0},			/* documentation */
	{{0xfc}, 7, NET_PRIVATE, 0},				/* unique local */
	{{0xfe, 0x80}, 10, NET_SPECIAL, 0},			/* link-local */
	{{0xfe, 0xc0}, 10, NET_PRIVATE, 0},	/* site-local, deprecated */
	{{0xff}, 8, NET_SPECIAL, 0},				/* multicast */
};

static bool in_prefix(const uint8_t *address, const uint8_t *net, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	return memcmp(address, net, whole) == 0 &&
	       (!rest || ((address[whole] ^ net[whole]) & mask) == 0);
}

static enum net_class class4(const uint8_t address[4])
{
	for (size_t i = 0; i < sizeof(table4) / sizeof(*table4); i++) {
		if (in_prefix(address, table4[i].net, table4[i].bits))
			return table4[i].class;
	}
	return NET_PUBLIC;
}

static enum net_class class6(const uint8_t address[16])
{
	for (size_t i = 0; i < sizeof(table6) / sizeof(*table6); i++) {
		const struct prefix6 *p = &table6[i];

		if (in_prefix(address, p->net, p->bits))
			return p->inner ? class4(address + p->inner) : p->class;
	}
	/* all that is handed out lies in 2000::/3 */
	return (address[0] & 0xe0) == 0x20 ? NET_PUBLIC : NET_SPECIAL;
}

enum net_class net_class(const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (sa->sa_family == AF_INET && len >= sizeof(four)) {
		memcpy(&four, sa, sizeof(four));
		return class4((const uint8_t *)&four.sin_addr);
	}
	if (sa->sa_family == AF_INET6 && len >= sizeof(six)) {
		memcpy(&six, sa, sizeof(six));
		return class6(six.sin6_addr.s6_addr);
	}
	return NET_SPECIAL;
}

void net_guard_init(struct net_guard *g, bool allow_private)
{
	memset(g, 0, sizeof(*g));
	g->allow_private = allow_private;
}

void net_guard_add_own(struct net_guard *g, const char *host, uint16_t port)
{
	char text[INET6_ADDRSTRLEN + 2];
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	size_t n = strlen(host);

	if (g->n_own == NET_GUARD_OWN_MAX || n >= sizeof(text))
		return;
	four.sin_port = six.sin6_port = htons(port);
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		memcpy(text, host + 1, n - 2);
		text[n - 2] = '\0';
	} else {
		memcpy(text, host, n + 1);
	}
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		memcpy(&g->own[g->n_own++], &four, sizeof(four));
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		memcpy(&g->own[g->n_own++], &six, sizeof(six));
}

/* An IPv4 address in its mapped IPv6 form and port, so that both compare. */
static bool unify(uint8_t out[18], const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	memset(out, 0, 18);
	if (sa->sa_family == AF_INET && len >= sizeof(four)) {
		memcpy(&four, sa, sizeof(four));
		out[10] = out[11] = 0xff;
		memcpy(out + 12, &four.sin_addr, 4);
		memcpy(out + 16, &four.sin_port, 2);
		return true;
	}
	if (sa->sa_family == AF_INET6 && len >= sizeof(six)) {
		memcpy(&six, sa, sizeof(six));
		memcpy(out, &six.sin6_addr, 16);
		memcpy(out + 16, &six.sin6_port, 2);
		return true;
	}
	return false;
}

bool net_guard_allows(const struct net_guard *g, const struct sockaddr *sa,
		      socklen_t len, const char **why)
{
	uint8_t want[18], own[18];

	switch (net_class(sa, len)) {
	case NET_PUBLIC:
		break;
	case NET_PRIVATE:
		if (g->allow_private)
			break;
		*why = "its address is private";
		return false;
	case NET_SPECIAL:
		*why = "its address is none that a node can have";
		return false;
	}
	for (unsigned i = 0; i < g->n_own; i++) {
		if (unify(want, sa, len) &&
		    unify(own, (const struct sockaddr *)&g->own[i],
			  sizeof(g->own[i])) &&
		    memcmp(want, own, sizeof(want)) == 0) {
			*why = "its address is our own";
			return false;
		}
	}
	return true;
}
