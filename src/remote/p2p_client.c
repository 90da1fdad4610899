/* SPDX-License-Identifier: MIT */
/* See p2p_client.h. One socket that never blocks, one buffer each way, and one
 * loop (wait_for) in which all waiting is done. */
#include "remote/p2p_client.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/rand.h"
#include "primitives/header.h"
#include "wire/envelope.h"
#include "wire/msg_headers.h"
#include "wire/msg_inv.h"
#include "wire/msg_version.h"

#define AGENT "/quarry-resolve:" PACKAGE_VERSION "/"
#define SLICE_MS 100		/* how soon a signal is noticed */
#define READ_SIZE 65536
#define OUT_MAX ((size_t)1 << 20)
#define WHY_SIZE 160
/* the oldest protocol that has headers as we ask for them */
#define VERSION_MIN 31800

struct p2p_client {
	struct p2p_client_options o;
	int fd;
	struct wire_parser parser;
	struct buf out;
	uint8_t in[READ_SIZE];
	struct bytes left;	/* of in, not yet fed */
	struct arena scratch;
	uint64_t nonce;
	struct msg_version peer;
	bool greeted;
	char why[WHY_SIZE];
};

static enum status fail(struct p2p_client *c, enum status st, const char *fmt,
			...) __attribute__((format(printf, 3, 4)));

static enum status fail(struct p2p_client *c, enum status st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	return st;
}

const char *p2p_client_why(const struct p2p_client *c)
{
	return c->why;
}

int64_t p2p_client_height(const struct p2p_client *c)
{
	return c->peer.height;
}

bool p2p_client_has_blocks(const struct p2p_client *c)
{
	const uint64_t want = WIRE_NODE_NETWORK | WIRE_NODE_WITNESS;

	return (c->peer.services & want) == want;
}

/* --- waiting --- */

/* Until the socket is ready for `events`, at most to until_ms. */
static enum status wait_ready(struct p2p_client *c, short events, int64_t until_ms)
{
	struct pollfd p = {.fd = c->fd, .events = events};

	for (;;) {
		int64_t now = clock_mono_ms(), end = c->o.deadline_ms;
		int n;

		end = until_ms < end ? until_ms : end;
		if (c->o.stop && *c->o.stop)
			return fail(c, ST_CANCELLED, "we were told to stop");
		if (now >= end)
			return fail(c, ST_TIMEOUT, "it did not answer in time");
		n = poll(&p, 1, end - now < SLICE_MS ? (int)(end - now) : SLICE_MS);
		if (n > 0)
			return ST_OK;
		if (n < 0 && errno != EINTR)
			return fail(c, ST_IO, "waiting for it failed");
	}
}

static enum status send_all(struct p2p_client *c, int64_t until_ms)
{
	size_t at = 0;
	enum status st = buf_status(&c->out);

	while (st == ST_OK && at < c->out.len) {
		ssize_t n = send(c->fd, c->out.p + at, c->out.len - at, MSG_NOSIGNAL);

		if (n > 0)
			at += (size_t)n;
		else if (errno == EAGAIN || errno == EINTR)
			st = wait_ready(c, POLLOUT, until_ms);
		else
			st = fail(c, ST_REMOTE, "it closed the connection");
	}
	buf_reset(&c->out);
	return st;
}

static enum status read_more(struct p2p_client *c, int64_t until_ms)
{
	for (;;) {
		ssize_t n = recv(c->fd, c->in, sizeof(c->in), 0);
		enum status st;

		if (n > 0) {
			c->left = (struct bytes){c->in, (size_t)n};
			return ST_OK;
		}
		if (n == 0)
			return fail(c, ST_REMOTE, "it closed the connection");
		if (errno != EAGAIN && errno != EINTR)
			return fail(c, ST_REMOTE, "the connection broke");
		st = wait_ready(c, POLLIN, until_ms);
		if (st != ST_OK)
			return st;
	}
}

/* The next message that is whole and ours to read. */
static enum status next_message(struct p2p_client *c, struct wire_message *m,
				int64_t until_ms)
{
	for (;;) {
		enum status st;

		switch (wire_feed(&c->parser, &c->left, m)) {
		case WIRE_MESSAGE:
			return ST_OK;
		case WIRE_DROPPED:
		case WIRE_TOO_LONG:
			break;
		case WIRE_BROKEN:
			return fail(c, ST_PARSE, "it speaks another protocol or "
				    "is on another network");
		case WIRE_NO_MEMORY:
			return fail(c, ST_NOMEM, "no memory for its message");
		case WIRE_NEED_MORE:
			st = read_more(c, until_ms);
			if (st != ST_OK)
				return st;
			break;
		}
	}
}

