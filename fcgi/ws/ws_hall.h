/* SPDX-License-Identifier: MIT */
/*
 * All who listen at the WebSocket, in one process: what they are told, and when.
 * Connections are another's business (ws_serve.h): it brings orders in and takes
 * messages out.
 *
 * Ten times a second the event table is looked at, and what is new is told: to
 * those who want blocks each block, to those who follow addresses, scripts or a
 * transaction what happened to them. The pool, its fees and its blocks to come
 * are told at most once a second, when something changed.
 */
#ifndef QUARRY_FCGI_WS_WS_HALL_H
#define QUARRY_FCGI_WS_WS_HALL_H

#include "fcgi/http/app.h"
#include "fcgi/ws/ws_client.h"

#define WS_LOOK_MS 100

struct ws_hall;

struct ws_limits {
	unsigned clients;	/* in all */
	unsigned per_address;	/* of one address; of a network of 64 bits */
};

NODISCARD enum status ws_hall_open(struct ws_hall **out, struct app *app,
				   const struct ws_limits *limits);
void ws_hall_close(struct ws_hall *h);

/* 0, or the HTTP status of the refusal: 429, 503. */
int ws_hall_refusal(const struct ws_hall *h, const char *remote);
/* NULL: no memory. */
struct ws_client *ws_hall_enter(struct ws_hall *h, void *conn,
				const char *remote);
void ws_hall_leave(struct ws_hall *h, struct ws_client *c);
/* A message of a client; what there is to say at once is in its queue after. */
void ws_hall_order(struct ws_hall *h, struct ws_client *c, struct bytes text);
/* Looks whether there is anything to tell. True: there is more, call again. */
bool ws_hall_look(struct ws_hall *h);
/* All clients, one after the other; NULL begins and ends. */
struct ws_client *ws_hall_next(struct ws_hall *h, const struct ws_client *c);

#endif
