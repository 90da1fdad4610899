/* SPDX-License-Identifier: MIT */
#include "fcgi/live/hub_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* FastCGI 1.0 */
#define RECORD_VERSION 1
#define RECORD_END_REQUEST 3
#define RECORD_STDOUT 6
#define RECORD_MAX 65535u
#define RECORD_HEAD 8

struct hub_client *hub_client_new(int fd, unsigned request_id,
				  const struct event_want *want)
{
	struct hub_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = fd;
	c->request_id = (uint16_t)request_id;
	c->kinds = want->kinds;
	buf_init(&c->out, 4 * HUB_OUT_MAX);
	if (want->n) {
		c->watch = calloc(want->n, sizeof(struct watch *));
		if (!c->watch) {
			free(c);
			return NULL;
		}
		memcpy(c->watch, want->watch, want->n * sizeof(struct watch *));
		c->n = want->n;
	}
	return c;
}

void hub_client_free(struct hub_client *c, struct watches *w)
{
	char rest[512];

	/* A connection closed with something unread is reset. */
	while (recv(c->fd, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
	close(c->fd);
	for (unsigned i = 0; i < c->n; i++)
		watch_drop(w, c->watch[i]);
	free(c->watch);
	buf_free(&c->out);
	free(c);
}

static void head_write(uint8_t out[RECORD_HEAD], unsigned type, uint16_t id,
		       size_t len)
{
	out[0] = RECORD_VERSION;
	out[1] = (uint8_t)type;
	out[2] = (uint8_t)(id >> 8);
	out[3] = (uint8_t)id;
	out[4] = (uint8_t)(len >> 8);
	out[5] = (uint8_t)len;
	out[6] = out[7] = 0;
}

/* How much of p the connection takes. */
static size_t push(struct hub_client *c, const uint8_t *p, size_t n,
		   int64_t now_ms)
{
	size_t sent = 0;

	while (!c->gone && sent < n) {
		ssize_t k = send(c->fd, p + sent, n - sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (k > 0) {
			sent += (size_t)k;
			c->moved_ms = now_ms;
		} else if (k < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			break;
		} else if (!(k < 0 && errno == EINTR)) {
			c->gone = true;
		}
	}
	return sent;
}

void hub_client_text(struct hub_client *c, struct bytes text, int64_t now_ms)
{
	while (!c->gone && text.len) {
		size_t n = text.len < RECORD_MAX ? text.len : RECORD_MAX;
		uint8_t *at = buf_extend(&c->out, RECORD_HEAD + n);

		if (!at) {
			c->gone = true;
			return;
		}
		head_write(at, RECORD_STDOUT, c->request_id, n);
		memcpy(at + RECORD_HEAD, text.p, n);
		text = bytes_of(text.p + n, text.len - n);
	}
	hub_client_flush(c, now_ms);
}

void hub_client_flush(struct hub_client *c, int64_t now_ms)
{
	size_t sent = push(c, c->out.p, c->out.len, now_ms);

	if (sent == c->out.len) {
		/* thousands wait, and nothing waits with them */
		buf_free(&c->out);
		return;
	}
	memmove(c->out.p, c->out.p + sent, c->out.len - sent);
	c->out.len -= sent;
}

void hub_client_end(struct hub_client *c)
{
	uint8_t end[2 * RECORD_HEAD + 8] = {0};

	if (c->gone || c->out.len)
		return;
	head_write(end, RECORD_STDOUT, c->request_id, 0);
	head_write(end + RECORD_HEAD, RECORD_END_REQUEST, c->request_id, 8);
	(void)push(c, end, sizeof(end), 0);
}

/* With the id that leads here again: of the row, or of a message within. */
static void message(struct buf *text, const struct event_item *e, int64_t row,
		    uint32_t nth)
{
	char id[48];

	snprintf(id, sizeof(id), nth ? "%lld-%u" : "%lld", (long long)row, nth);
	buf_text(text, "event: ");
	buf_text(text, e->name);
	buf_text(text, "\nid: ");
	buf_text(text, id);
	buf_text(text, "\ndata: ");
	buf_text(text, e->json);
	buf_text(text, "\n\n");
}

void hub_client_row(struct hub_client *c, const struct event_feed *f,
		    struct buf *text, int64_t now_ms)
{
	const struct event_item *last = NULL;
	uint32_t n = 0;
	bool all = true;

	buf_reset(text);
	for (uint32_t i = 0; i < f->n; i++) {
		if (!event_item_for(&f->item[i], c->kinds, c->watch, c->n))
			continue;
		if (last && n > c->skip) {
			message(text, last, f->id, n);
			if (text->len > HUB_OUT_MAX) {
				c->skip = n;
				all = false;
				break;
			}
		}
		last = &f->item[i];
		n++;
	}
	if (all) {
		if (last && n > c->skip)
			message(text, last, f->id, 0);
		c->at = f->id;
		c->skip = 0;
	}
	if (buf_status(text) != ST_OK)
		c->gone = true;
	else if (text->len)
		hub_client_text(c, buf_view(text), now_ms);
}
