/* SPDX-License-Identifier: MIT */
/* See peers.h. */
#include "node/net/peers.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/url.h"
#include "crypto/rand.h"
#include "node/core/events.h"
#include "node/core/priv.h"
#include "node/net/identity.h"
#include "store/store_peer.h"

/* Peers that were never reached, at most: registering is open to anybody. */
#define PENDING_MAX 200
#define PEERS_MAX 2000
#define BACKOFF_FIRST_S 15
#define BACKOFF_MAX_S 3600
#define BAN_S 86400
#define SCORE_MAX 100
#define ANNOUNCEMENTS_KEPT 10000

const char *peer_state_name(enum peer_state s)
{
	switch (s) {
	case PEER_NEW:
		return "new";
	case PEER_ACTIVE:
		return "active";
	case PEER_FAILING:
		return "failing";
	case PEER_BANNED:
		return "banned";
	}
	return "new";
}

static enum peer_state state_of(const char *name)
{
	for (enum peer_state s = PEER_NEW; s <= PEER_BANNED; s++) {
		if (!strcmp(name, peer_state_name(s)))
			return s;
	}
	return PEER_NEW;
}

static void fill(struct peer_info *out, const struct peer_row *row)
{
	*out = (struct peer_info){
		.id = row->id,
		.state = state_of(row->state),
		.added_at = row->added_at,
		.seen_at = row->seen_at,
		.tried_at = row->tried_at,
		.next_try_at = row->next_try_at,
		.failures = row->failures,
		.score = row->score,
		.tip = row->tip,
		.height = row->height,
	};
	snprintf(out->url, sizeof(out->url), "%s", row->url);
	snprintf(out->source, sizeof(out->source), "%s", row->source);
	snprintf(out->why, sizeof(out->why), "%s", row->why);
	snprintf(out->pin, sizeof(out->pin), "%s", row->pin);
	memcpy(out->key, row->node_key, sizeof(out->key));
	/* a ban ends by itself */
	if (out->state == PEER_BANNED && row->next_try_at <= clock_wall_s())
		out->state = PEER_FAILING;
}

enum status peers_add(struct node *n, const char *url, const char *source,
		      int64_t *id, bool *added)
{
	int64_t all, pending;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_peer_add(n->db, url, source, node_now_s(n), id, added);
	if (st == ST_OK && *added) {
		st = store_peer_count(n->db, &all, &pending);
		if (st == ST_OK && (pending > PENDING_MAX || all > PEERS_MAX))
			st = ST_FULL;
	}
	return node_write_end(n, st);
}

