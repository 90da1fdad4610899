/* SPDX-License-Identifier: MIT */
/* A webhook as somebody asks for it, checked, with a place in the event table:
 * what `quarry webhook` and the RPC interface have in common. */
#ifndef QUARRY_FEED_HOOK_NEW_H
#define QUARRY_FEED_HOOK_NEW_H

#include "hooks/hooks.h"
#include "node/core/node.h"

#define HOOK_WHY_SIZE 256

/* Fills k from an address, a filter ("" for blocks and disconnects) and a secret
 * of 64 digits ("": a new one). It begins at the newest event, or after the one
 * that the filter's since= names. ST_USAGE with a sentence in why. */
NODISCARD enum status hook_new(struct hook *k, struct node *n, const char *url,
			       const char *filter, const char *secret,
			       bool allow_private, char why[HOOK_WHY_SIZE]);

#endif
