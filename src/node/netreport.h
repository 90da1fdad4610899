/* SPDX-License-Identifier: MIT */
/* What quarry-relay writes of its connections; read by p2pquery.h. */
#ifndef QUARRY_NODE_NETREPORT_H
#define QUARRY_NODE_NETREPORT_H

#include "node/node.h"
#include "primitives/connection.h"

struct net_traffic {
	int64_t connection;
	struct connection_traffic t;
};

struct net_report {
	bool fresh;		/* all earlier connections are gone */
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
