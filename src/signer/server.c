/* SPDX-License-Identifier: MIT */
#include "signer/server.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/wipe.h"
#include "signer/answer.h"

#define CONNECTIONS 64
#define LIMIT_MS 10000		/* for a question, and for an answer */
#define IDLE_MS 60000		/* between them */
#define LENGTH_SIZE 4
#define GROUPS_MAX 256

struct connection {
	int fd;			/* -1: free */
	struct buf in, out;
	size_t sent;		/* of out */
	int64_t until_ms;
};

struct server {
	int fd;
	struct sockaddr_un at;
	bool has_group;
	gid_t group;
	struct vault *vault;
	const struct ec *ec;
	struct connection c[CONNECTIONS];
};

#define say(error, ...) snprintf(error, VAULT_ERROR_SIZE, __VA_ARGS__)

/* --- the socket --- */

/* Whether somebody listens there. */
static bool taken(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = fd >= 0 &&
		   connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0;

	if (fd >= 0)
		close(fd);
	return yes;
}

static bool listen_at(struct server *s, char error[VAULT_ERROR_SIZE])
{
	struct stat there;
	mode_t mask;
	bool bound;

	/* only what a signer left is taken away */
	if (lstat(s->at.sun_path, &there) == 0 && !S_ISSOCK(there.st_mode)) {
		say(error, "%.100s is there and is no socket: choose another path.",
		    s->at.sun_path);
		return false;
	}
	if (taken(&s->at)) {
		say(error, "A signer listens at %.100s already.", s->at.sun_path);
		return false;
	}
	unlink(s->at.sun_path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* nobody else may connect, not even before the mode is set */
	mask = umask(0177);
	bound = s->fd >= 0 &&
		bind(s->fd, (struct sockaddr *)&s->at, sizeof(s->at)) == 0;
	umask(mask);
	if (!bound) {
		say(error, "The socket %.100s cannot be made: %s.", s->at.sun_path,
		    strerror(errno));
		return false;
	}
	if (s->has_group && (chown(s->at.sun_path, (uid_t)-1, s->group) ||
			     chmod(s->at.sun_path, 0660))) {
		say(error, "The socket %.100s cannot be given to the group: run "
			   "the signer as its member.", s->at.sun_path);
		return false;
	}
	if (listen(s->fd, CONNECTIONS)) {
		say(error, "The socket %.100s does not listen: %s.",
		    s->at.sun_path, strerror(errno));
		return false;
	}
	return true;
}

struct server *server_open(const struct server_options *o, struct vault *v,
			   const struct ec *ec, char error[VAULT_ERROR_SIZE])
{
	struct server *s = calloc(1, sizeof(*s));
	size_t len = strlen(o->socket);
	struct group *g;

	if (!s) {
		say(error, "There is not enough memory.");
		return NULL;
	}
	s->fd = -1;
	s->vault = v;
	s->ec = ec;
	s->at.sun_family = AF_UNIX;
	for (size_t i = 0; i < CONNECTIONS; i++)
		s->c[i].fd = -1;
	if (len == 0 || len >= sizeof(s->at.sun_path)) {
		say(error, "The path of the socket must have 1 to %zu characters.",
		    sizeof(s->at.sun_path) - 1);
		goto out;
	}
	if (o->group[0]) {
		g = getgrnam(o->group);
		if (!g) {
			say(error, "There is no group %.60s.", o->group);
			goto out;
		}
		s->has_group = true;
		s->group = g->gr_gid;
	}
	memcpy(s->at.sun_path, o->socket, len);
	if (listen_at(s, error))
		return s;
out:
	if (s->fd >= 0)
		close(s->fd);
	free(s);
	return NULL;
}

/* --- connections --- */

static void drop(struct connection *c)
{
	close(c->fd);
	if (c->in.p)
		wipe(c->in.p, c->in.cap);
	if (c->out.p)
		wipe(c->out.p, c->out.cap);
	buf_free(&c->in);
	buf_free(&c->out);
	c->fd = -1;
}

/* The group may be the peer's own or one of those its user is in. */
static bool in_group(const struct server *s, const struct ucred *who)
{
	gid_t list[GROUPS_MAX];
	int n = GROUPS_MAX;
	struct passwd *p;

	if (!s->has_group)
		return false;
	if (who->gid == s->group)
		return true;
	p = getpwuid(who->uid);
	if (!p || getgrouplist(p->pw_name, p->pw_gid, list, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (list[i] == s->group)
			return true;
	return false;
}

static bool may_speak(const struct server *s, int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n))
		return false;
	if (who.uid == geteuid() || who.uid == 0 || in_group(s, &who))
		return true;
	log_warn("refused: process %d of user %u may not speak with the signer",
		 (int)who.pid, (unsigned)who.uid);
	return false;
}

static void take_new(struct server *s)
{
	for (;;) {
		int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct connection *c = NULL;

		if (fd < 0)
			return;
		for (size_t i = 0; !c && i < CONNECTIONS; i++)
			if (s->c[i].fd < 0)
				c = &s->c[i];
		if (!c || !may_speak(s, fd)) {
			close(fd);
			continue;
		}
		*c = (struct connection){.fd = fd,
					 .until_ms = clock_mono_ms() + IDLE_MS};
		buf_init(&c->in, SIGNER_FRAME_MAX + LENGTH_SIZE);
		buf_init(&c->out, SIGNER_FRAME_MAX + LENGTH_SIZE);
	}
}

/* Bytes that are missing to a whole question; SIZE_MAX: it would be too long. */
static size_t missing(const struct connection *c)
{
	uint32_t n;

	if (c->in.len < LENGTH_SIZE)
		return LENGTH_SIZE - c->in.len;
	n = le32_get(c->in.p);
	if (n > SIGNER_FRAME_MAX)
		return SIZE_MAX;
	return LENGTH_SIZE + (size_t)n - c->in.len;
}

/* Reads no further than the question goes: what follows waits in the socket. */
static bool receive(struct server *s, struct connection *c)
{
	size_t want, had = c->in.len;

	while ((want = missing(c)) > 0) {
		uint8_t *p;
		ssize_t n;

		if (want == SIZE_MAX)
			return false;
		/* room for all of it at once: what does not move leaves no copy
		 * behind, and only who may speak gets this far */
		p = buf_extend(&c->in, want);
		if (!p)
			return false;
		n = recv(c->fd, p, want, 0);
		c->in.len -= want - (n > 0 ? (size_t)n : 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n < 0) {
			if (!had && c->in.len)
				c->until_ms = clock_mono_ms() + LIMIT_MS;
			return true;
		}
	}
	if (!signer_answer(s->vault, s->ec, c->in.p + LENGTH_SIZE,
			   c->in.len - LENGTH_SIZE, &c->out))
		return false;
	wipe(c->in.p, c->in.cap);
	buf_reset(&c->in);
	c->sent = 0;
	c->until_ms = clock_mono_ms() + LIMIT_MS;
	return true;
}

static bool transmit(struct connection *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.p + c->sent, c->out.len - c->sent,
				 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->sent += (size_t)n;
	}
	wipe(c->out.p, c->out.cap);
	buf_reset(&c->out);
	c->sent = 0;
	c->until_ms = clock_mono_ms() + IDLE_MS;
	return true;
}

