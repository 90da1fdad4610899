/* SPDX-License-Identifier: MIT */
/* See events.h. But for peers all values are numbers, hex or fixed words. */
#include "node/core/events.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/store_event.h"

#define EVENTS_KEPT 20000
/* Rows of refusals by one process. */
#define REFUSALS_AT_ONCE 2000
#define REFUSALS_A_SECOND 50
/* Rows of peers by one process. */
#define PEER_ROWS_AT_ONCE 100
#define PEER_ROW_EVERY_MS 5000
#define PEER_JSON_MAX 2048

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

/* --- peers --- */

/* Text of strangers; what JSON has no sign for is left out. */
static void put_text(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, ",\"%s\":\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_text(b, "\\");
		if (*text >= ' ' && *text <= '~')
			buf_add(b, text, 1);
	}
	buf_text(b, "\"");
}

static enum status write_peer(struct node *n, const struct peer_event *e)
{
	struct buf b;
	enum status st;

	buf_init(&b, PEER_JSON_MAX);
	/* first of all, as the filters of feed/event_feed.c look for it */
	buf_text(&b, "{\"address\":\"");
	for (const char *p = e->address; *p; p++)
		if (*p > ' ' && *p <= '~' && *p != '"' && *p != '\\')
			buf_add(&b, p, 1);
	buf_text(&b, "\"");
	put_text(&b, "change", e->change);
	if (e->connection >= 0)
		buf_printf(&b, ",\"connection\":%lld", (long long)e->connection);
	if (e->kind)
		put_text(&b, "kind", e->kind);
	if (e->agent)
		put_text(&b, "agent", e->agent);
	if (e->version)
		buf_printf(&b, ",\"version\":%d", (int)e->version);
	if (e->until)
		buf_printf(&b, ",\"until\":%lld", (long long)e->until);
	if (e->why)
		put_text(&b, "why", e->why);
	buf_text(&b, "}");
	buf_add(&b, "", 1);
	st = buf_status(&b);
	if (st == ST_OK)
		st = store_event_add_beside(n->db, clock_wall_ms(), "peer",
					    (const char *)b.p);
	buf_free(&b);
	return st;
}

enum status event_peer_untold(struct node *n)
{
	char json[100];

	if (!n->peer_untold)
		return ST_OK;
	snprintf(json, sizeof(json), "{\"address\":\"\",\"change\":\"untold\","
		 "\"count\":%u}", n->peer_untold);
	n->peer_untold = 0;
	return store_event_add_beside(n->db, clock_wall_ms(), "peer", json);
}

enum status event_peer(struct node *n, const struct peer_event *e)
{
	int64_t now = clock_mono_ms(), more = PEER_ROWS_AT_ONCE;
	enum status st;

	if (n->peer_told_ms)
		more = (now - n->peer_told_ms) / PEER_ROW_EVERY_MS;
	if (more) {
		n->peer_told_ms = now;
		n->peer_rows_left += more;
	}
	if (n->peer_rows_left > PEER_ROWS_AT_ONCE)
		n->peer_rows_left = PEER_ROWS_AT_ONCE;
	if (n->peer_rows_left <= 0) {
		n->peer_untold++;
		return ST_OK;
	}
	n->peer_rows_left--;
	st = event_peer_untold(n);
	return st == ST_OK ? write_peer(n, e) : st;
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
