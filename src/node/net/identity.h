/* SPDX-License-Identifier: MIT */
/*
 * The node's own key, by which other nodes know it again. It lies beside the
 * database in DATABASE.key (64 digits, mode 0600), not in it: databases are
 * copied and shown. It is read, used and wiped in each call, and holds no coins.
 */
#ifndef QUARRY_NODE_NET_IDENTITY_H
#define QUARRY_NODE_NET_IDENTITY_H

#include "node/core/node.h"
#include "primitives/nodeproof.h"

/* The public key; makes the file when there is none. ST_IO, ST_DENIED when the
 * file cannot be read or made, ST_CORRUPT when it holds no key. */
NODISCARD enum status identity_key(struct node *n,
				   uint8_t key[NODEPROOF_KEY_SIZE]);
/* Signs another node's challenge; host: under which it asked. */
NODISCARD enum status identity_prove(struct node *n,
				     const uint8_t challenge[32],
				     const char *host,
				     uint8_t key[NODEPROOF_KEY_SIZE],
				     uint8_t sig[NODEPROOF_SIG_SIZE]);

#endif
