/* SPDX-License-Identifier: MIT */
/* Other nodes as the database knows them. No network here: see remote/. */
#ifndef QUARRY_NODE_NET_PEERS_H
#define QUARRY_NODE_NET_PEERS_H

#include "base/arena.h"
#include "node/core/node.h"
#include "primitives/nodeproof.h"

#define PEERS_URL_MAX 300

enum peer_state { PEER_NEW, PEER_ACTIVE, PEER_FAILING, PEER_BANNED };

struct peer_info {
	int64_t id;
	char url[PEERS_URL_MAX];
	enum peer_state state;
	char source[16];
	int64_t added_at, seen_at, tried_at, next_try_at; /* UNIX s, 0: never */
	int64_t failures, score;
	char why[160];
	char pin[64];		/* sha256//BASE64 of its TLS key, "" none */
	uint8_t key[NODEPROOF_KEY_SIZE]; /* proven once; zeros: none */
	struct blkid tip;	/* zero: unknown */
	int64_t height;		/* -1: unknown */
};

const char *peer_state_name(enum peer_state s);

/* url is already normalised (remote/url.h). ST_FULL when too many wait for
 * their first contact. *added: false when it was known. */
NODISCARD enum status peers_add(struct node *n, const char *url,
				const char *source, int64_t *id, bool *added);
/* Those that are reached over HTTPS; rows of Bitcoin's own protocol
 * (bitcoin://HOST:PORT) are those of peers_list_p2p. */
NODISCARD enum status peers_list(struct node *n, struct arena *a,
				 struct peer_info **out, uint32_t *count);
NODISCARD enum status peers_list_p2p(struct node *n, struct arena *a,
				     struct peer_info **out, uint32_t *count);
NODISCARD enum status peers_get(struct node *n, const char *url,
				struct peer_info *out);
/* Whether one that proved `key` may be what info says: the key it proved before,
 * and not our own. False with a phrase in why. */
bool peers_is_same(struct node *n, const struct peer_info *info,
		   const uint8_t key[NODEPROOF_KEY_SIZE], char why[160]);
/* A good answer: active, failures 0, score up. tip may be NULL, and pin and key
 * when there is nothing new. */
NODISCARD enum status peers_good(struct node *n, int64_t id,
				 const struct blkid *tip, int64_t height,
				 const char *pin, const uint8_t *key);
/* A failure of the environment (no answer): backs off, 2^failures * 15 s with
 * jitter up to an hour. */
NODISCARD enum status peers_bad(struct node *n, int64_t id, const char *why);
/* A lie (invalid data): banned for a day. */
NODISCARD enum status peers_ban(struct node *n, int64_t id, const char *why);
/* As if it had been added just now. */
NODISCARD enum status peers_unban(struct node *n, int64_t id);
NODISCARD enum status peers_remove(struct node *n, const char *url);
/* What became of sending a block or transaction to a peer. */
NODISCARD enum status peers_announced(struct node *n, int64_t id,
				      const char *kind,
				      const struct hash256 *hash, bool ok,
				      const char *note);

#endif
