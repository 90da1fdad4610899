/* SPDX-License-Identifier: MIT */
/* See finality.h. */
#include "node/finality/finality.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hex.h"
#include "node/chain/accept.h"
#include "node/chain/finality_state.h"
#include "node/core/events.h"
#include "store/store_event.h"

/* Votes of one key for one height whose blocks are not known here. */
#define UNPLACED_MAX 2
/* How far above the best header a target may be, in checkpoints: a node that
 * is behind may hear of votes first. */
#define AHEAD_MAX 1000

bool node_has_finality(const struct node *n)
{
	return n->params.finality_interval != 0;
}

/* --- votes in --- */

/* Rules that need no tables. */
static void judge_alone(const struct node *n, const struct vote *v,
			struct verdict *out)
{
	if (!n->params.finality_interval)
		verdict_refuse(out, V_VOTE_NONE_HERE, "%s", "");
	else if (!finality_vote_form(v, n->params.finality_interval))
		verdict_refuse(out, V_VOTE_FORM,
			       "from height %u to height %u, checkpoints being "
			       "%u apart", v->source_height, v->target_height,
			       n->params.finality_interval);
	else if (!vote_signed(v, &n->params.document))
		verdict_refuse(out, V_VOTE_SIGNATURE, "%s", "");
}

/* A stored vote of the same key that v clashes with. */
static enum status find_clash(struct node *n, const struct vote *v,
			      struct vote *other, bool *found)
{
	struct vote_list l = {0};
	enum status st = store_votes_at_height(n->db, v->key, v->target_height,
					       2, &l);

	*found = false;
	for (size_t i = 0; st == ST_OK && !*found && i < l.n; i++) {
		*found = vote_clash(v, &l.v[i]) != VOTE_AGREES;
		*other = l.v[i];
	}
	store_votes_free(&l);
	if (st == ST_OK && !*found) {
		st = store_vote_around(n->db, v, other);
		if (st == ST_NOT_FOUND)
			st = store_vote_within(n->db, v, other);
		*found = st == ST_OK;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Whether both blocks of the link are known. */
static enum status is_placed(struct node *n, const struct vote *v, bool *placed)
{
	struct block_row row;
	enum status st = store_block_by_hash(n->db, &v->target, &row);

	if (st == ST_OK)
		st = store_block_by_hash(n->db, &v->source, &row);
	*placed = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* What a key may leave here on blocks that nobody has seen is bounded; on blocks
 * that are known the blocks' work bounds it. */
static enum status judge_room(struct node *n, const struct vote *v,
			      struct verdict *out)
{
	struct vote_list l = {0};
	bool placed;
	size_t unplaced = 0;
	enum status st = is_placed(n, v, &placed);

	if (st != ST_OK || placed)
		return st;
	st = store_votes_at_height(n->db, v->key, v->target_height, 64, &l);
	for (size_t i = 0; st == ST_OK && i < l.n; i++) {
		st = is_placed(n, &l.v[i], &placed);
		unplaced += !placed;
	}
	if (st == ST_OK && unplaced >= UNPLACED_MAX)
		verdict_refuse(out, V_VOTE_MANY, "%s", "");
	store_votes_free(&l);
	return st;
}

static enum status judge_here(struct node *n, const struct vote *v, bool clashes,
			      struct verdict *out)
{
	uint64_t ahead = (uint64_t)AHEAD_MAX * n->params.finality_interval;
	struct block_row best;
	struct point_row last;
	enum status st = store_point_last_final(n->db, &last);

	if (st == ST_OK)
		st = store_block_best_header(n->db, &best);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	if (v->target_height <= last.height && !clashes) {
		verdict_refuse(out, V_VOTE_OLD, "%u is final", last.height);
		return ST_OK;
	}
	if (v->target_height > best.height + ahead) {
		verdict_refuse(out, V_VOTE_FAR, "%u, the best header is %u",
			       v->target_height, best.height);
		return ST_OK;
	}
	return judge_room(n, v, out);
}

static enum status convict(struct node *n, const struct vote *v,
			   const struct vote *other)
{
	struct evidence_row row = {
		.a = *other,
		.b = *v,
		.surround = vote_clash(v, other) == VOTE_SURROUND,
		.at = node_now_s(n),
	};
	char json[200], key[65];
	bool added;
	enum status st;

	memcpy(row.key, v->key, 32);
	st = store_evidence_add(n->db, &row, &added);
	if (st != ST_OK || !added)
		return st;
	hex_text(key, v->key, 32);
	snprintf(json, sizeof(json), "{\"key\":\"%s\",\"kind\":\"%s\"}", key,
		 row.surround ? "surround" : "double");
	return store_event_add(n->db, clock_wall_ms(), "evidence", NULL, json);
}

static enum status accept_one(struct node *n, const struct vote *v,
			      const char *source, struct vote_result *r)
{
	struct vote other;
	bool clashes;
	enum status st = store_vote_known(n->db, v, &r->known);

	if (st != ST_OK || r->known)
		return st;
	st = find_clash(n, v, &other, &clashes);
	if (st == ST_OK)
		st = judge_here(n, v, clashes, &r->verdict);
	if (st != ST_OK || r->verdict.code != VALID)
		return st;
	st = store_vote_add(n->db, v, node_now_s(n), source, &r->added);
	if (st == ST_OK && clashes) {
		r->convicts = true;
		st = convict(n, v, &other);
	}
	return st;
}

/* What is known, or a stranger's, costs a look into an index and no arithmetic. */
static enum status all_known(struct node *n, const struct vote *vote,
			     size_t count, struct vote_result *results,
			     bool *known)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	*known = true;
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		bool member;

		st = store_vote_known(n->db, &vote[i], &results[i].known);
		if (st == ST_OK)
			st = store_member_ever(n->db, vote[i].key, &member);
		if (st == ST_OK && !member)
			verdict_refuse(&results[i].verdict, V_VOTE_STRANGER,
				       "%s", "");
		*known &= results[i].known || !member;
	}
	node_read_end(n, own);
	return st;
}

static enum status note_refusals(struct node *n, const struct vote *vote,
				 size_t count, const char *source,
				 const struct vote_result *results)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < count; i++)
		if (results[i].verdict.code != VALID &&
		    results[i].verdict.code != V_VOTE_OLD)
			st = reject_write(n, "vote", &vote[i].target.h,
					  &results[i].verdict, source);
	return st;
}