static enum status list(struct node *n, struct arena *a, bool p2p,
			struct peer_info **out, uint32_t *count)
{
	int64_t all, pending, after = 0;
	struct peer_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_peer_count(n->db, &all, &pending);
	if (st == ST_OK) {
		*out = arena_array(a, (size_t)all, struct peer_info);
		st = *out ? ST_OK : ST_NOMEM;
	}
	while (st == ST_OK && *count < all) {
		st = store_peer_next(n->db, after, &row);
		if (st != ST_OK)
			break;
		after = row.id;
		if (url_is_p2p(row.url) != p2p)
			all--;
		else
			fill(&(*out)[(*count)++], &row);
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status peers_list(struct node *n, struct arena *a, struct peer_info **out,
		       uint32_t *count)
{
	return list(n, a, false, out, count);
}

enum status peers_list_p2p(struct node *n, struct arena *a,
			   struct peer_info **out, uint32_t *count)
{
	return list(n, a, true, out, count);
}

enum status peers_get(struct node *n, const char *url, struct peer_info *out)
{
	struct peer_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_peer_by_url(n->db, url, &row);
	node_read_end(n, own);
	if (st == ST_OK)
		fill(out, &row);
	return st;
}

/* Seconds until the next try after this many failures, with up to a quarter of
 * jitter so that nodes do not knock in step. */
static int64_t backoff_s(int64_t failures)
{
	int64_t s = BACKOFF_FIRST_S;
	uint16_t r = 0;

	for (int64_t i = 1; i < failures && s < BACKOFF_MAX_S; i++)
		s *= 2;
	s = s < BACKOFF_MAX_S ? s : BACKOFF_MAX_S;
	if (rand_bytes(&r, sizeof(r)) != ST_OK)
		r = 0;
	return s + s * r / 65536 / 4;
}

static bool is_zero(const uint8_t key[NODEPROOF_KEY_SIZE])
{
	static const uint8_t none[NODEPROOF_KEY_SIZE];

	return memcmp(key, none, sizeof(none)) == 0;
}

/* Those of Bitcoin's protocol are told of by their connections. */
static enum status tell_change(struct node *n, const struct peer_row *row,
			       const char *was, const char *why)
{
	const struct peer_event e = {
		.address = row->url,
		.change = row->state,
		.connection = -1,
		.why = *why ? why : NULL,
	};

	if (strcmp(row->state, was) == 0 ||
	    strncmp(row->url, "bitcoin:", strlen("bitcoin:")) == 0)
		return ST_OK;
	return event_peer(n, &e);
}

/* Loads, changes by `how`, writes. */
enum outcome { GOOD, BAD, LIED, FORGIVEN };

static enum status record(struct node *n, int64_t id, enum outcome how,
			  const struct peer_row *news, const char *why)
{
	char was[sizeof(((struct peer_row *)0)->state)];
	struct peer_row row;
	int64_t now = node_now_s(n);
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_peer_next(n->db, id - 1, &row);
	if (st == ST_OK && row.id != id)
		st = ST_NOT_FOUND;
	if (st != ST_OK)
		return node_write_end(n, st);
	snprintf(was, sizeof(was), "%s", row.state);
	row.tried_at = now;
	snprintf(row.why, sizeof(row.why), "%s", why);
	switch (how) {
	case GOOD:
		snprintf(row.state, sizeof(row.state), "active");
		row.seen_at = now;
		row.next_try_at = now;
		row.failures = 0;
		row.score += row.score < SCORE_MAX;
		row.tip = news->tip;
		row.height = news->height;
		if (news->pin[0])
			memcpy(row.pin, news->pin, sizeof(row.pin));
		if (!is_zero(news->node_key))
			memcpy(row.node_key, news->node_key, sizeof(row.node_key));
		break;
	case BAD:
		snprintf(row.state, sizeof(row.state), "failing");
		row.failures++;
		row.score -= row.score > -SCORE_MAX;
		row.next_try_at = now + backoff_s(row.failures);
		break;
	case LIED:
		snprintf(row.state, sizeof(row.state), "banned");
		row.failures++;
		row.score = -SCORE_MAX;
		row.next_try_at = now + BAN_S;
		break;
	case FORGIVEN:
		snprintf(row.state, sizeof(row.state), "new");
		row.failures = row.score = 0;
		row.next_try_at = now;
		break;
	}
	st = store_peer_update(n->db, &row);
	if (st == ST_OK)
		st = tell_change(n, &row, was, why);
	return node_write_end(n, st);
}

bool peers_is_same(struct node *n, const struct peer_info *info,
		   const uint8_t key[NODEPROOF_KEY_SIZE], char why[160])
{
	uint8_t own[NODEPROOF_KEY_SIZE];

	if (!is_zero(info->key)) {
		snprintf(why, 160, "it proves another key than before; if its "
			 "operator says so, remove it and add it again");
		return memcmp(info->key, key, sizeof(info->key)) == 0;
	}
	snprintf(why, 160, "it is this node itself");
	return identity_key(n, own) != ST_OK || memcmp(own, key, sizeof(own));
}

enum status peers_good(struct node *n, int64_t id, const struct blkid *tip,
		       int64_t height, const char *pin, const uint8_t *key)
{
	struct peer_row news = {.height = tip ? height : -1};

	if (tip)
		news.tip = *tip;
	if (key)
		memcpy(news.node_key, key, sizeof(news.node_key));
	snprintf(news.pin, sizeof(news.pin), "%s", pin ? pin : "");
	return record(n, id, GOOD, &news, "");
}

enum status peers_bad(struct node *n, int64_t id, const char *why)
{
	return record(n, id, BAD, NULL, why);
}

enum status peers_ban(struct node *n, int64_t id, const char *why)
{
	return record(n, id, LIED, NULL, why);
}

enum status peers_unban(struct node *n, int64_t id)
{
	return record(n, id, FORGIVEN, NULL, "");
}

enum status peers_remove(struct node *n, const char *url)
{
	struct peer_row row;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_peer_by_url(n->db, url, &row);
	if (st == ST_OK)
		st = store_peer_delete(n->db, row.id);
	return node_write_end(n, st);
}

enum status peers_announced(struct node *n, int64_t id, const char *kind,
			    const struct hash256 *hash, bool ok,
			    const char *note)
{
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_announcement_add(n->db, clock_wall_ms(), id, kind, hash, ok,
				    note);
	if (st == ST_OK && db_last_id(n->db) % 500 == 0)
		st = store_announcement_trim(n->db, ANNOUNCEMENTS_KEPT);
	return node_write_end(n, st);
}
