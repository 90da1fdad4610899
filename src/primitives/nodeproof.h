/* SPDX-License-Identifier: MIT */
/*
 * How a node proves to another which node it is: it signs (BIP340) a challenge
 * of the asker's, together with the chain and the name it was asked under, so
 * that the answer serves nobody else and nowhere else.
 */
#ifndef QUARRY_PRIMITIVES_NODEPROOF_H
#define QUARRY_PRIMITIVES_NODEPROOF_H

#include "primitives/hash.h"

#define NODEPROOF_CHALLENGE_SIZE 32
#define NODEPROOF_KEY_SIZE 32		/* x coordinate, as in BIP340 */
#define NODEPROOF_SIG_SIZE 64

/* What is signed: the hash tagged "quarry/node" of the genesis hash (wire
 * order), the challenge, and the host in lower case without its port. host: as
 * in a Host header or a URL, "name", "name:port", "[v6]:port"; its case and
 * port do not matter. */
void nodeproof_digest(uint8_t out[32], const struct blkid *genesis,
		      const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE],
		      const char *host);

#endif