static void serve(struct server *s, struct connection *c, short events)
{
	bool good = !(events & (POLLERR | POLLNVAL));

	if (good && c->out.len == 0 && events & (POLLIN | POLLHUP))
		good = receive(s, c);
	if (good && c->out.len)
		good = transmit(c);
	if (!good)
		drop(c);
}

/* How long poll may wait: until somebody's time is over. */
static int wait_ms(struct server *s)
{
	int64_t now = clock_mono_ms(), left = vault_expire(s->vault);

	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &s->c[i];

		if (c->fd < 0)
			continue;
		if (c->until_ms <= now)
			drop(c);
		else if (left < 0 || c->until_ms - now < left)
			left = c->until_ms - now;
	}
	return left < 0 || left > 60000 ? 60000 : (int)left + 1;
}

bool server_run(struct server *s, const volatile sig_atomic_t *stop)
{
	struct pollfd p[CONNECTIONS + 1];
	size_t who[CONNECTIONS + 1];

	while (!*stop) {
		nfds_t n = 1;
		int left = wait_ms(s);

		p[0] = (struct pollfd){.fd = s->fd, .events = POLLIN};
		for (size_t i = 0; i < CONNECTIONS; i++) {
			if (s->c[i].fd < 0)
				continue;
			who[n] = i;
			p[n++] = (struct pollfd){
				.fd = s->c[i].fd,
				.events = s->c[i].out.len ? POLLOUT : POLLIN};
		}
		if (poll(p, n, left) < 0) {
			if (errno == EINTR)
				continue;
			return false;
		}
		for (nfds_t i = 1; i < n; i++)
			if (p[i].revents)
				serve(s, &s->c[who[i]], p[i].revents);
		if (p[0].revents)
			take_new(s);
	}
	return true;
}

void server_close(struct server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->c[i].fd >= 0)
			drop(&s->c[i]);
	unlink(s->at.sun_path);
	close(s->fd);
	free(s);
}
