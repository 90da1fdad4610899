/* SPDX-License-Identifier: MIT */
/* Sockets of the peer-to-peer part; none of them ever blocks. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "relay/p2p_priv.h"

#define ACCEPTS_PER_TURN 16
#define ACCEPT_PAUSE_MS 1000
#define CONNECT_MS 10000

/* "HOST:PORT", "[IPv6]:PORT"; host without brackets. */
static bool split(const char *text, char *host, size_t size, const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (!n || !colon[1] || strlen(colon + 1) > 5 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return false;
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (!n || n >= size)
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	*port = colon + 1;
	return true;
}

static enum status lookup(const char *text, bool passive, const char *what,
			  struct addrinfo **out, char error[CONF_ERROR_SIZE])
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0),
	};
	const char *port;
	char host[256];
	int e;

	if (!split(text, host, sizeof(host), &port)) {
		snprintf(error, CONF_ERROR_SIZE, "%s is %.200s: it should be "
			 "HOST:PORT, an IPv6 address in brackets.", what, text);
		return ST_USAGE;
	}
	e = getaddrinfo(host, port, &hints, out);
	if (e != 0) {
		snprintf(error, CONF_ERROR_SIZE, "%s is %.200s: %s.", what, text,
			 gai_strerror(e));
		return ST_USAGE;
	}
	return ST_OK;
}

static int listen_on(const struct addrinfo *a)
{
	int one = 1;
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 64) == 0)
		return fd;
	close(fd);
	return -1;
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct p2p *x = arg;

	x->can_accept = true;
}

/* Takes fd over. */
static bool await_connections(struct p2p *x, int fd, unsigned permits)
{
	struct event *e = event_new(x->base, fd, EV_READ | EV_PERSIST, on_accept, x);

	if (!e || event_add(e, NULL) != 0) {
		if (e)
			event_free(e);
		close(fd);
		errno = ENOMEM;
		return false;
	}
	x->on_accept[x->n_listen] = e;
	x->listen_permits[x->n_listen] = permits;
	x->listen[x->n_listen++] = fd;
	return true;
}

void p2p_net_close(struct p2p *x)
{
	for (unsigned i = 0; i < x->n_listen; i++) {
		event_free(x->on_accept[i]);
		close(x->listen[i]);
	}
	x->n_listen = 0;
}

enum status p2p_net_listen(struct p2p *x, const char *text,
			   char error[CONF_ERROR_SIZE])
{
	struct p2p_permit_rule rule = {0};
	const char *place = text;
	struct addrinfo *all;
	enum status st = ST_OK;

	if (strchr(text, '@'))
		st = permit_words(&rule, "p2p_listen", text, &place, error);
	if (st == ST_OK)
		st = lookup(place, true, "p2p_listen", &all, error);
	if (st != ST_OK)
		return st;
	for (struct addrinfo *a = all; a && st == ST_OK; a = a->ai_next) {
		int fd = x->n_listen < P2P_LISTEN_MAX ? listen_on(a) : -1;

		if (fd < 0 || !await_connections(x, fd, rule.permits)) {
			snprintf(error, CONF_ERROR_SIZE, "Nobody can listen on "
				 "%.200s: %s.", text, strerror(errno));
			st = ST_IO;
		}
	}
	freeaddrinfo(all);
	if (st == ST_OK)
		log_info("listening on %s", text);
	return st;
}

bool p2p_net_is_name(const char *text)
{
	char host[256];
	const char *port;

	return split(text, host, sizeof(host), &port);
}

bool p2p_addr_of(struct net_addr *out, const struct sockaddr_storage *at)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)at;

	*out = (struct net_addr){.net = NET_ADDR_IPV4};
	if (at->ss_family == AF_INET) {
		memcpy(out->host, &v4->sin_addr, 4);
		out->port = ntohs(v4->sin_port);
		return true;
	}
	if (at->ss_family != AF_INET6)
		return false;
	net_addr_from_ip16(out, v6->sin6_addr.s6_addr, ntohs(v6->sin6_port));
	return true;
}

socklen_t p2p_sockaddr_of(struct sockaddr_storage *at, const struct net_addr *a)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	*at = (struct sockaddr_storage){0};
	if (a->net == NET_ADDR_IPV4) {
		memcpy(&v4.sin_addr, a->host, 4);
		v4.sin_port = htons(a->port);
		memcpy(at, &v4, sizeof(v4));
		return sizeof(v4);
	}
	memcpy(&v6.sin6_addr, a->host, 16);
	v6.sin6_port = htons(a->port);
	memcpy(at, &v6, sizeof(v6));
	return sizeof(v6);
}

