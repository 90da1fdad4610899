/* SPDX-License-Identifier: MIT */
/* /finality for people: what is final, who voted lately, who contradicted itself.
 * Only on chains that have finality by votes. */
#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "node/finality/turnout.h"

#define EVIDENCE_MAX 100

/* Share of the weight in percent; less than a whole one is not rounded up. */
static int64_t percent(uint64_t part, uint64_t all)
{
	return all ? (int64_t)((double)part * 100 / (double)all) : 0;
}

static void put_mark(struct page *pg, const char *name,
		     const struct finality_mark *m)
{
	struct page_value *v = page_group(pg->tree, pg->root, name);

	page_int(pg->tree, v, "height", m->height);
	page_hash(pg->tree, v, "hash", &m->id.h);
	page_flag(pg->tree, v, "genesis", m->height == 0);
}

static void put_points(struct page *pg, const struct turnout *t)
{
	struct page_value *list = page_list(pg->tree, pg->root, "points");

	for (uint32_t i = 0; i < t->n_point; i++) {
		const struct turnout_point *p = &t->point[i];
		struct page_value *v = page_item(pg->tree, list);

		page_int(pg->tree, v, "height", p->height);
		page_hash(pg->tree, v, "hash", &p->id.h);
		page_flag(pg->tree, v, "final", p->final);
		page_flag(pg->tree, v, "justified", p->justified && !p->final);
		page_flag(pg->tree, v, "open", !p->justified);
		page_int(pg->tree, v, "voters", p->voters);
		page_int(pg->tree, v, "share", percent(p->weight, t->weight));
		page_flag(pg->tree, v, "enough",
			  (double)p->weight * 3 >= (double)t->weight * 2);
	}
}

/* Points oldest first, as one reads. */
static void put_votes(struct page *pg, struct page_value *in, const struct turnout *t,
		      const struct turnout_voter *voter)
{
	struct page_value *list = page_list(pg->tree, in, "votes");

	for (uint32_t i = t->n_point; i-- > 0;) {
		struct page_value *v = page_item(pg->tree, list);

		page_int(pg->tree, v, "of", t->point[i].height);
		page_flag(pg->tree, v, "cast", voter->voted & 1u << i);
	}
}

static void put_voters(struct page *pg, const struct turnout *t)
{
	struct page_value *list = page_list(pg->tree, pg->root, "validators");

	for (uint32_t i = 0; i < t->n; i++) {
		const struct turnout_voter *voter = &t->voter[i];
		struct page_value *v = page_item(pg->tree, list);
		uint32_t cast = 0;

		for (uint32_t k = 0; k < t->n_point; k++)
			cast += voter->voted >> k & 1;
		page_hex(pg->tree, v, "key", voter->of.key, 32);
		page_int(pg->tree, v, "weight", (int64_t)voter->of.weight);
		page_int(pg->tree, v, "share",
			 percent(voter->of.weight, t->weight));
		page_flag(pg->tree, v, "convicted", voter->of.convicted);
		page_int(pg->tree, v, "cast", cast);
		page_int(pg->tree, v, "of", t->n_point);
		if (voter->at)
			page_int(pg->tree, v, "at", voter->at);
		put_votes(pg, v, t, voter);
	}
}

static void put_vote(struct page *pg, struct page_value *in, const char *name,
		     const struct vote *vote)
{
	struct page_value *v = page_group(pg->tree, in, name);

	page_int(pg->tree, v, "source", vote->source_height);
	page_int(pg->tree, v, "height", vote->target_height);
	page_hash(pg->tree, v, "target", &vote->target.h);
}

static enum status put_evidence(struct page *pg)
{
	struct page_value *list = page_list(pg->tree, pg->root, "evidence");
	struct finality_evidence e = {{0}};
	enum status st = ST_OK;

	for (int i = 0; st == ST_OK && i < EVIDENCE_MAX; i++) {
		struct page_value *v;

		st = node_evidence_next(pg->app->node, e.key, &e);
		if (st != ST_OK)
			break;
		v = page_item(pg->tree, list);
		page_hex(pg->tree, v, "key", e.key, 32);
		page_flag(pg->tree, v, "surround", e.surround);
		page_int(pg->tree, v, "at", e.at);
		put_vote(pg, v, "a", &e.a);
		put_vote(pg, v, "b", &e.b);
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status fill(struct page *pg)
{
	struct page_tree *tree = pg->tree;
	struct finality_info info;
	struct node_tip tip;
	struct turnout t;
	enum status st = node_finality(pg->app->node, &info);

	if (st == ST_OK)
		st = node_tip(pg->app->node, &tip);
	if (st == ST_OK)
		st = node_turnout(pg->app->node, pg->arena, &t);
	if (st != ST_OK)
		return st;
	page_text(tree, pg->root, "title", "Finality");
	page_text(tree, pg->root, "follow", "finality=1&blocks=1&disconnects=1");
	/* votes are no events */
	page_text(tree, pg->root, "every", "10");
	put_mark(pg, "last_final", &info.final);
	put_mark(pg, "last_justified", &info.justified);
	page_int(tree, pg->root, "interval", info.interval);
	page_int(tree, pg->root, "behind", (int64_t)tip.height - info.final.height);
	page_int(tree, pg->root, "n_validators", t.n);
	page_int(tree, pg->root, "weight", (int64_t)t.weight);
	page_int(tree, pg->root, "due", t.due);
	page_int(tree, pg->root, "missing", t.missing);
	page_flag(tree, pg->root, "any_missing", t.missing > 0);
	page_flag(tree, pg->root, "one_missing", t.missing == 1);
	page_int(tree, pg->root, "missing_share", percent(t.missing_weight, t.weight));
	page_flag(tree, pg->root, "halted",
		  (double)(t.weight - t.missing_weight) * 3 < (double)t.weight * 2);
	put_points(pg, &t);
	put_voters(pg, &t);
	return put_evidence(pg);
}

void page_finality(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "finality", "finality", fill);
}
