/* SPDX-License-Identifier: MIT */
/* What both programs that call peers take from the configuration. */
#ifndef QUARRY_SYNC_SETUP_H
#define QUARRY_SYNC_SETUP_H

#include "base/conf.h"
#include "base/url.h"
#include "node/core/node.h"
#include "remote/net_guard.h"

/* Our own address as others see it, normalised; text "" when it is not set.
 * ST_PARSE with a sentence when it is no URL. */
NODISCARD enum status setup_own_url(struct url *own, const struct conf *c,
				    char error[CONF_ERROR_SIZE]);
/* Whom we may call: allow_private_peers, and never ourselves. */
void setup_guard(struct net_guard *g, const struct conf *c, const struct url *own);
/* Peers of quarry.conf and --peer become known to the database as the
 * operator's. each: called for every one, may be NULL. */
NODISCARD enum status setup_peers(struct node *n, const struct conf *c,
				  void (*each)(void *user, const char *url),
				  void *user, char error[CONF_ERROR_SIZE]);

#endif
