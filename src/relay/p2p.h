/* SPDX-License-Identifier: MIT */
/*
 * Bitcoin's peer-to-peer protocol in quarry-relay: connections to nodes of any
 * make, on the same database as everything else.
 *
 * Blocks, headers and transactions that come in go through node/chain/accept.h and
 * node/pool/mempool.h; what goes out is read from the database, whoever wrote it.
 * Nothing here waits: the event loop notes which sockets are ready, p2p_step does
 * what can be done at once.
 */
#ifndef QUARRY_RELAY_P2P_H
#define QUARRY_RELAY_P2P_H

#include "base/conf.h"
#include "node/core/node.h"

struct event_base;
struct p2p;

/* Listens (p2p_listen) and remembers whom to connect to (p2p_connect,
 * p2p_addnode), HOST:PORT lists of the configuration. Names of the former are
 * looked up here, of the latter whenever they are called. error: one sentence. */
NODISCARD enum status p2p_open(struct p2p **out, struct node *n,
			       struct event_base *base, const struct conf *conf,
			       char error[CONF_ERROR_SIZE]);
/* NULL is fine. */
void p2p_close(struct p2p *x);
/* Words of another program (node/net/p2pquery.h), taken up in the next step. */
void p2p_order(struct p2p *x, const char *order);

/* While the database cannot be used: what needs none is answered, the rest waits. */
void p2p_trouble(struct p2p *x, bool trouble);
/* Whether messages wait that were read, so that there is no need to wait. */
bool p2p_has_work(const struct p2p *x);
/* Reads, answers, sends. changed: the database may have news to announce.
 * *wrote: something was stored. */
NODISCARD enum status p2p_step(struct p2p *x, bool changed, bool *wrote);

#endif