static void no_delay(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static bool is_loopback(const struct net_addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return a->net == NET_ADDR_IPV4 ? a->host[0] == 127
				       : memcmp(a->host, one, 16) == 0;
}

static struct p2p_peer *new_peer(struct p2p *x, int fd, enum p2p_kind kind,
				 const char *name, const struct net_addr *at)
{
	struct p2p_peer *p = p2p_peer_new(x, fd, name);

	if (!p)
		return NULL;
	no_delay(fd);
	p->kind = kind;
	p->inbound = p->can_write = kind == P2P_INBOUND;
	p->at = *at;
	p->local = is_loopback(at);
	p->permits = permit_of(&x->slots.permits, at, p->inbound);
	if (!p->inbound && kind != P2P_MANUAL)
		p->permits = 0;
	return p;
}

/* Whoever the operator banned stays out; who broke a rule, while places are
 * short. */
static bool may_come(struct p2p *x, const struct net_addr *a, unsigned permits)
{
	bool by_rule, out = p2p_is_shut_out(x, a, &by_rule);

	if (!x->slots.active)
		return false;
	if (permits & P2P_NOBAN)
		out = false;
	return (!out || by_rule) && p2p_make_room(x, out);
}

static enum status welcome(struct p2p *x, int fd, unsigned door,
			   const struct sockaddr_storage *at)
{
	unsigned permits = x->listen_permits[door];
	char name[NET_ADDR_TEXT_SIZE];
	struct p2p_peer *p = NULL;
	struct net_addr a;

	if (p2p_addr_of(&a, at)) {
		permits |= permit_of(&x->slots.permits, &a, true);
		if (may_come(x, &a, permits))
			p = new_peer(x, fd, P2P_INBOUND, net_addr_text(name, &a),
				     &a);
	}
	if (!p) {
		close(fd);
		return ST_OK;
	}
	p->permits = permits;
	p->door = door;
	snprintf(p->url, sizeof(p->url), "bitcoin://%s", net_addr_host(name, &a));
	return ST_OK;
}

/* No file is left to accept with: later, when some may be closed. */
static void accept_later(struct p2p *x)
{
	log_warn("too many open files: no new connections for %d s",
		 ACCEPT_PAUSE_MS / 1000);
	x->accept_ms = x->real_ms + ACCEPT_PAUSE_MS;
	for (unsigned i = 0; i < x->n_listen; i++)
		event_del(x->on_accept[i]);
}

static void accept_again(struct p2p *x)
{
	x->accept_ms = 0;
	for (unsigned i = 0; i < x->n_listen; i++)
		event_add(x->on_accept[i], NULL);
}

enum status p2p_net_accept(struct p2p *x)
{
	enum status st = ST_OK;

	if (x->accept_ms && x->real_ms >= x->accept_ms)
		accept_again(x);
	if (!x->can_accept)
		return ST_OK;
	x->can_accept = false;
	for (unsigned i = 0; st == ST_OK && i < x->n_listen; i++) {
		for (unsigned j = 0; st == ST_OK && j < ACCEPTS_PER_TURN; j++) {
			struct sockaddr_storage at;
			socklen_t len = sizeof(at);
			int fd = accept4(x->listen[i], (struct sockaddr *)&at, &len,
					 SOCK_NONBLOCK | SOCK_CLOEXEC);

			if (fd < 0 && (errno == EMFILE || errno == ENFILE))
				accept_later(x);
			if (fd < 0)
				break;
			st = welcome(x, fd, i, &at);
		}
	}
	return st;
}

enum status p2p_net_call(struct p2p *x, enum p2p_kind kind,
			 const struct sockaddr_storage *at, socklen_t len,
			 const char *name, struct p2p_peer **out)
{
	struct p2p_peer *p;
	struct net_addr a;
	int fd = socket(at->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0);

	if (fd < 0)
		return ST_IO;
	if (!p2p_addr_of(&a, at) ||
	    (connect(fd, (const struct sockaddr *)at, len) != 0 &&
	     errno != EINPROGRESS)) {
		int e = errno;

		close(fd);
		errno = e;
		return ST_IO;
	}
	p = new_peer(x, fd, kind, name, &a);
	if (!p) {
		close(fd);
		errno = ENOMEM;
		return ST_NOMEM;
	}
	p->connecting = true;
	snprintf(p->url, sizeof(p->url), "bitcoin://%s", name);
	*out = p;
	return ST_OK;
}

/* Whether a connection under way is made; true when it is no longer pending. */
static enum status look_at_connect(struct p2p *x, struct p2p_peer *p)
{
	socklen_t len = sizeof(int);
	int e = 0;

	if (!p->can_write) {
		if (x->real_ms < p->since_real_ms + CONNECT_MS)
			return ST_OK;
		e = ETIMEDOUT;
	} else if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &e, &len) != 0) {
		e = errno;
	}
	if (e == 0) {
		p->connecting = false;
		/* our end is known from now on */
		p2p_stats_begin(x, p);
		return ST_OK;
	}
	p2p_peer_drop(p, strerror(e));
	return p->target ? p2p_target_bad(x, p->target, strerror(e)) : ST_OK;
}

