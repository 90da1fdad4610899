/* SPDX-License-Identifier: MIT */
/* Tables event and reject: what happened and what was refused. */
#ifndef QUARRY_STORE_STORE_EVENT_H
#define QUARRY_STORE_STORE_EVENT_H

#include "db/db.h"
#include "primitives/hash.h"
#include "primitives/verdict.h"

/* hash may be NULL. json: one object, made by the caller. */
NODISCARD enum status store_event_add(struct db *db, int64_t at_ms,
				      const char *kind,
				      const struct hash256 *hash,
				      const char *json);
/* With an id above all there are; those that follow are above it. */
NODISCARD enum status store_event_add_at(struct db *db, int64_t id,
					 int64_t at_ms, const char *kind,
					 const struct hash256 *hash,
					 const char *json);
/* Of what is neither chain nor pool: store_event_last_change passes it over. */
NODISCARD enum status store_event_add_beside(struct db *db, int64_t at_ms,
					     const char *kind, const char *json);
struct event_row {
	int64_t id;
	int64_t at_ms;
	const char *kind;	/* lives until the next use */
	struct hash256 hash;
	bool has_hash;
	const char *json;
};
NODISCARD enum status store_event_next(struct db *db, int64_t after,
				       struct event_row *out);
NODISCARD enum status store_event_last(struct db *db, int64_t *id);
/* The newest row of the chain or the pool, though it may be trimmed by now. */
NODISCARD enum status store_event_last_change(struct db *db, int64_t *id);
NODISCARD enum status store_event_trim(struct db *db, int64_t keep);

/* kind: "block", "header", "tx". Rows older than the newest 10,000 are trimmed
 * now and then. A refusal equal (whatever its source) to the newest one of the
 * same hash and reason is not written again. */
NODISCARD enum status store_reject_add(struct db *db, int64_t at,
				       const char *kind,
				       const struct hash256 *hash,
				       const struct verdict *v,
				       const char *source);
/* The last one's id; 0: none. */
NODISCARD enum status store_reject_last(struct db *db, int64_t *id);
struct reject_row {
	int64_t id;
	int64_t at;
	struct hash256 hash;
	char kind[8];
	char reason[96];
	char rule[64];
	char detail[VERDICT_DETAIL_SIZE];
	int32_t input, script_pos;
	bool has_txid;			/* of the one at fault in a block */
	struct txid txid;
	char script[16];		/* "": no script failed */
	char stack[VERDICT_STACK_SIZE];
};
/* The newest refusal of this hash. */
NODISCARD enum status store_reject_get(struct db *db, const struct hash256 *hash,
				       struct reject_row *out);

#endif
