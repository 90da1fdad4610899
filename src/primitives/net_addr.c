/* SPDX-License-Identifier: MIT */
#include "primitives/net_addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool parse_port(uint16_t *out, const char *text)
{
	unsigned v = 0;

	if (!*text || strlen(text) > 5)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (unsigned)(*text - '0');
	}
	*out = (uint16_t)v;
	return v > 0 && v < 65536;
}

static bool parse_host(struct net_addr *a, const char *text)
{
	uint8_t ip[16];

	memset(a->host, 0, sizeof(a->host));
	if (inet_pton(AF_INET, text, a->host) == 1) {
		a->net = NET_ADDR_IPV4;
		return true;
	}
	if (inet_pton(AF_INET6, text, ip) != 1)
		return false;
	net_addr_from_ip16(a, ip, a->port);
	return true;
}

bool net_addr_parse(struct net_addr *a, const char *text, uint16_t port)
{
	const char *colon = strrchr(text, ':');
	char host[NET_ADDR_TEXT_SIZE];
	size_t len = strlen(text);

	*a = (struct net_addr){.port = port};
	if (len >= sizeof(host))
		return false;
	if (text[0] == '[') {
		const char *end = strchr(text, ']');

		if (!end || (end[1] && end[1] != ':'))
			return false;
		if (end[1] && !parse_port(&a->port, end + 2))
			return false;
		len = (size_t)(end - text - 1);
		text++;
		if (!memchr(text, ':', len))
			return false;
	} else if (colon && strchr(text, ':') == colon) {
		if (!parse_port(&a->port, colon + 1))
			return false;
		len = (size_t)(colon - text);
	}
	memcpy(host, text, len);
	host[len] = '\0';
	return parse_host(a, host);
}

char *net_addr_host(char out[NET_ADDR_TEXT_SIZE], const struct net_addr *a)
{
	inet_ntop(a->net == NET_ADDR_IPV4 ? AF_INET : AF_INET6, a->host, out,
		  NET_ADDR_TEXT_SIZE);
	return out;
}

char *net_addr_text(char out[NET_ADDR_TEXT_SIZE], const struct net_addr *a)
{
	char host[NET_ADDR_TEXT_SIZE];

	net_addr_host(host, a);
	snprintf(out, NET_ADDR_TEXT_SIZE,
		 a->net == NET_ADDR_IPV4 ? "%.15s:%u" : "[%.45s]:%u", host, a->port);
	return out;
}

void net_addr_from_ip16(struct net_addr *a, const uint8_t ip[16], uint16_t port)
{
	*a = (struct net_addr){.net = NET_ADDR_IPV6, .port = port};
	if (memcmp(ip, mapped, sizeof(mapped)) == 0) {
		a->net = NET_ADDR_IPV4;
		memcpy(a->host, ip + 12, 4);
	} else {
		memcpy(a->host, ip, 16);
	}
}

void net_addr_to_ip16(uint8_t ip[16], const struct net_addr *a)
{
	if (a->net == NET_ADDR_IPV4) {
		memcpy(ip, mapped, sizeof(mapped));
		memcpy(ip + 12, a->host, 4);
	} else {
		memcpy(ip, a->host, 16);
	}
}

bool net_addr_equal(const struct net_addr *a, const struct net_addr *b)
{
	return a->net == b->net && a->port == b->port &&
	       memcmp(a->host, b->host, sizeof(a->host)) == 0;
}

static size_t group4(uint8_t out[NET_GROUP_SIZE], const uint8_t ip[4])
{
	out[0] = NET_ADDR_IPV4;
	/* this machine's addresses are one group */
	out[1] = ip[0];
	out[2] = ip[0] == 127 ? 0 : ip[1];
	return 3;
}

size_t net_addr_group(uint8_t out[NET_GROUP_SIZE], const struct net_addr *a)
{
	static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
	static const uint8_t teredo[4] = {0x20, 0x01, 0, 0};
	static const uint8_t he[4] = {0x20, 0x01, 0x04, 0x70};
	uint8_t inner[4];

	if (a->net == NET_ADDR_IPV4)
		return group4(out, a->host);
	if (a->host[0] == 0x20 && a->host[1] == 0x02)
		return group4(out, a->host + 2);
	if (memcmp(a->host, nat64, sizeof(nat64)) == 0)
		return group4(out, a->host + 12);
	if (memcmp(a->host, teredo, sizeof(teredo)) == 0) {
		/* the client's address stands there inverted */
		for (unsigned i = 0; i < 4; i++)
			inner[i] = (uint8_t)~a->host[12 + i];
		return group4(out, inner);
	}
	out[0] = NET_ADDR_IPV6;
	memcpy(out + 1, a->host, 5);
	/* a tunnel broker gives /48s away: its customers share a /36 */
	out[5] = memcmp(a->host, he, sizeof(he)) == 0 ? a->host[4] & 0xf0 : 0;
	return NET_GROUP_SIZE;
}

static void cut(struct net_subnet *s)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned from = i * 8;

		if (s->bits <= from)
			s->host[i] = 0;
		else if (s->bits < from + 8)
			s->host[i] &= (uint8_t)(0xff << (8 - (s->bits - from)));
	}
}

/* A number of bits, or an IPv4 mask of ones followed by zeros. */
static bool parse_mask(struct net_subnet *s, const char *text)
{
	unsigned max = s->net == NET_ADDR_IPV4 ? 32 : 128, v = 0;
	struct in_addr mask;
	uint32_t m;

	if (s->net == NET_ADDR_IPV4 && strchr(text, '.')) {
		if (inet_pton(AF_INET, text, &mask) != 1)
			return false;
		m = ntohl(mask.s_addr);
		while (v < 32 && m & 0x80000000u) {
			m <<= 1;
			v++;
		}
		s->bits = (uint8_t)v;
		return m == 0;
	}
	if (!*text || strlen(text) > 3)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (unsigned)(*text - '0');
	}
	s->bits = (uint8_t)v;
	return v <= max;
}

bool net_subnet_parse(struct net_subnet *s, const char *text)
{
	const char *slash = strchr(text, '/');
	char host[NET_ADDR_TEXT_SIZE];
	struct net_addr a = {0};
	size_t len = slash ? (size_t)(slash - text) : strlen(text);

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (!parse_host(&a, host))
		return false;
	*s = net_subnet_of(&a);
	if (slash && !parse_mask(s, slash + 1))
		return false;
	cut(s);
	return true;
}

char *net_subnet_text(char out[NET_SUBNET_TEXT_SIZE], const struct net_subnet *s)
{
	char host[NET_ADDR_TEXT_SIZE];

	inet_ntop(s->net == NET_ADDR_IPV4 ? AF_INET : AF_INET6, s->host, host,
		  sizeof(host));
	snprintf(out, NET_SUBNET_TEXT_SIZE, "%.45s/%u", host, s->bits);
	return out;
}

struct net_subnet net_subnet_of(const struct net_addr *a)
{
	struct net_subnet s = {.net = a->net};

	memcpy(s.host, a->host, sizeof(s.host));
	s.bits = a->net == NET_ADDR_IPV4 ? 32 : 128;
	return s;
}

bool net_subnet_has(const struct net_subnet *s, const struct net_addr *a)
{
	struct net_subnet b = net_subnet_of(a);

	if (s->net != a->net)
		return false;
	b.bits = s->bits;
	cut(&b);
	return memcmp(b.host, s->host, sizeof(b.host)) == 0;
}
