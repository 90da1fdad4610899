/* SPDX-License-Identifier: MIT */
/*
 * "There is news": a datagram to the socket next to the database, where whoever
 * spreads blocks and transactions (quarry-relay or the resolver's loop) listens.
 * Lost datagrams cost nothing but time: listeners also poll node_changed.
 */
#ifndef QUARRY_NODE_CORE_ANNOUNCE_H
#define QUARRY_NODE_CORE_ANNOUNCE_H

#include "node/core/node.h"

/* DIR/quarry.db -> DIR/quarry.db.news; out holds 108. False when too long. */
bool announce_path(char *out, size_t size, const char *db_path);
/* Tells the listener, if any; never waits, never fails. */
void announce_nudge(const struct node *n);
/* The same with words for quarry-relay, at most ANNOUNCE_ORDER_MAX bytes (see
 * p2pquery.h, which makes them). ST_NOT_FOUND: nobody listens; ST_BUSY: its queue
 * is full. */
#define ANNOUNCE_ORDER_MAX 120
NODISCARD enum status announce_order(const struct node *n, const char *order);

#endif
