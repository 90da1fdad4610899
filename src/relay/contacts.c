/* SPDX-License-Identifier: MIT */
/*
 * Peers. A new one is asked for its status; only when that shows our chain it
 * becomes active and is sent news. Active ones are asked again now and then:
 * one that has more work than we do makes us catch up from it.
 */
#include "relay/relay.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "node/finality/finality.h"
#include "node/query/query.h"

#define REFRESH_MS 2000
#define POLL_MS 10000
#define POLL_JITTER_MS 2000
#define NOTE_MS 60000
#define PEERS_MS 600000
#define FAILURES_MAX 40	/* in a row, about a day and a half */
#define ASTRAY_MAX 6	/* up to 640 s */
#define ASKED_MAX 24		/* handshakes and polls at once */

static struct peer_at at_of(struct contact *c)
{
	return (struct peer_at){.url = c->info.url, .pin = c->info.pin, .owner = c};
}

enum status contact_failed(struct relay *r, struct contact *c, const char *why)
{
	if (c->info.state == PEER_ACTIVE)
		log_warn("%s: %s", c->info.url, why);
	c->info.state = PEER_FAILING;
	/* the row knows when to try again: see the next refresh */
	c->info.next_try_at = INT64_MAX;
	if (c->info.failures >= FAILURES_MAX &&
	    strcmp(c->info.source, "operator") != 0) {
		log_info("%s is forgotten: %s", c->info.url, why);
		return peers_remove(r->node, c->info.url);
	}
	return peers_bad(r->node, c->info.id, why);
}

enum status contact_lied(struct relay *r, struct contact *c, const char *why)
{
	log_warn("%s is banned: %s", c->info.url, why);
	c->info.state = PEER_BANNED;
	return peers_ban(r->node, c->info.id, why);
}

static struct contact *find(struct relay *r, int64_t id)
{
	for (unsigned i = 0; i < r->n_contacts; i++) {
		if (r->contacts[i]->info.id == id)
			return r->contacts[i];
	}
	return NULL;
}

static void merge(struct relay *r, const struct peer_info *info)
{
	struct contact *c = find(r, info->id);

	if (!c && r->n_contacts == RELAY_CONTACTS_MAX)
		return;
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			return;
		c->place = r->head;
		r->contacts[r->n_contacts++] = c;
	}
	c->listed = true;
	/* what is on its way will say something newer */
	if (!c->asked || info->state == PEER_BANNED)
		c->info = *info;
}

static void forget_unlisted(struct relay *r)
{
	for (unsigned i = 0; i < r->n_contacts;) {
		struct contact *c = r->contacts[i];

		if (c->listed) {
			i++;
			continue;
		}
		fetch_drop_owner(r->fetch, c);
		free(c);
		r->contacts[i] = r->contacts[--r->n_contacts];
	}
}

static enum status refresh(struct relay *r)
{
	struct peer_info *all;
	enum status st;
	uint32_t n;

	arena_reset(&r->arena);
	st = peers_list(r->node, &r->arena, &all, &n);
	if (st != ST_OK)
		return st;
	for (unsigned i = 0; i < r->n_contacts; i++)
		r->contacts[i]->listed = false;
	for (uint32_t i = 0; i < n; i++) {
		if (strcmp(all[i].url, r->own.text) != 0)
			merge(r, &all[i]);
	}
	forget_unlisted(r);
	r->refresh_ms = clock_mono_ms() + REFRESH_MS;
	return ST_OK;
}

static bool is_due(const struct relay *r, const struct contact *c, int64_t now_ms)
{
	if (c->asked)
		return false;
	switch (c->info.state) {
	case PEER_NEW:
	case PEER_FAILING:
		return c->info.next_try_at <= node_now_s(r->node);
	case PEER_ACTIVE:
		return c->poll_ms <= now_ms;
	case PEER_BANNED:
		return false;
	}
	return false;
}

static enum status ask_status(struct relay *r, struct contact *c)
{
	struct peer_at at = at_of(c);
	/* peers are not asked all at the same moment */
	int64_t jitter = (int64_t)(c->info.id * 7919 % POLL_JITTER_MS);

	enum status st = peer_challenge(c->challenge);

	c->asked = true;
	c->poll_ms = clock_mono_ms() + POLL_MS + jitter;
	return st == ST_OK ? peer_ask_status(r->fetch, &at, c->challenge) : st;
}

enum status contacts_step(struct relay *r, bool now)
{
	int64_t now_ms = clock_mono_ms();
	unsigned asked = 0;
	enum status st = ST_OK;

	if (now || now_ms >= r->refresh_ms)
		st = refresh(r);
	for (unsigned i = 0; i < r->n_contacts; i++)
		asked += r->contacts[i]->asked;
	for (unsigned i = 0; st == ST_OK && i < r->n_contacts; i++) {
		if (asked >= ASKED_MAX || !is_due(r, r->contacts[i], now_ms))
			continue;
		st = ask_status(r, r->contacts[i]);
		asked++;
	}
	return st;
}

static enum status good(struct relay *r, struct contact *c,
			const struct peer_status *p)
{
	int64_t now_ms = clock_mono_ms();
	bool news = c->info.state != PEER_ACTIVE || c->pin_is_new ||
		    memcmp(c->info.key, p->key, sizeof(p->key)) != 0 ||
		    !hash256_equal(&c->info.tip.h, &p->tip.h);

	if (c->info.state != PEER_ACTIVE) {
		log_info("%s is on our chain, height %lld", c->info.url,
			 (long long)p->height);
		c->place = r->head;
	}
	if (c->info.state != PEER_ACTIVE) {
		enum status st = votes_greet(r, c);

		if (st != ST_OK)
			return st;
	}
	c->info.state = PEER_ACTIVE;
	c->info.tip = p->tip;
	memcpy(c->info.key, p->key, sizeof(p->key));
	c->info.seen_at = node_now_s(r->node);
	if (!news && now_ms < c->noted_ms + NOTE_MS)
		return ST_OK;
	c->noted_ms = now_ms;
	c->pin_is_new = false;
	return peers_good(r->node, c->info.id, &p->tip, p->height, c->info.pin,
			  p->key);
}

