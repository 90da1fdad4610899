/* SPDX-License-Identifier: MIT */
#include "wallet/signer_call.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/wipe.h"

#define TIMEOUT_MS 20000
#define LENGTH_SIZE 4
#define ROOM 8192

void signer_call_begin(struct signer_call *k, struct signer_client *c,
		       enum signer_op op, size_t room)
{
	*k = (struct signer_call){.c = c};
	c->error[0] = '\0';
	buf_init(&k->ask, SIGNER_FRAME_MAX + LENGTH_SIZE);
	buf_init(&k->answer, SIGNER_FRAME_MAX);
	if (buf_extend(&k->ask, ROOM + room))
		k->ask.len = 0;
	signer_frame_begin(&k->ask, (uint8_t)op);
}

void signer_call_put(struct signer_call *k, enum signer_field tag,
		     struct bytes v)
{
	if (v.p)
		signer_field(&k->ask, tag, v);
}

void signer_call_put_text(struct signer_call *k, enum signer_field tag,
			  const char *s)
{
	signer_call_put(k, tag, bytes_of_text(s));
}

void signer_call_end(struct signer_call *k)
{
	if (k->ask.p)
		wipe(k->ask.p, k->ask.cap);
	if (k->answer.p)
		wipe(k->answer.p, k->answer.cap);
	buf_free(&k->ask);
	buf_free(&k->answer);
}

static bool ready(int fd, short events, int64_t until_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left;
	int n;

	do {
		left = until_ms - clock_mono_ms();
		n = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool send_all(int fd, struct bytes v, int64_t until_ms)
{
	while (v.len) {
		ssize_t n = send(fd, v.p, v.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (n > 0)
			v = bytes_of(v.p + n, v.len - (size_t)n);
		else if (!ready(fd, POLLOUT, until_ms))
			return false;
	}
	return true;
}

static bool receive(int fd, uint8_t *p, size_t len, int64_t until_ms)
{
	while (len) {
		ssize_t n = recv(fd, p, len, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (!ready(fd, POLLIN, until_ms)) {
			return false;
		}
	}
	return true;
}

static bool exchange(struct signer_call *k, int fd)
{
	int64_t until = clock_mono_ms() +
			(k->c->timeout_ms ? k->c->timeout_ms : TIMEOUT_MS);
	uint8_t size[LENGTH_SIZE], *p;
	uint32_t n;

	if (!send_all(fd, buf_view(&k->ask), until) ||
	    !receive(fd, size, sizeof(size), until))
		return false;
	n = le32_get(size);
	p = n <= SIGNER_FRAME_MAX ? buf_extend(&k->answer, n) : NULL;
	return p && receive(fd, p, n, until) &&
	       signer_frame_parse(&k->frame, p, n);
}

#define say(c, ...) snprintf((c)->error, SIGNER_ERROR_SIZE, __VA_ARGS__)

enum signer_result signer_call_ask(struct signer_call *k)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct signer_client *c = k->c;
	size_t len = strlen(c->socket);
	struct bytes text;
	int fd;

	if (!signer_frame_end(&k->ask)) {
		say(c, "This is too much for the signer.");
		return SIGNER_BAD;
	}
	if (len == 0 || len >= sizeof(at.sun_path)) {
		say(c, "The path of the signer's socket (signer_socket) must have "
		       "1 to %zu characters.", sizeof(at.sun_path) - 1);
		return SIGNER_ABSENT;
	}
	memcpy(at.sun_path, c->socket, len);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at))) {
		if (errno == EACCES)
			say(c, "This user may not speak with the signer.");
		else
			say(c, "The signer does not run: start quarry-signer.");
		if (fd >= 0)
			close(fd);
		return SIGNER_ABSENT;
	}
	if (!exchange(k, fd)) {
		close(fd);
		say(c, "The signer gave no answer.");
		return SIGNER_FAILED;
	}
	close(fd);
	if (k->frame.code == SIGNER_OK)
		return SIGNER_OK;
	text = signer_field_find(&k->frame, SIGNER_F_TEXT);
	say(c, "%.*s", (int)(text.len < 250 ? text.len : 250),
	    text.p ? (const char *)text.p : "The signer refused.");
	return k->frame.code <= SIGNER_FAILED ? (enum signer_result)k->frame.code
					      : SIGNER_FAILED;
}

enum signer_result signer_call_broken(struct signer_client *c)
{
	say(c, "The signer's answer cannot be read.");
	return SIGNER_FAILED;
}
