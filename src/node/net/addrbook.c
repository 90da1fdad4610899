/* SPDX-License-Identifier: MIT */
/* See addrbook.h. */
#include "node/net/addrbook.h"

#include "crypto/rand.h"
#include "node/core/priv.h"
#include "store/store_address.h"

#define HORIZON_S (30 * 86400)	/* nobody heard of it for so long */
#define RETRIES 3		/* that never succeeded */
#define FAILURES_MAX 10		/* in a row, MIN_FAIL_S after the last success */
#define MIN_FAIL_S (7 * 86400)
#define JUST_TRIED_S 60
#define RECENT_S 600
#define DRAWS 100
#define ROOM_DRAWS 8
#define ANCHORS_MAX 2
#define SAMPLE_MAX 1000
#define SAMPLE_PERCENT 23
#define CONNECTED_STEP_S (20 * 60)

static int64_t random63(void)
{
	uint64_t v = 0;

	/* without randomness the book still works, less evenly */
	if (rand_bytes(&v, sizeof(v)) != ST_OK)
		v = 0x5bd1e995u;
	return (int64_t)(v >> 1);
}

/* Whether nothing is lost when it goes. */
static bool is_hopeless(const struct known_address *a, int64_t now)
{
	if (a->tried_at && a->tried_at >= now - JUST_TRIED_S)
		return false;
	if (a->seen_at > now + RECENT_S || now - a->seen_at > HORIZON_S)
		return true;
	if (!a->success_at && a->failures >= RETRIES)
		return true;
	return now - a->success_at > MIN_FAIL_S && a->failures >= FAILURES_MAX;
}

/* Makes room for one that was never tried; ST_FULL when there is none. */
static enum status room_among(struct node *n, const struct net_addr *source,
			      const struct net_addr *of, int64_t count, int64_t max)
{
	struct known_address old;
	enum status st = ST_OK;

	if (count < max)
		return ST_OK;
	for (unsigned i = 0; i < ROOM_DRAWS; i++) {
		/* what lies behind the last one begins again at the first */
		int64_t pick = i ? random63() : 0;

		if (of)
			st = store_address_draw_source(n->db, source, of, pick,
						       &old);
		else
			st = store_address_draw(n->db, false, NULL, pick, &old);
		if (st != ST_OK && st != ST_NOT_FOUND)
			return st;
		if (st == ST_OK && is_hopeless(&old, node_now_s(n)))
			return store_address_delete(n->db, old.id);
	}
	return ST_FULL;
}

static enum status add_new(struct node *n, const struct known_address *a,
			   const struct net_addr *source, int64_t *fresh)
{
	int64_t mine, group;
	enum status st = store_address_count_source(n->db, source, NULL, &mine);

	if (st == ST_OK)
		st = store_address_count_source(n->db, source, &a->at, &group);
	if (st == ST_OK)
		st = room_among(n, source, &a->at, group,
				ADDRBOOK_SOURCE_GROUP_MAX);
	if (st == ST_OK && mine >= ADDRBOOK_SOURCE_MAX)
		st = ST_FULL;
	if (st == ST_OK)
		st = room_among(n, source, NULL, *fresh, ADDRBOOK_FRESH_MAX);
	if (st == ST_OK)
		st = store_address_add(n->db, a, source, random63());
	if (st == ST_OK)
		++*fresh;
	return st;
}

/* A known one was told of again. */
static enum status bring_up(struct node *n, struct known_address *old,
			    const struct known_address *a)
{
	int64_t now = node_now_s(n);
	/* one that is connected now and then is not news each time */
	int64_t step_s = now - a->seen_at < 86400 ? 3600 : 86400;
	uint64_t services = old->services | a->services;

	if (services == old->services && a->seen_at <= old->seen_at + step_s)
		return ST_OK;
	if (a->seen_at > old->seen_at)
		old->seen_at = a->seen_at;
	old->services = services;
	return store_address_update(n->db, old);
}

static enum status add_one(struct node *n, struct known_address a,
			   const struct net_addr *source, int64_t penalty_s,
			   int64_t *fresh, uint32_t *added)
{
	struct known_address old;
	enum status st;

	if (!net_addr_equal(&a.at, source))
		a.seen_at -= penalty_s;
	if (a.seen_at < 0)
		a.seen_at = 0;
	st = store_address_get(n->db, &a.at, &old);
	if (st == ST_OK)
		return bring_up(n, &old, &a);
	if (st != ST_NOT_FOUND)
		return st;
	st = add_new(n, &a, source, fresh);
	if (st == ST_OK)
		++*added;
	return st == ST_FULL ? ST_OK : st;
}

enum status addrbook_add(struct node *n, const struct known_address *v,
			 uint32_t count, const struct net_addr *source,
			 int64_t penalty_s, uint32_t *added)
{
	struct address_counts c;
	enum status st = node_write_begin(n);

	*added = 0;
	if (st != ST_OK)
		return st;
	st = store_address_count(n->db, &c);
	for (uint32_t i = 0; st == ST_OK && i < count; i++)
		st = add_one(n, v[i], source, penalty_s, &c.fresh, added);
	return node_write_end(n, st);
}

/* A place among the tried: the group's oldest success goes back to the others
 * when the group has its share. */
static enum status room_among_tried(struct node *n, const struct net_addr *at)
{
	struct known_address old;
	struct address_counts c;
	int64_t group;
	enum status st = store_address_count_group(n->db, true, at, &group);