static void put_empty(struct p2p_client *c, enum wire_command command)
{
	wire_put(&c->out, c->o.params->magic, command, (struct bytes){0});
}

static enum status answer_ping(struct p2p_client *c, struct bytes payload,
			       int64_t until_ms)
{
	uint64_t nonce;
	size_t at;

	if (msg_u64_decode(&nonce, payload) != ST_OK)
		return ST_OK;
	at = wire_begin(&c->out, c->o.params->magic, WIRE_PONG);
	msg_u64_encode(&c->out, nonce);
	wire_end(&c->out, at);
	return send_all(c, until_ms);
}

static enum status take_version(struct p2p_client *c, struct bytes payload,
				int64_t until_ms)
{
	if (c->greeted)
		return ST_OK;
	if (msg_version_decode(&c->peer, payload) != ST_OK)
		return fail(c, ST_PARSE, "its version message is malformed");
	if (c->peer.nonce == c->nonce)
		return fail(c, ST_DENIED, "it is this node itself");
	if (c->peer.version < VERSION_MIN)
		return fail(c, ST_REMOTE, "its protocol is too old");
	c->greeted = true;
	put_empty(c, WIRE_VERACK);
	return send_all(c, until_ms);
}

/* Reads on until a message of one of two kinds; all others are dealt with. */
static enum status wait_for(struct p2p_client *c, enum wire_command a,
			    enum wire_command b, struct wire_message *m)
{
	int64_t until_ms = clock_mono_ms() + c->o.answer_ms;
	enum status st = send_all(c, until_ms);

	while (st == ST_OK) {
		st = next_message(c, m, until_ms);
		if (st == ST_OK && m->command == WIRE_PING)
			st = answer_ping(c, m->payload, until_ms);
		if (st == ST_OK && m->command == WIRE_VERSION)
			st = take_version(c, m->payload, until_ms);
		if (st == ST_OK && (m->command == a || m->command == b))
			break;
	}
	return st;
}

/* --- connecting --- */

static enum status connect_one(struct p2p_client *c, const struct addrinfo *ai)
{
	int64_t until_ms = clock_mono_ms() + c->o.answer_ms;
	socklen_t len = sizeof(int);
	const char *why;
	int error = 0;
	enum status st;

	if (!net_guard_allows(c->o.guard, ai->ai_addr, ai->ai_addrlen, &why))
		return fail(c, ST_DENIED, "%s", why);
	c->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return fail(c, ST_IO, "no socket: %s", strerror(errno));
	if (connect(c->fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return ST_OK;
	st = errno == EINPROGRESS ? wait_ready(c, POLLOUT, until_ms) : ST_REMOTE;
	if (st == ST_OK && (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) ||
			    error))
		st = ST_REMOTE;
	if (st == ST_REMOTE)
		(void)fail(c, st, "it cannot be reached");
	if (st != ST_OK) {
		close(c->fd);
		c->fd = -1;
	}
	return st;
}

static enum status connect_any(struct p2p_client *c)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
	struct addrinfo *list, *ai;
	char host[300], port[8];
	size_t n = strlen(c->o.host);
	enum status st = ST_REMOTE;

	if (n > 1 && c->o.host[0] == '[')
		snprintf(host, sizeof(host), "%.*s", (int)n - 2, c->o.host + 1);
	else
		snprintf(host, sizeof(host), "%s", c->o.host);
	snprintf(port, sizeof(port), "%u", c->o.port);
	if (getaddrinfo(host, port, &hints, &list) != 0)
		return fail(c, ST_REMOTE, "its name is not known");
	for (ai = list; ai && c->fd < 0; ai = ai->ai_next) {
		st = connect_one(c, ai);
		if (st == ST_CANCELLED)
			break;
	}
	freeaddrinfo(list);
	return st;
}