static enum status store_all(struct node *n, const struct vote *vote,
			     size_t count, const char *source,
			     struct vote_result *results)
{
	bool any = false;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		if (results[i].verdict.code != VALID || results[i].known)
			continue;
		st = accept_one(n, &vote[i], source, &results[i]);
		any |= results[i].added;
	}
	if (st == ST_OK && any)
		st = finality_update(n);
	if (st == ST_OK && any)
		st = events_trim(n);
	return node_write_end(n, st);
}

enum status node_vote_accept(struct node *n, const struct vote *vote,
			     size_t count, const char *source,
			     struct vote_result *results, bool *tip_changed)
{
	struct finality_wish wish;
	bool known = false, own;
	enum status st;

	*tip_changed = false;
	for (size_t i = 0; i < count; i++) {
		results[i] = (struct vote_result){0};
		verdict_init(&results[i].verdict);
	}
	st = n->params.finality_interval ?
		all_known(n, vote, count, results, &known) : ST_OK;
	for (size_t i = 0; i < count; i++)
		if (!results[i].known && results[i].verdict.code == VALID)
			judge_alone(n, &vote[i], &results[i].verdict);
	if (st == ST_OK && n->params.finality_interval && !known)
		st = store_all(n, vote, count, source, results);
	if (st == ST_OK)
		st = note_refusals(n, vote, count, source, results);
	if (st != ST_OK || !n->params.finality_interval || known)
		return st;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = finality_wish(n, &wish);
	node_read_end(n, own);
	if (st == ST_OK && wish.on && !wish.best_active)
		st = node_activate_best(n, tip_changed);
	return st;
}

/* --- questions --- */

enum status node_vote_propose(struct node *n, uint32_t depth, struct vote *out)
{
	struct finality_state *s;
	struct finality_view view;
	struct block_row row;
	bool own;
	enum status st;

	if (!n->params.finality_interval)
		return ST_NOT_FOUND;
	s = malloc(sizeof(*s));
	if (!s)
		return ST_NOMEM;
	st = node_read_begin(n, &own);
	if (st != ST_OK) {
		free(s);
		return st;
	}
	st = finality_load(s, n, false);
	if (st == ST_OK)
		st = store_block_tip(n->db, &row);
	if (st == ST_OK && row.height < depth)
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = store_block_by_height(n->db, (row.height - depth) /
					   s->f.interval * s->f.interval, &row);
	view = finality_view_of(s);
	if (st == ST_OK)
		st = finality_propose(&s->f, &view, &row.hash, row.height, out);
	finality_unload(s);
	free(s);
	node_read_end(n, own);
	return st;
}

/* The end of both that follow. */
static void hand_out(struct vote_list *l, enum status st, struct vote *out,
		     int *count, int64_t *last)
{
	if (st == ST_OK && l->n) {
		memcpy(out, l->v, l->n * sizeof(*out));
		*count = (int)l->n;
		*last = l->id[l->n - 1];
	}
	store_votes_free(l);
}

enum status node_votes_after(struct node *n, int64_t after, int max,
			     struct vote *out, int *count, int64_t *last)
{
	struct vote_list l = {0};
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*last = after;
	if (st != ST_OK)
		return st;
	st = store_votes_after(n->db, after, max, &l);
	node_read_end(n, own);
	hand_out(&l, st, out, count, last);
	return st;
}

