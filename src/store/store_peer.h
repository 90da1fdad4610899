/* SPDX-License-Identifier: MIT */
/* Tables peer, announcement and lease. */
#ifndef QUARRY_STORE_STORE_PEER_H
#define QUARRY_STORE_STORE_PEER_H

#include "db/db.h"
#include "primitives/hash.h"

#define PEER_URL_MAX 300

struct peer_row {
	int64_t id;
	char url[PEER_URL_MAX];
	char state[12];		/* new, active, failing, banned */
	char source[16];
	int64_t added_at, seen_at, tried_at, next_try_at;
	int64_t failures, score;
	char why[160];
	char pin[64];		/* "" when none */
	uint8_t node_key[32];	/* zeros when none */
	struct blkid tip;	/* zero when unknown */
	int64_t height;		/* -1 when unknown */
};

/* Inserts a URL (already normalised) or finds it; *id, *added. */
NODISCARD enum status store_peer_add(struct db *db, const char *url,
				     const char *source, int64_t now,
				     int64_t *id, bool *added);
NODISCARD enum status store_peer_by_url(struct db *db, const char *url,
					struct peer_row *out);
/* By id order after `after`; ST_NOT_FOUND at the end. */
NODISCARD enum status store_peer_next(struct db *db, int64_t after,
				      struct peer_row *out);
/* Everything but url, source and added_at. */
NODISCARD enum status store_peer_update(struct db *db, const struct peer_row *row);
NODISCARD enum status store_peer_delete(struct db *db, int64_t id);
/* All, and those of state "new". */
NODISCARD enum status store_peer_count(struct db *db, int64_t *all,
				       int64_t *pending);
NODISCARD enum status store_announcement_add(struct db *db, int64_t at_ms,
					     int64_t peer, const char *kind,
					     const struct hash256 *hash, bool ok,
					     const char *note);
NODISCARD enum status store_announcement_trim(struct db *db, int64_t keep);

/* Takes the lease when it is free, expired, or already owner's, or ends more than a
 * minute after until_ms (the clock was set back since); ST_BUSY when somebody else
 * holds it. */
NODISCARD enum status store_lease_take(struct db *db, const char *name,
				       const char *owner, int64_t now_ms,
				       int64_t until_ms);
NODISCARD enum status store_lease_held(struct db *db, const char *name,
				       int64_t now_ms, bool *held);
NODISCARD enum status store_lease_release(struct db *db, const char *name,
					  const char *owner);

#endif
