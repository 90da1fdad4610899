/* SPDX-License-Identifier: MIT */
/*
 * Votes for finality between HTTPS peers, on chains that have it. A peer whose
 * status says that it has new ones is asked for them; ours go out as soon as they
 * come, many in one message. Who cannot use some, being behind, is given them again.
 */
#include "relay/relay.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "node/finality/finality.h"

#define AGAIN_MS 15000
#define HASTE_MS 3000

/* Whatever is not final: the peer says what it knows of it. */
enum status votes_greet(struct relay *r, struct contact *c)
{
	struct finality_info info;
	enum status st;

	if (!node_has_finality(r->node))
		return ST_OK;
	c->votes.seen = 0;
	st = node_finality(r->node, &info);
	return st == ST_OK ? node_vote_cursor(r->node, info.final.height,
					      &c->votes.place) : st;
}

enum status votes_ask(struct relay *r, struct contact *c, int64_t its_last)
{
	struct peer_at at = {.url = c->info.url, .pin = c->info.pin, .owner = c};
	struct finality_info info;
	enum status st;

	if (!node_has_finality(r->node) || c->votes.asked)
		return ST_OK;
	st = node_finality(r->node, &info);
	if (st != ST_OK)
		return st;
	/* what could not be used may be of use now */
	if (c->votes.rest && info.final.height > c->votes.final) {
		c->votes.rest = false;
		c->votes.seen = 0;
	}
	if (its_last == c->votes.seen || !its_last)
		return ST_OK;
	c->votes.asked = true;
	c->votes.final = info.final.height;
	if (c->votes.seen && its_last > c->votes.seen)
		return peer_ask_votes(r->fetch, &at, (uint64_t)c->votes.seen);
	c->votes.seen = its_last;
	c->votes.above = true;
	return peer_ask_votes_above(r->fetch, &at, info.final.height, INT64_MAX);
}

static enum status take(struct relay *r, struct contact *c, const uint8_t *raw,
			size_t n)
{
	struct vote_result *result = calloc(n, sizeof(*result));
	struct vote *vote = calloc(n, sizeof(*vote));
	bool moved;
	enum status st = result && vote ? ST_OK : ST_NOMEM;

	for (size_t i = 0; st == ST_OK && i < n; i++)
		vote_read(&vote[i], raw + i * VOTE_SIZE);
	if (st == ST_OK)
		st = node_vote_accept(r->node, vote, n, c->info.url, result,
				      &moved);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		enum verdict_code code = result[i].verdict.code;

		c->votes.rest |= code == V_VOTE_STRANGER || code == V_VOTE_FAR;
		if (code != V_VOTE_SIGNATURE && code != V_VOTE_FORM)
			continue;
		st = contact_lied(r, c, verdict_name(code));
		break;
	}
	free(result);
	free(vote);
	return st;
}

static enum status votes_came(struct relay *r, struct contact *c,
			      const struct fetch_result *f)
{
	struct peer_at at = {.url = c->info.url, .pin = c->info.pin, .owner = c};
	char why[PEER_WHY_SIZE];
	const uint8_t *raw;
	uint64_t next;
	size_t n;
	enum status st = peer_read_votes(f, &next, &raw, &n, why);

	c->votes.asked = false;
	if (st == ST_NOMEM || st == ST_CANCELLED)
		return st;
	if (st == ST_TOO_BIG || st == ST_PARSE)
		return contact_lied(r, c, why);
	if (st != ST_OK || n == 0) {
		c->votes.above = false;
		return ST_OK;
	}
	st = take(r, c, raw, n);
	if (!c->votes.above)
		c->votes.seen = (int64_t)next;
	if (st != ST_OK || n < PEER_VOTES_MAX || c->info.state != PEER_ACTIVE) {
		c->votes.above = false;
		return st;
	}
	c->votes.asked = true;
	return c->votes.above ?
		       peer_ask_votes_above(r->fetch, &at,
				le32_get(raw + (n - 1) * VOTE_SIZE + 36), next) :
		       peer_ask_votes(r->fetch, &at, next);
}

enum status votes_send(struct relay *r, struct contact *c)
{
	struct peer_at to = {.url = c->info.url, .pin = c->info.pin, .owner = c};
	struct vote *vote;
	struct blob *b;
	struct buf out;
	int64_t last;
	int n;
	enum status st;

	if (c->votes.place >= r->last_vote)
		return ST_OK;
	arena_reset(&r->arena);
	vote = arena_array(&r->arena, PEER_VOTES_MAX, struct vote);
	if (!vote)
		return ST_NOMEM;
	st = node_votes_after(r->node, c->votes.place, PEER_VOTES_MAX, vote, &n,
			      &last);
	if (st != ST_OK || n == 0)
		return st;
	buf_init(&out, PEER_VOTES_MAX * VOTE_SIZE);
	for (int i = 0; i < n; i++) {
		uint8_t raw[VOTE_SIZE];

		vote_write(raw, &vote[i]);
		buf_add(&out, raw, sizeof(raw));
	}
	b = buf_status(&out) == ST_OK ? blob_new(out.p, out.len) : NULL;
	buf_free(&out);
	st = b ? peer_send(r->fetch, &to, PEER_SEND_VOTES, b,
			   &node_params(r->node)->genesis_id) : ST_NOMEM;
	blob_drop(b);
	c->sending = st == ST_OK;
	c->votes.place = last;
	return st;
}

static enum status votes_taken(struct relay *r, struct contact *c,
			       const struct fetch_result *f)
{
	char reason[96], why[PEER_WHY_SIZE];
	enum status st = peer_read_votes_taken(f, reason, why);

	c->sending = false;
	if (st == ST_NOMEM || st == ST_CANCELLED)
		return st;
	/* it is busy, or behind */
	if (st == ST_BUSY || strcmp(reason, verdict_name(V_VOTE_STRANGER)) == 0 ||
	    strncmp(reason, "vote-too-far", 12) == 0)
		c->votes.again_ms = clock_mono_ms() + AGAIN_MS;
	return st == ST_OK || st == ST_BUSY || st == ST_NOT_FOUND ?
		       ST_OK : contact_failed(r, c, why);
}

enum status votes_result(struct relay *r, struct contact *c,
			 const struct fetch_result *f)
{
	return f->kind == PEER_VOTES ? votes_came(r, c, f) :
				       votes_taken(r, c, f);
}

/* New votes of anybody: they go out, and when they speak of blocks that are not
 * here peers are asked soon for what they have. */
enum status votes_look(struct relay *r)
{
	int64_t now_ms = clock_mono_ms(), last;
	bool lack;
	enum status st;

	if (!node_has_finality(r->node))
		return ST_OK;
	st = node_vote_last(r->node, &last);
	if (st != ST_OK || last == r->last_vote)
		return st;
	r->last_vote = last;
	if (now_ms < r->haste_ms)
		return ST_OK;
	st = node_votes_lack_blocks(r->node, &lack);
	if (st != ST_OK || !lack)
		return st;
	r->haste_ms = now_ms + HASTE_MS;
	for (unsigned i = 0; i < r->n_contacts; i++)
		r->contacts[i]->poll_ms = 0;
	return ST_OK;
}

enum status votes_step(struct relay *r, struct contact *c)
{
	if (!c->votes.again_ms || clock_mono_ms() < c->votes.again_ms)
		return ST_OK;
	c->votes.again_ms = 0;
	return votes_greet(r, c);
}
