/* SPDX-License-Identifier: MIT */
/*
 * Everybody who follows events, in one process and one thread: serve.c accepts a
 * request for /events, answers what is no good, and hands over the connections of
 * the others with the head of their answer. From then on the hub writes records
 * of FastCGI on them, and waits for nobody.
 *
 * Each client has a place in the event table. One that is at its end, with
 * nothing left to be sent, gets every new row as soon as it is seen (the database
 * is looked at forty times a second); the row is read once for all. Any other
 * reads on from the table when its connection takes more, so that a slow client
 * costs a buffer of bounded size, and one that has come back with the id of an
 * event gets what it missed. One whose connection takes nothing for a while is
 * dropped.
 */
#ifndef QUARRY_FCGI_LIVE_HUB_H
#define QUARRY_FCGI_LIVE_HUB_H

#include <signal.h>

#include "feed/event_want.h"
#include "node/core/node.h"

struct hub;

struct hub_limits {
	unsigned clients;	/* in all */
	unsigned per_address;	/* of one address; of a network of 64 bits */
	unsigned stalled_ms;	/* who takes nothing for so long goes; 0: ten
				 * seconds */
};

NODISCARD enum status hub_open(struct hub **out, struct node *n,
			       const struct hub_limits *limits);
/* Ends every answer as it should be, and frees. */
void hub_close(struct hub *h);

struct watches *hub_watches(struct hub *h);
/* 0, or the HTTP status of the refusal: 429, 503. */
int hub_refusal(const struct hub *h, const char *remote);
/* The state that a new client begins with. */
void hub_state(const struct hub *h, struct node_tip *tip, int64_t *cursor);
/* Takes over a connection; head: what is to be sent first. On failure fd is
 * closed and want given back, too. */
NODISCARD enum status hub_add(struct hub *h, int fd, unsigned request_id,
			      const struct event_want *want, const char *remote,
			      struct bytes head);

/* Serves until *stop. listen_fd does not block. accept is called when it has
 * something, and takes one request; false: nothing was there. */
NODISCARD enum status hub_run(struct hub *h, int listen_fd,
			      bool (*accept)(void *arg), void *arg,
			      const volatile sig_atomic_t *stop);

#endif