	if (st == ST_OK)
		st = store_address_count(n->db, &c);
	if (st != ST_OK || (group < ADDRBOOK_TRIED_GROUP_MAX &&
			    c.tried < ADDRBOOK_TRIED_MAX))
		return st;
	st = store_address_draw(n->db, true,
				group >= ADDRBOOK_TRIED_GROUP_MAX ? at : NULL,
				group >= ADDRBOOK_TRIED_GROUP_MAX ? 0 : random63(),
				&old);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	old.tried = false;
	return store_address_update(n->db, &old);
}

static enum status known_or_new(struct node *n, const struct net_addr *at,
				struct known_address *out)
{
	enum status st = store_address_get(n->db, at, out);

	if (st != ST_NOT_FOUND)
		return st;
	*out = (struct known_address){.at = *at, .seen_at = node_now_s(n)};
	st = store_address_add(n->db, out, at, random63());
	return st == ST_OK ? store_address_get(n->db, at, out) : st;
}

enum status addrbook_good(struct node *n, const struct net_addr *at,
			  uint64_t services)
{
	struct known_address a;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = known_or_new(n, at, &a);
	if (st == ST_OK && !a.tried)
		st = room_among_tried(n, at);
	if (st == ST_OK) {
		a.tried = true;
		a.tried_at = a.success_at = node_now_s(n);
		a.failures = 0;
		if (services)
			a.services = services;
		st = store_address_update(n->db, &a);
	}
	return node_write_end(n, st);
}

/* Changes one that is known; nothing happens to others. */
static enum status change(struct node *n, const struct net_addr *at,
			  void (*how)(struct known_address *a, int64_t now))
{
	struct known_address a;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_address_get(n->db, at, &a);
	if (st == ST_OK) {
		how(&a, node_now_s(n));
		st = store_address_update(n->db, &a);
	}
	return node_write_end(n, st == ST_NOT_FOUND ? ST_OK : st);
}

static void was_tried(struct known_address *a, int64_t now)
{
	a->tried_at = now;
	a->failures++;
}

enum status addrbook_attempt(struct node *n, const struct net_addr *at)
{
	return change(n, at, was_tried);
}

static void was_connected(struct known_address *a, int64_t now)
{
	if (now - a->seen_at > CONNECTED_STEP_S)
		a->seen_at = now;
}

enum status addrbook_connected(struct node *n, const struct net_addr *at)
{
	return change(n, at, was_connected);
}

/* Of 1,000: how often a draw of this one holds. */
static int64_t odds(const struct known_address *a, int64_t now)
{
	int64_t v = 1000;

	if (now - a->tried_at < RECENT_S)
		v = 10;
	for (int64_t i = 0; i < a->failures && i < 8; i++)
		v = v * 66 / 100;
	return v;
}

enum status addrbook_draw(struct node *n, bool fresh, struct known_address *out)
{
	int64_t now = node_now_s(n), slack = 1;
	bool own, tried;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = ST_NOT_FOUND;
	for (unsigned i = 0; i < DRAWS; i++) {
		tried = !fresh && random63() & 1;
		st = store_address_draw(n->db, tried, NULL, random63(), out);
		if (st == ST_NOT_FOUND)
			st = store_address_draw(n->db, tried, NULL, 0, out);
		if (st != ST_OK && st != ST_NOT_FOUND)
			break;
		/* each draw in vain makes the next more likely to hold */
		if (st == ST_OK && random63() % 1000 < odds(out, now) * slack)
			break;
		slack += i / 8;
	}
	node_read_end(n, own);
	return st;
}

enum status addrbook_anchors(struct node *n, struct known_address *out,
			     uint32_t max, uint32_t *count)
{
	int64_t after = 0;
	enum status st = node_write_begin(n);

	*count = 0;
	if (st != ST_OK)
		return st;
	while (st == ST_OK && *count < max) {
		st = store_address_anchor_next(n->db, after, &out[*count]);
		if (st == ST_OK)
			after = out[(*count)++].id;
	}
	if (st == ST_OK || st == ST_NOT_FOUND)
		st = store_address_anchors_clear(n->db);
	return node_write_end(n, st);
}

enum status addrbook_set_anchors(struct node *n, const struct net_addr *v,
				 uint32_t n_v)
{
	struct known_address a;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_address_anchors_clear(n->db);
	for (uint32_t i = 0; st == ST_OK && i < n_v && i < ANCHORS_MAX; i++) {
		st = known_or_new(n, &v[i], &a);
		a.anchor = true;
		if (st == ST_OK)
			st = store_address_update(n->db, &a);
	}
	return node_write_end(n, st);
}

struct sample {
	struct known_address *at;
	uint32_t n;
	int64_t now;
};

static void take(void *user, const struct known_address *a)
{
	struct sample *s = user;

	if (!is_hopeless(a, s->now))
		s->at[s->n++] = *a;
}

enum status addrbook_sample(struct node *n, struct arena *a,
			    struct known_address **out, uint32_t *count)
{
	struct sample s = {.now = node_now_s(n)};
	struct address_counts c;
	int64_t max;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	if (st != ST_OK)
		return st;
	st = store_address_count(n->db, &c);
	max = st == ST_OK ? (c.fresh + c.tried) * SAMPLE_PERCENT / 100 : 0;
	max = max < SAMPLE_MAX ? max : SAMPLE_MAX;
	s.at = arena_array(a, (size_t)max + 1, struct known_address);
	if (st == ST_OK)
		st = s.at ? store_address_sample(n->db, max, take, &s) : ST_NOMEM;
	node_read_end(n, own);
	*out = s.at;
	*count = s.n;
	return st;
}
