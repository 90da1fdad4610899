/* SPDX-License-Identifier: MIT */
#include "wire/msg_addr.h"

#include "base/bug.h"
#include "wire/codec.h"

#define ADDR_ENTRY_SIZE 30
#define ADDRV2_ENTRY_MIN 9	/* time, services, net, length, port */
#define ADDRV2_BYTES_MAX 512

static const uint8_t ipv4_in_ipv6[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
static const uint8_t torv2_in_ipv6[6] = {0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43};

/* 0 for a network that is not known. */
static unsigned network_len(unsigned net)
{
	switch (net) {
	case WIRE_NET_IPV4:
		return 4;
	case WIRE_NET_IPV6:
	case WIRE_NET_CJDNS:
		return 16;
	case WIRE_NET_TORV3:
	case WIRE_NET_I2P:
		return 32;
	default:
		return 0;
	}
}

static uint16_t port_read(struct reader *r)
{
	const uint8_t *p = reader_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static void port_write(struct buf *b, uint16_t port)
{
	buf_u8(b, (uint8_t)(port >> 8));
	buf_u8(b, (uint8_t)port);
}

/* Room for the counted entries, n set to none of them. */
static enum status list_begin(struct msg_addr *m, struct reader *r, size_t size,
			      struct arena *a, uint32_t *count)
{
	enum status st = codec_count(r, WIRE_ADDR_MAX, size, count);

	m->n = 0;
	m->at = NULL;
	if (st != ST_OK)
		return st;
	m->at = arena_array(a, *count, struct wire_addr);
	return m->at ? ST_OK : ST_NOMEM;
}

enum status msg_addr_decode(struct msg_addr *m, struct bytes in, struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	uint32_t count;
	enum status st = list_begin(m, &r, ADDR_ENTRY_SIZE, a, &count);

	for (uint32_t i = 0; st == ST_OK && i < count; i++) {
		struct wire_addr *w = &m->at[m->n];
		uint8_t ip[16];

		memset(w, 0, sizeof(*w));
		w->time = reader_le32(&r);
		w->services = reader_le64(&r);
		(void)reader_copy(&r, ip, 16);
		w->port = port_read(&r);
		if (memcmp(ip, torv2_in_ipv6, 6) == 0)
			continue;
		if (memcmp(ip, ipv4_in_ipv6, 12) == 0) {
			w->net = WIRE_NET_IPV4;
			w->len = 4;
			memcpy(w->addr, ip + 12, 4);
		} else {
			w->net = WIRE_NET_IPV6;
			w->len = 16;
			memcpy(w->addr, ip, 16);
		}
		m->n++;
	}
	return st;
}

enum status msg_addrv2_decode(struct msg_addr *m, struct bytes in,
			      struct arena *a)
{
	struct reader r = reader_of(in.p, in.len);
	uint32_t count;
	enum status st = list_begin(m, &r, ADDRV2_ENTRY_MIN, a, &count);

	for (uint32_t i = 0; st == ST_OK && i < count; i++) {
		struct wire_addr *w = &m->at[m->n];
		const uint8_t *p;
		unsigned net, want;
		uint64_t len;

		memset(w, 0, sizeof(*w));
		w->time = reader_le32(&r);
		w->services = compactsize_read_any(&r);
		net = reader_u8(&r);
		len = compactsize_read(&r);
		if (len > ADDRV2_BYTES_MAX)
			return ST_PARSE;
		p = reader_take(&r, (size_t)len);
		w->port = port_read(&r);
		if (r.failed)
			return ST_PARSE;
		want = network_len(net);
		if (!want)
			continue;
		if (len != want)
			return ST_PARSE;
		/* What belongs to another network does not hide in IPv6, and
		 * CJDNS has its own range. */
		if (net == WIRE_NET_IPV6 && (memcmp(p, ipv4_in_ipv6, 12) == 0 ||
					     memcmp(p, torv2_in_ipv6, 6) == 0))
			continue;
		if (net == WIRE_NET_CJDNS && p[0] != 0xfc)
			continue;
		w->net = (enum wire_network)net;
		w->len = (uint8_t)len;
		memcpy(w->addr, p, (size_t)len);
		m->n++;
	}
	return st;
}

static bool in_addr(const struct wire_addr *w)
{
	return w->net == WIRE_NET_IPV4 || w->net == WIRE_NET_IPV6;
}

void msg_addr_encode(struct buf *b, const struct msg_addr *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++)
		n += in_addr(&m->at[i]);
	BUG_ON(n > WIRE_ADDR_MAX);
	compactsize_add(b, n);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct wire_addr *w = &m->at[i];

		if (!in_addr(w))
			continue;
		buf_le32(b, w->time);
		buf_le64(b, w->services);
		if (w->net == WIRE_NET_IPV4)
			buf_add(b, ipv4_in_ipv6, 12);
		buf_add(b, w->addr, w->len);
		port_write(b, w->port);
	}
}

void msg_addrv2_encode(struct buf *b, const struct msg_addr *m)
{
	BUG_ON(m->n > WIRE_ADDR_MAX);
	compactsize_add(b, m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct wire_addr *w = &m->at[i];

		buf_le32(b, w->time);
		compactsize_add(b, w->services);
		buf_u8(b, (uint8_t)w->net);
		compactsize_add(b, w->len);
		buf_add(b, w->addr, w->len);
		port_write(b, w->port);
	}
}