enum status node_votes_above(struct node *n, uint32_t height, int64_t after,
			     int max, struct vote *out, int *count,
			     int64_t *last)
{
	struct vote_list l = {0};
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*last = after;
	if (st != ST_OK)
		return st;
	st = store_votes_from(n->db, height, after, max, &l);
	node_read_end(n, own);
	hand_out(&l, st, out, count, last);
	return st;
}

enum status node_vote_cursor(struct node *n, uint32_t above, int64_t *after)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_vote_cursor(n->db, above, after);
	node_read_end(n, own);
	return st;
}

enum status node_vote_last(struct node *n, int64_t *last)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_vote_last(n->db, last);
	node_read_end(n, own);
	return st;
}

enum status node_votes_lack_blocks(struct node *n, bool *lack)
{
	struct point_row last;
	struct vote_list l = {0};
	bool own;
	enum status st = node_read_begin(n, &own);

	*lack = false;
	if (st != ST_OK)
		return st;
	st = store_point_last_final(n->db, &last);
	if (st == ST_OK)
		st = store_votes_above(n->db, last.height, &l);
	for (size_t i = 0; st == ST_OK && !*lack && i < l.n; i++) {
		struct block_row row;

		/* votes come sorted by target: equal ones follow another */
		if (i && hash256_equal(&l.v[i].target.h, &l.v[i - 1].target.h))
			continue;
		st = store_block_by_hash(n->db, &l.v[i].target, &row);
		*lack = st == ST_NOT_FOUND;
		if (*lack)
			st = ST_OK;
	}
	store_votes_free(&l);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status node_is_final(struct node *n, uint32_t height, bool *final)
{
	struct point_row last;
	bool own;
	enum status st;

	*final = false;
	if (!n->params.finality_interval)
		return ST_OK;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_point_last_final(n->db, &last);
	*final = st == ST_OK && height <= last.height;
	node_read_end(n, own);
	return st;
}

static enum status set_in_force(struct node *n, struct finality_set *set)
{
	struct finality_state *s = malloc(sizeof(*s));
	const struct finality_set *of;
	struct finality_view view;
	enum status st;

	if (!s)
		return ST_NOMEM;
	st = finality_load(s, n, false);
	if (st == ST_OK) {
		const struct finality_point *p = &s->f.point[s->f.last];

		view = finality_view_of(s);
		st = view.set(view.arg, &p->id, p->height, &of);
	}
	if (st == ST_OK)
		*set = *of;
	finality_unload(s);
	free(s);
	return st;
}

enum status node_finality(struct node *n, struct finality_info *out)
{
	struct finality_set *set;
	struct finality_wish wish;
	bool own;
	enum status st;

	*out = (struct finality_info){.interval = n->params.finality_interval};
	if (!n->params.finality_interval)
		return ST_NOT_FOUND;
	set = malloc(sizeof(*set));
	if (!set)
		return ST_NOMEM;
	st = node_read_begin(n, &own);
	if (st == ST_OK) {
		st = finality_wish(n, &wish);
		if (st == ST_OK)
			st = set_in_force(n, set);
		if (st == ST_OK)
			st = store_vote_last(n->db, &out->last_vote);
		node_read_end(n, own);
	}
	if (st == ST_OK) {
		out->final = wish.final;
		out->justified = wish.best;
		out->validators = set->n;
		out->weight = set->total;
	}
	free(set);
	return st;
}

enum status node_evidence_next(struct node *n, const uint8_t after[32],
			       struct finality_evidence *out)
{
	struct evidence_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_evidence_next(n->db, after, &row);
	node_read_end(n, own);
	if (st != ST_OK)
		return st;
	memcpy(out->key, row.key, 32);
	out->a = row.a;
	out->b = row.b;
	out->surround = row.surround;
	out->at = row.at;
	return ST_OK;
}

enum status node_validators(struct node *n, struct finality_validator *out,
			    uint32_t *count)
{
	struct finality_set *set;
	struct evidence_row e = {{0}};
	bool own;
	enum status st;

	*count = 0;
	if (!n->params.finality_interval)
		return ST_NOT_FOUND;
	set = malloc(sizeof(*set));
	if (!set)
		return ST_NOMEM;
	st = node_read_begin(n, &own);
	if (st == ST_OK) {
		st = set_in_force(n, set);
		for (uint32_t i = 0; st == ST_OK && i < set->n; i++) {
			memcpy(out[i].key, set->member[i].key, 32);
			out[i].weight = set->member[i].weight;
			out[i].convicted = false;
			*count = i + 1;
		}
		while (st == ST_OK &&
		       (st = store_evidence_next(n->db, e.key, &e)) == ST_OK)
			for (uint32_t i = 0; i < *count; i++)
				out[i].convicted |= memcmp(out[i].key, e.key,
							   32) == 0;
		if (st == ST_NOT_FOUND)
			st = ST_OK;
		node_read_end(n, own);
	}
	free(set);
	return st;
}
