/* SPDX-License-Identifier: MIT */
/* What quarry-relay writes of its connections; read by p2pquery.h. */
#ifndef QUARRY_NODE_NET_NETREPORT_H
#define QUARRY_NODE_NET_NETREPORT_H

#include "node/core/node.h"
#include "primitives/connection.h"

struct net_traffic {
	int64_t connection;
	struct connection_traffic t;
};

/* One came, its handshake done, or such a one went. */
struct net_event {
	bool came;
	int64_t connection;
	char addr[64];
	char kind[24];
	char agent[260];
	int32_t version;
	char why[120];		/* it went */
};

struct net_report {
	bool fresh;		/* all earlier connections are gone */
	const char *gone_why;	/* and that is to be told, for this reason; NULL:
				 * they are written anew */
	const struct net_event *events;
	uint32_t n_events;
	uint32_t untold;	/* events that found no room */
	const int64_t *gone;	/* ids */
	const struct connection *changed;
	const struct net_traffic *traffic;
	uint32_t n_gone, n_changed, n_traffic;
	int64_t bytes_in, bytes_out;	/* since the start */
	int64_t day_at, day_out;	/* the same since this day began */
};

/* In one transaction. */
NODISCARD enum status net_report(struct node *n, const struct net_report *r);
/* What it says of itself: user agent, service bits, where it listens. */
NODISCARD enum status net_report_self(struct node *n, const char *agent,
				      uint64_t services, const char *local);

#endif
