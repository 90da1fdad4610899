/* SPDX-License-Identifier: MIT */
/* Addresses to listen at, and whether somebody answers there. */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "dev/setup.h"

#define ANSWER_MS 500

/* A socket for the place, and its address. */
static int place_socket(const struct place *p, struct sockaddr_storage *at,
			socklen_t *len)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *ai;
	char host[64], port[16];
	size_t n = strlen(p->host);
	int fd;

	snprintf(port, sizeof(port), "%u", p->port);
	if (n > 2 && p->host[0] == '[')
		snprintf(host, sizeof(host), "%.*s", (int)n - 2, p->host + 1);
	else
		snprintf(host, sizeof(host), "%s", p->host);
	if (getaddrinfo(strcmp(host, "localhost") ? host : "127.0.0.1", port,
			&hints, &ai) != 0)
		return -1;
	memcpy(at, ai->ai_addr, ai->ai_addrlen);
	*len = ai->ai_addrlen;
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	freeaddrinfo(ai);
	return fd;
}

static bool port_of(const struct sockaddr_storage *at, socklen_t len,
		    unsigned *port)
{
	char text[16];

	if (getnameinfo((const struct sockaddr *)at, len, NULL, 0, text,
			sizeof(text), NI_NUMERICSERV) != 0)
		return false;
	*port = (unsigned)strtoul(text, NULL, 10);
	return true;
}

/* Whether it can be bound; port 0 becomes the one that the kernel gives. */
static bool try_bind(struct place *p)
{
	struct sockaddr_storage at;
	socklen_t len;
	int one = 1, fd = place_socket(p, &at, &len);
	bool ok;

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ok = bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 1) == 0;
	if (ok && p->port == 0) {
		len = sizeof(at);
		ok = getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
		     port_of(&at, len, &p->port);
	}
	close(fd);
	return ok;
}

static void name(struct place *p)
{
	snprintf(p->text, sizeof(p->text), "%s:%u", p->host, p->port);
}

bool place_read(struct place *p, const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *port = colon ? colon + 1 : text;
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (n >= sizeof(p->host) || strspn(port, "0123456789") != strlen(port) ||
	    !*port || strlen(port) > 5)
		return false;
	snprintf(p->host, sizeof(p->host), "%.*s", (int)n, text);
	if (n == 0)
		snprintf(p->host, sizeof(p->host), "127.0.0.1");
	if (strspn(p->host, "0123456789abcdefABCDEF.:[]") != strlen(p->host) &&
	    strcmp(p->host, "localhost") != 0)
		return false;
	p->port = (unsigned)strtoul(port, NULL, 10);
	if (p->port > 65535 || (p->port == 0 && !try_bind(p)))
		return false;
	name(p);
	return true;
}

bool place_is_free(const struct place *p)
{
	struct place copy = *p;

	return try_bind(&copy);
}

bool place_prefer(struct place *p, unsigned port)
{
	snprintf(p->host, sizeof(p->host), "127.0.0.1");
	p->port = port;
	if (port == 0 || !try_bind(p)) {
		p->port = 0;
		if (!try_bind(p))
			return false;
	}
	name(p);
	return true;
}

/* "HTTP/1.1 200" for a request for the tip. */
bool setup_answers(const struct setup *s)
{
	static const char ask[] = "GET /node/status HTTP/1.0\r\n\r\n";
	struct sockaddr_storage at;
	struct pollfd p = {.events = POLLIN};
	struct place to = s->http;
	char answer[16] = "";
	socklen_t len;
	bool ok;

	if (strcmp(to.host, "0.0.0.0") == 0)
		snprintf(to.host, sizeof(to.host), "127.0.0.1");
	p.fd = place_socket(&to, &at, &len);
	if (p.fd < 0)
		return false;
	ok = connect(p.fd, (struct sockaddr *)&at, len) == 0 &&
	     send(p.fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL) ==
		     (ssize_t)sizeof(ask) - 1 &&
	     poll(&p, 1, ANSWER_MS) == 1 &&
	     recv(p.fd, answer, sizeof(answer) - 1, MSG_WAITALL) >= 12;
	close(p.fd);
	return ok && strncmp(answer + 9, "200", 3) == 0;
}
