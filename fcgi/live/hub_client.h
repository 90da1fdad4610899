/* SPDX-License-Identifier: MIT */
/* One client of the hub: its connection, what is still to be sent on it, and its
 * place in the event table. */
#ifndef QUARRY_FCGI_LIVE_HUB_CLIENT_H
#define QUARRY_FCGI_LIVE_HUB_CLIENT_H

#include "base/buf.h"
#include "feed/event_feed.h"

#define HUB_OUT_MAX ((size_t)64 << 10)

struct hub_client {
	int fd;
	uint16_t request_id;
	bool gone;		/* to be freed */
	bool waits_to_write;	/* epoll tells when the connection takes more */
	uint8_t network[16];	/* the address, or its first 64 bits */
	unsigned kinds, n;	/* as in struct event_want */
	struct watch **watch;
	int64_t at;		/* all rows up to this one it has */
	uint32_t skip;		/* and so many messages of the next */
	int64_t moved_ms;	/* when something went out last */
	struct buf out;		/* records not sent yet */
};

/* NULL: no memory. The watches stay the caller's on failure. */
struct hub_client *hub_client_new(int fd, unsigned request_id,
				  const struct event_want *want);
void hub_client_free(struct hub_client *c, struct watches *w);

/* Sends text as records of the answer, or what can be sent of it now. */
void hub_client_text(struct hub_client *c, struct bytes text, int64_t now_ms);
/* Goes on with what is left. */
void hub_client_flush(struct hub_client *c, int64_t now_ms);
/* Ends the answer. */
void hub_client_end(struct hub_client *c);
/* The messages of a row that the client wants, after those it has. text is
 * scratch memory. */
void hub_client_row(struct hub_client *c, const struct event_feed *f,
		    struct buf *text, int64_t now_ms);

#endif