static void want_sync(struct relay *r, const struct contact *c)
{
	if (r->sync || r->sync_wanted)
		return;
	snprintf(r->sync_url, sizeof(r->sync_url), "%s", c->info.url);
	r->sync_wanted = true;
	r->sync_retry_ms = 0;
}

/* More work counts, unless votes rule out its branch; and so does a tip that is not
 * known here while votes speak of blocks that are not here. */
static enum status is_ahead(struct relay *r, const struct peer_status *p,
			    const struct node_tip *tip, bool *ahead)
{
	struct block_info known;
	enum status st = query_is_wanted(r->node, &p->tip, ahead);

	*ahead = *ahead && u256_cmp(&p->chainwork, &tip->chainwork) > 0;
	if (st != ST_OK || *ahead || !node_has_finality(r->node))
		return st;
	st = query_block(r->node, &p->tip, &known);
	return st == ST_NOT_FOUND ? node_votes_lack_blocks(r->node, ahead) : st;
}

void contacts_synced(struct relay *r, const char *url,
		     const struct sync_report *p)
{
	for (unsigned i = 0; i < r->n_contacts; i++) {
		struct contact *c = r->contacts[i];

		if (strcmp(c->info.url, url) != 0)
			continue;
		if (!p->n_peers || !p->peers[0].astray) {
			c->astray = 0;
			c->astray_ms = 0;
			continue;
		}
		if (c->astray < ASTRAY_MAX)
			c->astray++;
		c->astray_ms = clock_mono_ms() + ((int64_t)POLL_MS << c->astray);
	}
}

static enum status take_status(struct relay *r, struct contact *c,
			       const struct peer_status *p)
{
	struct peer_at at = at_of(c);
	char why[PEER_WHY_SIZE];
	struct node_tip tip;
	bool ahead;
	enum status st;

	if (!hash256_equal(&p->genesis.h, &node_params(r->node)->genesis_id.h))
		return contact_lied(r, c, "another chain");
	if (!peers_is_same(r->node, &c->info, p->key, why))
		return contact_failed(r, c, why);
	st = good(r, c, p);
	if (st == ST_OK)
		st = node_tip(r->node, &tip);
	if (st != ST_OK)
		return st;
	st = votes_ask(r, c, p->votes);
	if (st == ST_OK)
		st = is_ahead(r, p, &tip, &ahead);
	if (st != ST_OK)
		return st;
	if (ahead && clock_mono_ms() >= c->astray_ms)
		want_sync(r, c);
	if (clock_mono_ms() >= c->peers_ms) {
		c->peers_ms = clock_mono_ms() + PEERS_MS;
		c->asked = true;
		st = peer_ask_peers(r->fetch, &at);
	}
	return st;
}

static enum status status_result(struct relay *r, struct contact *c,
				 const struct fetch_result *f)
{
	struct peer_at at = at_of(c);
	struct peer_status status;
	char why[PEER_WHY_SIZE];
	enum status st;

	/* trust on first use, and only then: as in sync */
	if (f->tls == FETCH_TLS_UNTRUSTED && !c->info.pin[0] && !c->info.seen_at) {
		c->asked = true;
		return peer_ask_probe(r->fetch, &at);
	}
	st = peer_read_status(f, c->info.url, c->challenge, &status, why);
	if (st == ST_OK)
		return take_status(r, c, &status);
	if (st == ST_NOMEM || st == ST_CANCELLED)
		return st;
	if (st == ST_TOO_BIG)
		return contact_lied(r, c, why);
	return contact_failed(r, c, why);
}

struct learning {
	struct relay *relay;
	enum status st;
};

static void learn(void *user, const char *url)
{
	struct learning *l = user;
	int64_t id;
	bool added;

	if (l->st != ST_OK || strcmp(url, l->relay->own.text) == 0)
		return;
	l->st = peers_add(l->relay->node, url, "peer", &id, &added);
}

static enum status peers_result(struct relay *r, const struct fetch_result *f)
{
	struct learning l = {r, ST_OK};
	char why[PEER_WHY_SIZE];
	enum status st;

	/* a node that tells of no others is still a good one */
	st = peer_read_peers(f, r->allow_http, learn, &l, why);
	if (st == ST_NOMEM)
		return st;
	return l.st == ST_FULL ? ST_OK : l.st;
}

enum status contacts_result(struct relay *r, struct contact *c,
			    const struct fetch_result *f)
{
	c->asked = false;
	if (c->info.state == PEER_BANNED)
		return ST_OK;
	switch (f->kind) {
	case PEER_STATUS:
		return status_result(r, c, f);
	case PEER_PROBE:
		if (f->st != ST_OK)
			return contact_failed(r, c, f->why);
		snprintf(c->info.pin, sizeof(c->info.pin), "%s", f->pin);
		c->pin_is_new = true;
		return ask_status(r, c);
	case PEER_PEERS:
		return peers_result(r, f);
	}
	return ST_OK;
}

void contacts_free(struct relay *r)
{
	for (unsigned i = 0; i < r->n_contacts; i++)
		free(r->contacts[i]);
	r->n_contacts = 0;
}
