/* SPDX-License-Identifier: MIT */
/*
 * Bitcoin's peer-to-peer network as programs other than quarry-relay see it and
 * steer it: getpeerinfo, addnode, setban and their like, quarry peers.
 *
 * The relay writes its connections to the database every ten seconds, when one
 * comes, is ready or goes, and at once when it is asked to (node_net_refresh, a
 * datagram). What is wanted for good (bans, added nodes, P2P on or off) is a row
 * that the relay follows, at once since it is nudged; what is wanted once (end
 * this connection, try that address) is a datagram. Both take the relay some
 * milliseconds. Where no relay runs, rows wait for it and datagrams say
 * ST_NOT_FOUND.
 *
 * To do as Bitcoin Core's calls do:
 *
 *	getpeerinfo	  node_net_refresh(n, 100), node_net_connections,
 *			  node_net_traffic for each
 *	getnetworkinfo, getnettotals
 *			  node_net_refresh(n, 100), node_net_state
 *	disconnectnode	  node_net_find or node_net_connections; none: error -29;
 *			  node_net_disconnect(n, id)
 *	addnode onetry	  node_net_try; add: node_net_add, ST_DENIED is error -23;
 *			  remove: node_net_remove, ST_NOT_FOUND is error -24
 *	getaddednodeinfo  node_net_added, and node_net_find for each
 *	setban		  net_subnet_parse, node_net_ban / node_net_unban: ST_DENIED
 *			  is error -23, ST_NOT_FOUND error -30
 *	listbanned	  node_net_bans, those that are not by_rule
 *	setnetworkactive  node_net_set_active
 *	ping		  node_net_ping
 *	getnodeaddresses  node_net_addresses; addpeeraddress: node_net_address_add
 */
#ifndef QUARRY_NODE_NET_P2PQUERY_H
#define QUARRY_NODE_NET_P2PQUERY_H

#include "base/arena.h"
#include "node/core/node.h"
#include "primitives/connection.h"

#define NODE_BAN_S 86400	/* when nobody says how long */
#define NODE_BANS_MAX 100000

/* Asks the relay to write what it knows and waits for it, at most wait_ms. ST_OK,
 * also when none runs; ST_TIMEOUT when it is busy: the rows are then older. */
NODISCARD enum status node_net_refresh(struct node *n, int wait_ms);

NODISCARD enum status node_net_state(struct node *n, struct relay_state *out);
/* In the order they were made; none when no relay runs. */
NODISCARD enum status node_net_connections(struct node *n, struct arena *a,
					   struct connection **out,
					   uint32_t *count);
NODISCARD enum status node_net_traffic(struct node *n, int64_t connection,
				       struct arena *a,
				       struct connection_traffic **out,
				       uint32_t *count);
/* The connection to HOST:PORT, or the first to HOST; ST_NOT_FOUND. */
NODISCARD enum status node_net_find(struct node *n, const char *addr,
				    struct connection *out);

/* Datagrams to the relay: ST_NOT_FOUND when none runs, ST_BUSY when it has too
 * many. */
NODISCARD enum status node_net_disconnect(struct node *n, int64_t connection);
/* One try to connect to HOST:PORT; a name is looked up. Longer than 60
 * characters or with a blank in it: ST_USAGE. */
NODISCARD enum status node_net_try(struct node *n, const char *addr);
/* One call as if the node had been found: "outbound-full-relay" and its like. */
NODISCARD enum status node_net_call(struct node *n, const char *addr,
				    const char *kind);
/* What is done every few minutes is due so many seconds earlier. */
NODISCARD enum status node_net_hurry(struct node *n, int64_t seconds);
/* A transaction of the pool is announced once more to those who were not told of
 * it, and did not tell of it. Where no relay runs nothing needs to be done. */
void node_net_tell_again(struct node *n, const struct txid *id);
/* A ping to everybody. */
NODISCARD enum status node_net_ping(struct node *n);

/* Rows. */
/* ST_DENIED: it was added before. ST_USAGE as above. */
NODISCARD enum status node_net_add(struct node *n, const char *addr);
/* ST_NOT_FOUND: it was not added. */
NODISCARD enum status node_net_remove(struct node *n, const char *addr);
/* HOST:PORT each. */
NODISCARD enum status node_net_added(struct node *n, struct arena *a,
				     const char ***out, uint32_t *count);
NODISCARD enum status node_net_set_active(struct node *n, bool active);

/* Whoever is in s may not connect and is disconnected, until then (UNIX s).
 * ST_DENIED: the operator banned it already; ST_FULL: too many bans. */
NODISCARD enum status node_net_ban(struct node *n, const struct net_subnet *s,
				   int64_t until, const char *why);
/* The same by a rule that it broke: not the operator's. */
NODISCARD enum status node_net_discourage(struct node *n,
					  const struct net_subnet *s,
					  const char *why);
NODISCARD enum status node_net_unban(struct node *n, const struct net_subnet *s);
/* The operator's; with rules' when all. */
NODISCARD enum status node_net_unban_all(struct node *n, bool all);
/* Those that have not ended. */
NODISCARD enum status node_net_bans(struct node *n, struct arena *a,
				    struct ban **out, uint32_t *count);

/* Entries of the address book in random order, at most max; net 0: any. */
NODISCARD enum status node_net_addresses(struct node *n, struct arena *a, int net,
					 uint32_t max, struct known_address **out,
					 uint32_t *count);
struct node_net_book {
	int64_t fresh, tried;		/* all */
	int64_t fresh_ipv4, tried_ipv4;
};
NODISCARD enum status node_net_book(struct node *n, struct node_net_book *out);
/* Puts one in as if `source` had told of it; as tried when so. *added: false when
 * it was known or found no room. */
NODISCARD enum status node_net_address_add(struct node *n,
					   const struct net_addr *at, bool tried,
					   bool *added);

#endif
