/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_client.h"

#include <stdlib.h>

#define CREDIT_MAX_MS (WS_ORDERS_AT_ONCE * WS_ORDER_EVERY_MS)
#define LENGTH_SIZE 4

struct ws_client *ws_client_new(void *conn, const uint8_t network[16],
				int64_t now_ms)
{
	struct ws_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->conn = conn;
	memcpy(c->network, network, sizeof(c->network));
	c->pool_block = -1;
	c->credit_ms = CREDIT_MAX_MS;
	c->ordered_ms = now_ms;
	buf_init(&c->out, WS_OUT_MAX);
	return c;
}

static void names_free(struct ws_names *names, struct watches *w)
{
	for (unsigned i = 0; i < names->n; i++) {
		watch_drop(w, names->v[i].watch);
		free(names->v[i].name);
	}
	free(names->v);
	*names = (struct ws_names){0};
}

void ws_client_free(struct ws_client *c, struct watches *w)
{
	names_free(&c->address, w);
	names_free(&c->addresses, w);
	names_free(&c->scripts, w);
	if (c->tx)
		watch_drop(w, c->tx);
	buf_free(&c->out);
	free(c);
}

bool ws_client_may_order(struct ws_client *c, int64_t now_ms)
{
	c->credit_ms += now_ms - c->ordered_ms;
	c->ordered_ms = now_ms;
	if (c->credit_ms > CREDIT_MAX_MS)
		c->credit_ms = CREDIT_MAX_MS;
	if (c->credit_ms < WS_ORDER_EVERY_MS)
		return false;
	c->credit_ms -= WS_ORDER_EVERY_MS;
	return true;
}

static bool has_name(const struct ws_names *names, const char *name)
{
	for (unsigned i = 0; i < names->n; i++)
		if (strcmp(names->v[i].name, name) == 0)
			return true;
	return false;
}

enum status ws_names_set(struct ws_names *names, struct watches *w,
			 const struct ws_script *list, unsigned n)
{
	struct ws_names new = {0};

	if (n) {
		new.v = calloc(n, sizeof(*new.v));
		if (!new.v)
			return ST_NOMEM;
	}
	for (unsigned i = 0; i < n; i++) {
		struct ws_name *x = &new.v[new.n];

		/* a name is a key of an object: once */
		if (has_name(&new, list[i].name))
			continue;
		x->watch = watch_take(w, WATCH_SCRIPT, list[i].script);
		x->name = x->watch ? strdup(list[i].name) : NULL;
		if (!x->name) {
			if (x->watch)
				watch_drop(w, x->watch);
			names_free(&new, w);
			return ST_NOMEM;
		}
		new.n++;
	}
	names_free(names, w);
	*names = new;
	return ST_OK;
}

enum status ws_client_follow(struct ws_client *c, struct watches *w,
			     const struct txid *id)
{
	struct watch *x = NULL;

	if (id) {
		x = watch_take(w, WATCH_TX, bytes_of(id->h.b, 32));
		if (!x)
			return ST_NOMEM;
	}
	if (c->tx)
		watch_drop(w, c->tx);
	c->tx = x;
	c->place_told = false;
	return ST_OK;
}

void ws_client_say(struct ws_client *c, struct bytes text)
{
	if (c->drop)
		return;
	buf_le32(&c->out, (uint32_t)text.len);
	buf_bytes(&c->out, text);
	if (buf_status(&c->out) != ST_OK)
		c->drop = true;
}

bool ws_client_next(const struct ws_client *c, struct bytes *text)
{
	const uint8_t *p = c->out.p + c->out_at;

	if (c->out_at >= c->out.len)
		return false;
	*text = bytes_of(p + LENGTH_SIZE, (size_t)p[0] | (size_t)p[1] << 8 |
			 (size_t)p[2] << 16 | (size_t)p[3] << 24);
	return true;
}

void ws_client_said(struct ws_client *c)
{
	struct bytes text;

	if (!ws_client_next(c, &text))
		return;
	c->out_at += LENGTH_SIZE + text.len;
	if (c->out_at < c->out.len)
		return;
	/* thousands wait, and nothing waits with them */
	buf_free(&c->out);
	buf_init(&c->out, WS_OUT_MAX);
	c->out_at = 0;
}
