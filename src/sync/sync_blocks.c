/* SPDX-License-Identifier: MIT */
/*
 * The window: the next few blocks of the branch we want, lowest first. Each is
 * wanted, asked for, or here; the first is given to the node as soon as it is
 * here. A slot keeps its number (seq) while its block is on the way, so that a
 * late second answer finds no slot and is dropped.
 */
#include "sync/sync_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "node/chain/accept.h"
#include "node/query/query.h"

void sync_blocks_clear(struct sync *s)
{
	for (unsigned i = 0; i < s->n_slots; i++)
		buf_free(&s->slots[i].body);
	s->n_slots = 0;
	s->n_wanted = s->at_wanted = 0;
}

static void drop_first(struct sync *s)
{
	buf_free(&s->slots[0].body);
	s->n_slots--;
	memmove(s->slots, s->slots + 1, s->n_slots * sizeof(*s->slots));
}

/* The branch of one peer, as far as it is not here. */
static enum status list_branch(struct sync *s, const struct sync_peer *p)
{
	struct block_info b;
	bool wanted = true;
	enum status st = ST_OK;

	s->n_wanted = s->at_wanted = 0;
	if (p->n_branch)
		st = query_is_wanted(s->node, &p->branch[p->n_branch - 1],
				     &wanted);
	if (st != ST_OK || !wanted)
		return st;
	for (size_t i = 0; i < p->n_branch && s->n_wanted < SYNC_WANTED_MAX; i++) {
		st = query_block(s->node, &p->branch[i], &b);
		if (st == ST_NOT_FOUND || (st == ST_OK && b.invalid))
			return ST_OK;
		if (st != ST_OK)
			return st;
		if (!b.has_data)
			s->wanted[s->n_wanted++] = p->branch[i];
	}
	return ST_OK;
}

static enum status list_best(struct sync *s)
{
	struct blkid *ids;
	uint32_t n;
	enum status st;

	arena_reset(&s->arena);
	st = query_missing_blocks(s->node, SYNC_WANTED_MAX, &s->arena, &ids, &n);
	if (st != ST_OK)
		return st;
	memcpy(s->wanted, ids, n * sizeof(*ids));
	s->n_wanted = n;
	s->at_wanted = 0;
	return ST_OK;
}

/* Looks for more to fetch when the list is used up. */
static enum status list_more(struct sync *s)
{
	enum status st = ST_OK;

	if (!s->best_is_gone)
		return list_best(s);
	while (st == ST_OK && s->at_wanted == s->n_wanted &&
	       s->fallback < s->n_peers) {
		s->only = (int)s->fallback;
		if (s->peers[s->fallback].stage == STAGE_READY)
			st = list_branch(s, &s->peers[s->fallback]);
		s->fallback++;
	}
	return st;
}

static void fill_window(struct sync *s)
{
	while (s->n_slots < SYNC_WINDOW && s->at_wanted < s->n_wanted) {
		struct sync_slot *slot = &s->slots[s->n_slots++];

		*slot = (struct sync_slot){
			.id = s->wanted[s->at_wanted++],
			.seq = s->next_seq++,
		};
		buf_init(&slot->body, 0);
	}
}

/* The peer to ask for a slot: has not been asked for it, can be asked, has the
 * least on its way; -1 when there is none. *later: one will be, perhaps. */
static int pick_peer(const struct sync *s, const struct sync_slot *slot,
		     bool *later)
{
	int best = -1;

	*later = false;
	for (unsigned i = 0; i < s->n_peers; i++) {
		const struct sync_peer *p = &s->peers[i];

		if (slot->tried >> i & 1 || (s->only >= 0 && s->only != (int)i))
			continue;
		if (p->stage == STAGE_ASKED)
			*later = true;
		if (p->stage != STAGE_READY || !p->offers)
			continue;
		if (p->in_flight >= SYNC_PER_PEER)
			*later = true;
		else if (best < 0 || p->in_flight < s->peers[best].in_flight)
			best = (int)i;
	}
	return best;
}

static enum status ask(struct sync *s, struct sync_slot *slot, int i)
{
	struct peer_at at = sync_peer_at(s, (unsigned)i, slot->seq);

	slot->tried |= UINT64_C(1) << i;
	slot->state = SLOT_ASKED;
	slot->asked++;
	slot->asked_at_ms = clock_mono_ms();
	s->peers[i].in_flight++;
	return peer_ask_block(s->fetch, &at, &slot->id);
}

/* Asks for what is wanted, and again for what is late. *stuck: the first block
 * is wanted and nobody is left to ask. */
static enum status ask_all(struct sync *s, bool *stuck)
{
	int64_t now = clock_mono_ms();
	enum status st = ST_OK;

