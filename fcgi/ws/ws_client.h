/* SPDX-License-Identifier: MIT */
/* One who listens at the WebSocket: what it wants, and messages on their way. */
#ifndef QUARRY_FCGI_WS_WS_CLIENT_H
#define QUARRY_FCGI_WS_WS_CLIENT_H

#include "base/buf.h"
#include "fcgi/ws/ws_order.h"
#include "feed/watch.h"

/* Messages that may wait for a client to take them, in bytes. */
#define WS_OUT_MAX ((size_t)4 << 20)
/* Orders at once, and one more after so long. */
#define WS_ORDERS_AT_ONCE 50
#define WS_ORDER_EVERY_MS 100

struct ws_name {
	struct watch *watch;
	char *name;		/* as the client wrote it */
};

struct ws_names {
	struct ws_name *v;
	unsigned n;
};

struct ws_client {
	struct ws_client *next;
	void *conn;		/* whose connection: ws_serve.c's */
	uint8_t network[16];	/* the address, or its first 64 bits */
	unsigned wants;		/* WS_WANT_... */
	struct ws_names address, addresses, scripts;
	struct watch *tx;
	bool place_told;	/* where tx was said to be in the pool: */
	uint32_t place_block;
	double place_vsize;
	int64_t pool_block;	/* -1: none */
	bool pool_block_due;	/* it has not had it yet */
	int64_t credit_ms;	/* orders not given, as the time they take */
	int64_t ordered_ms;
	bool drop;		/* it is too slow, or asks too much */
	struct buf out;		/* length (4 bytes), text, length, text, ... */
	size_t out_at;		/* what was taken of it */
};

/* NULL: no memory. */
struct ws_client *ws_client_new(void *conn, const uint8_t network[16],
				int64_t now_ms);
void ws_client_free(struct ws_client *c, struct watches *w);

/* Whether it may give an order now. */
bool ws_client_may_order(struct ws_client *c, int64_t now_ms);
/* Takes a list in place of the one before. */
NODISCARD enum status ws_names_set(struct ws_names *names, struct watches *w,
				   const struct ws_script *list, unsigned n);
/* The transaction that is followed; NULL: none. */
NODISCARD enum status ws_client_follow(struct ws_client *c, struct watches *w,
				       const struct txid *id);
/* A message to the end of the queue. */
void ws_client_say(struct ws_client *c, struct bytes text);
/* The next message; false: none. It is there until ws_client_said. */
bool ws_client_next(const struct ws_client *c, struct bytes *text);
void ws_client_said(struct ws_client *c);

#endif