static enum status greet(struct p2p_client *c)
{
	struct msg_version v = {
		.version = WIRE_PROTOCOL_VERSION,
		.time = clock_wall_s(),
		.agent_len = sizeof(AGENT) - 1,
		.agent = AGENT,
		.height = (int32_t)c->o.height,
	};
	struct wire_message m;
	size_t at;
	enum status st = rand_bytes(&c->nonce, sizeof(c->nonce));

	if (st != ST_OK)
		return fail(c, st, "no random bytes");
	v.nonce = c->nonce;
	at = wire_begin(&c->out, c->o.params->magic, WIRE_VERSION);
	msg_version_encode(&c->out, &v);
	wire_end(&c->out, at);
	st = wait_for(c, WIRE_VERACK, WIRE_VERACK, &m);
	if (st == ST_OK && !c->greeted)
		st = fail(c, ST_PARSE, "it did not say its version");
	return st;
}

enum status p2p_client_open(struct p2p_client **out,
			    const struct p2p_client_options *o)
{
	struct p2p_client *c = calloc(1, sizeof(*c));
	enum status st;

	*out = c;
	if (!c)
		return ST_NOMEM;
	c->o = *o;
	c->fd = -1;
	c->peer.height = -1;
	wire_parser_init(&c->parser, o->params->magic);
	buf_init(&c->out, OUT_MAX);
	arena_init(&c->scratch, (size_t)1 << 20);
	st = connect_any(c);
	return st == ST_OK ? greet(c) : st;
}

void p2p_client_close(struct p2p_client *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	wire_parser_free(&c->parser);
	buf_free(&c->out);
	arena_free(&c->scratch);
	free(c);
}

/* --- asking --- */

enum status p2p_client_headers(struct p2p_client *c, const struct blkid *locator,
			       uint32_t n, struct arena *a,
			       const uint8_t **headers, uint32_t *count)
{
	struct msg_locator ask = {.version = WIRE_PROTOCOL_VERSION, .n = n};
	struct wire_message m;
	struct msg_headers got;
	size_t at = wire_begin(&c->out, c->o.params->magic, WIRE_GETHEADERS);
	enum status st;

	*count = 0;
	ask.have = arena_array(a, n, struct blkid);
	if (!ask.have)
		return fail(c, ST_NOMEM, "no memory");
	memcpy(ask.have, locator, n * sizeof(*locator));
	msg_locator_encode(&c->out, &ask);
	wire_end(&c->out, at);
	st = wait_for(c, WIRE_HEADERS, WIRE_HEADERS, &m);
	if (st != ST_OK)
		return st;
	st = msg_headers_decode(&got, m.payload, a);
	if (st == ST_NOMEM)
		return fail(c, st, "no memory for its headers");
	if (st != ST_OK)
		return fail(c, ST_PARSE, "its headers are malformed");
	*headers = got.raw;
	*count = got.n;
	return ST_OK;
}

enum status p2p_client_ask_blocks(struct p2p_client *c, const struct blkid *ids,
				  uint32_t n)
{
	size_t at = wire_begin(&c->out, c->o.params->magic, WIRE_GETDATA);
	struct msg_inv ask = {.n = n};

	arena_reset(&c->scratch);
	ask.at = arena_array(&c->scratch, n, struct wire_inv);
	if (!ask.at)
		return fail(c, ST_NOMEM, "no memory");
	for (uint32_t i = 0; i < n; i++) {
		ask.at[i].type = INV_BLOCK | INV_WITNESS;
		ask.at[i].hash = ids[i].h;
	}
	msg_inv_encode(&c->out, &ask);
	wire_end(&c->out, at);
	return send_all(c, clock_mono_ms() + c->o.answer_ms);
}

enum status p2p_client_block(struct p2p_client *c, const struct blkid *id,
			     struct bytes *raw)
{
	struct wire_message m;
	struct blkid got;
	enum status st;

	st = wait_for(c, WIRE_BLOCK, WIRE_NOTFOUND, &m);
	if (st != ST_OK)
		return st;
	if (m.command == WIRE_NOTFOUND)
		return fail(c, ST_NOT_FOUND, "it does not have a block that it told of");
	if (m.payload.len < HEADER_SIZE)
		return fail(c, ST_PARSE, "it sent no block");
	header_hash_raw(&got, m.payload.p);
	if (!hash256_equal(&got.h, &id->h))
		return fail(c, ST_PARSE, "it sent another block than it was asked for");
	*raw = m.payload;
	return ST_OK;
}