	*stuck = false;
	for (unsigned k = 0; st == ST_OK && k < s->n_slots; k++) {
		struct sync_slot *slot = &s->slots[k];
		bool late = k == 0 && slot->state == SLOT_ASKED &&
			    now - slot->asked_at_ms > SYNC_HEDGE_MS;
		bool later;
		int i;

		if (slot->state != SLOT_WANTED && !late)
			continue;
		i = pick_peer(s, slot, &later);
		if (i >= 0)
			st = ask(s, slot, i);
		else if (k == 0 && slot->state == SLOT_WANTED && !later)
			*stuck = true;
	}
	return st;
}

/* The first block was judged. */
static enum status judged(struct sync *s, const struct block_result *b)
{
	struct sync_slot *slot = &s->slots[0];
	unsigned from = slot->from;
	char why[PEER_WHY_SIZE], reason[100];
	enum status st;

	if (b->verdict.code == VALID) {
		s->report.replaced |= b->tip_changed;
		s->report.blocks += !b->known;
		s->peers[from].report->blocks += !b->known;
		drop_first(s);
		return ST_OK;
	}
	verdict_reject(reason, sizeof(reason), &b->verdict);
	snprintf(why, sizeof(why), "invalid block: %s", reason);
	st = sync_is_lie(&b->verdict) ? sync_peer_lied(s, from, why)
				      : sync_peer_failed(s, from, why);
	/* bytes that are not what the header stands for: another may have them */
	if (verdict_class(b->verdict.code) == VC_MUTATED) {
		buf_free(&slot->body);
		slot->state = slot->asked ? SLOT_ASKED : SLOT_WANTED;
		return st;
	}
	/* the branch is dead, or no further today: see what is best now */
	if (!sync_is_lie(&b->verdict))
		s->best_is_gone = true;
	sync_blocks_clear(s);
	return st;
}

static enum status connect_all(struct sync *s)
{
	enum status st = ST_OK;

	while (st == ST_OK && s->n_slots && s->slots[0].state == SLOT_HERE) {
		struct sync_slot *slot = &s->slots[0];
		struct block_result b;

		st = node_accept_block(s->node, slot->body.p, slot->body.len,
				       s->peers[slot->from].info.url, &b);
		if (st == ST_OK)
			st = judged(s, &b);
		/* results and the time are looked at between blocks */
		if (s->o.stop && *s->o.stop)
			break;
		if (clock_mono_ms() >= s->deadline_ms)
			break;
	}
	return st;
}

static bool anybody_offers(const struct sync *s)
{
	for (unsigned i = 0; i < s->n_peers; i++) {
		if (s->peers[i].offers && s->peers[i].stage != STAGE_DROPPED)
			return true;
	}
	return false;
}

enum status sync_blocks_step(struct sync *s, bool *busy)
{
	bool stuck = false;
	enum status st;

	*busy = false;
	st = connect_all(s);
	if (st != ST_OK)
		return st;
	if (!anybody_offers(s)) {
		sync_blocks_clear(s);
		return ST_OK;
	}
	if (s->n_slots == 0 && s->at_wanted == s->n_wanted)
		st = list_more(s);
	fill_window(s);
	if (st == ST_OK)
		st = ask_all(s, &stuck);
	if (stuck) {
		/* nobody delivers it: the next branch */
		s->best_is_gone = true;
		sync_blocks_clear(s);
		*busy = s->fallback < s->n_peers;
		return st;
	}
	*busy = s->n_slots > 0 || s->at_wanted < s->n_wanted ||
		(s->best_is_gone && s->fallback < s->n_peers);
	return st;
}

static struct sync_slot *slot_of(struct sync *s, uint64_t seq)
{
	for (unsigned k = 0; k < s->n_slots; k++) {
		if (s->slots[k].seq == seq)
			return &s->slots[k];
	}
	return NULL;
}

enum status sync_blocks_result(struct sync *s, unsigned i,
			       const struct fetch_result *r)
{
	struct sync_slot *slot = slot_of(s, r->tag);
	char why[PEER_WHY_SIZE];
	struct bytes raw;
	enum status st;

	s->peers[i].in_flight--;
	if (!slot)
		return ST_OK;
	slot->asked--;
	if (slot->state == SLOT_HERE)
		return ST_OK;
	if (!slot->asked)
		slot->state = SLOT_WANTED;
	if (s->peers[i].stage == STAGE_DROPPED)
		return ST_OK;
	st = peer_read_block(r, &slot->id, &raw, why);
	if (st == ST_OK) {
		buf_init(&slot->body, raw.len);
		buf_bytes(&slot->body, raw);
		if (buf_status(&slot->body) != ST_OK)
			return ST_NOMEM;
		slot->state = SLOT_HERE;
		slot->from = i;
		return ST_OK;
	}
	if (st == ST_NOMEM || st == ST_NOT_FOUND || st == ST_BUSY)
		return st == ST_NOMEM ? st : ST_OK;
	if (st == ST_TOO_BIG || st == ST_PARSE)
		return sync_peer_lied(s, i, why);
	return sync_peer_failed(s, i, why);
}