enum status p2p_net_connect(struct p2p *x)
{
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < x->n_peers; i++) {
		if (x->peer[i]->connecting && !x->peer[i]->dead)
			st = look_at_connect(x, x->peer[i]);
	}
	return st;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct p2p_peer *p = arg;

	p->can_read = true;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct p2p_peer *p = arg;

	p->can_write = true;
}

bool p2p_net_attach(struct p2p *x, struct p2p_peer *p)
{
	p->on_read = event_new(x->base, p->fd, EV_READ | EV_PERSIST, on_readable, p);
	p->on_write = event_new(x->base, p->fd, EV_WRITE | EV_PERSIST, on_writable,
				p);
	if (p->on_read && p->on_write)
		return true;
	p2p_net_detach(p);
	return false;
}

void p2p_net_detach(struct p2p_peer *p)
{
	if (p->on_read)
		event_free(p->on_read);
	if (p->on_write)
		event_free(p->on_write);
}

static void want(struct event *e, bool *now, bool then)
{
	if (*now == then)
		return;
	if ((then ? event_add(e, NULL) : event_del(e)) == 0)
		*now = then;
}

void p2p_net_watch(struct p2p_peer *p)
{
	bool waits = p->out_at < p->out.len;

	want(p->on_read, &p->reading, !p->connecting && !p2p_peer_paused(p));
	want(p->on_write, &p->writing, p->connecting || (waits && !p->can_write));
}

void p2p_net_read(struct p2p *x, struct p2p_peer *p)
{
	ssize_t n;

	if (!p->can_read || p->in_at < p->in.len)
		return;
	/* what was there is used up; many are silent for long */
	if (p->in.cap > P2P_IN_KEEP) {
		buf_free(&p->in);
		buf_init(&p->in, P2P_IN_MAX);
	}
	buf_reset(&p->in);
	p->in_at = 0;
	p->can_read = false;
	n = recv(p->fd, x->input, sizeof(x->input), 0);
	if (n > 0) {
		p2p_stats_socket(x, p, (size_t)n, 0);
		buf_add(&p->in, x->input, (size_t)n);
		x->received = true;
	}
	if (n == 0)
		p2p_peer_drop(p, "it closed the connection");
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		p2p_peer_drop(p, strerror(errno));
	else if (buf_status(&p->in) != ST_OK)
		p2p_peer_drop(p, "no memory");
}

void p2p_net_write(struct p2p *x, struct p2p_peer *p)
{
	if (p->connecting)
		return;
	if (buf_status(&p->out) != ST_OK) {
		p2p_peer_drop(p, "it does not read what it asks for");
		return;
	}
	while (p->out_at < p->out.len && p->can_write) {
		ssize_t n = send(p->fd, p->out.p + p->out_at,
				 p->out.len - p->out_at, MSG_NOSIGNAL);

		if (n < 0) {
			p->can_write = false;
			if (errno != EAGAIN && errno != EINTR)
				p2p_peer_drop(p, strerror(errno));
			break;
		}
		p->out_at += (size_t)n;
		p2p_stats_socket(x, p, 0, (size_t)n);
	}
	if (p->out_at == p->out.len) {
		size_t max = p->out.max;

		if (p->out.cap > P2P_OUT_PAUSE) {
			buf_free(&p->out);
			buf_init(&p->out, max);
		}
		buf_reset(&p->out);
		p->out_at = 0;
	} else if (p->out_at > P2P_OUT_PAUSE) {
		memmove(p->out.p, p->out.p + p->out_at, p->out.len - p->out_at);
		p->out.len -= p->out_at;
		p->out_at = 0;
	}
}
