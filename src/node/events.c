/* SPDX-License-Identifier: MIT */
/* See events.h. All values are numbers, hex or fixed words: nothing to escape. */
#include "node/events.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/store_event.h"

#define EVENTS_KEPT 20000
/* Rows of refusals by one process. */
#define REFUSALS_AT_ONCE 2000
#define REFUSALS_A_SECOND 50

enum status event_block(struct node *n, const char *kind,
			const struct block_row *row)
{
	char hash[HASH_TEXT_SIZE], prev[HASH_TEXT_SIZE], json[400];

	snprintf(json, sizeof(json),
		 "{\"height\":%u,\"hash\":\"%s\",\"previous\":\"%s\","
		 "\"time\":%u,\"n_tx\":%u,\"size\":%u,\"weight\":%u,"
		 "\"fees\":%lld}",
		 row->height, hash256_text(hash, &row->hash.h),
		 hash256_text(prev, &row->header.prev.h), row->header.time,
		 row->n_tx, row->size, row->weight, (long long)row->fees);
	return store_event_add(n->db, clock_wall_ms(), kind, &row->hash.h, json);
}

enum status event_tx(struct node *n, const char *kind, const struct txid *txid,
		     int64_t fee, uint32_t vsize, const char *why)
{
	char hash[HASH_TEXT_SIZE], json[300];

	snprintf(json, sizeof(json),
		 "{\"txid\":\"%s\",\"fee\":%lld,\"vsize\":%u,\"why\":\"%s\"}",
		 hash256_text(hash, &txid->h), (long long)fee, vsize, why);
	return store_event_add(n->db, clock_wall_ms(), kind, &txid->h, json);
}

enum status events_trim(struct node *n)
{
	return store_event_trim(n->db, EVENTS_KEPT);
}

/* A sender of rubbish costs itself little: what it may cost the disk and the
 * other writers is bounded. */
static bool may_write(struct node *n)
{
	int64_t now = clock_mono_ms(), more = REFUSALS_AT_ONCE;

	if (n->refused_ms)
		more = (now - n->refused_ms) * REFUSALS_A_SECOND / 1000;
	if (more) {
		n->refused_ms = now;
		n->refusals_left += more;
	}
	if (n->refusals_left > REFUSALS_AT_ONCE)
		n->refusals_left = REFUSALS_AT_ONCE;
	if (n->refusals_left <= 0)
		return false;
	n->refusals_left--;
	return true;
}

enum status reject_write(struct node *n, const char *kind,
			 const struct hash256 *hash, const struct verdict *v,
			 const char *source)
{
	enum status st;

	if (!may_write(n))
		return ST_OK;
	st = node_write_begin(n);
	if (st == ST_OK)
		st = node_write_end(n, store_reject_add(n->db, node_now_s(n),
							kind, hash, v, source));
	return st;
}
