/* SPDX-License-Identifier: MIT */
#include "fcgi/page/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "fcgi/html/page_template.h"
#include "fcgi/http/api.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "node/finality/finality.h"
#include "primitives/target.h"

/* --- what stands around every page --- */

static const char *coin_name(const struct params *p)
{
	if (p->own)
		return "coins";
	return p->test ? "tBTC" : "BTC";
}

static void put_chrome(struct page *pg, const char *section)
{
	const struct params *p = node_params(pg->app->node);
	struct page_tree *t = pg->tree;
	const char *q = request_query(pg->rq, "q");
	char at[40];

	snprintf(at, sizeof(at), "at_%s", section);
	page_flag(t, pg->root, arena_strdup(pg->arena, at), true);
	page_text(t, pg->root, "version", page_version);
	page_text(t, pg->root, "network", p->name);
	page_flag(t, pg->root, "own_chain", p->own);
	page_flag(t, pg->root, "test_chain", app_may_mine(pg->app));
	page_flag(t, pg->root, "has_finality", node_has_finality(pg->app->node));
	page_text(t, pg->root, "unit", coin_name(p));
	page_int(t, pg->root, "tip_height", pg->tip_height);
	if (q)
		page_text(t, pg->root, "q", q);
}

/* --- answering --- */

/* False: the client has this page already, or there was an error. */
static bool mark(struct page *pg)
{
	char tag[72];

	if (!api_mark(pg->app, pg->rq, pg->rs))
		return false;
	pg->tip_height = pg->rs->tip_height;
	/* headers for programs, no use to pages */
	pg->rs->tip[0] = '\0';
	snprintf(tag, sizeof(tag), "%.40s-%.16s", pg->rs->etag, page_version);
	/* "*" asks whether there is anything: only the page knows */
	if (strcmp(pg->rq->if_none_match, "*") != 0)
		return !response_etag(pg->rs, pg->rq, tag);
	memcpy(pg->rs->etag, tag, strlen(tag) + 1);
	return true;
}

static void fill_and_render(struct page *pg, const char *section,
			    enum status (*fill)(struct page *pg))
{
	enum status st;

	if (pg->rs->cache == CACHE_TIP && !mark(pg))
		return;
	put_chrome(pg, section);
	st = fill(pg);
	if (st == ST_OK && pg->tree->failed)
		st = ST_NOMEM;
	if (st == ST_NOT_FOUND)
		error_reply(pg->rs, pg->rq, 404, "not-found",
			    "Neither the chain nor the mempool has what this "
			    "address names.");
	else if (st != ST_OK)
		error_status(pg->rs, pg->rq, st);
	/* what the page wants to say differently it has said already */
	if (st != ST_OK || !pg->template)
		return;
	pg->rs->type = TYPE_HTML;
	page_render(&pg->rs->body, pg->tree, pg->template);
	if (pg->rs->etag[0] && pg->rs->status == 200 &&
	    strcmp(pg->rq->if_none_match, "*") == 0)
		pg->rs->status = 304;
}

void page_serve(struct app *app, const struct request *rq, struct response *rs,
		const char *template, const char *section,
		enum status (*fill)(struct page *pg))
{
	struct page_tree tree;
	struct page pg = {
		.app = app,
		.rq = rq,
		.rs = rs,
		.arena = rq->arena,
		.tree = &tree,
		.root = &tree.root,
		.template = template,
	};
	enum status st = node_snapshot(app->node);

	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	page_tree_init(&tree, rq->arena);
	fill_and_render(&pg, section, fill);
	node_snapshot_end(app->node);
}

/* --- values that many pages have --- */

void page_put_block(struct page *pg, struct page_value *in,
		    const struct block_info *b)
{
	struct page_tree *t = pg->tree;
	char text[24];

	page_hash(t, in, "hash", &b->id.h);
	page_int(t, in, "height", b->height);
	page_int(t, in, "time", b->header.time);
	page_flag(t, in, "active", b->active);
	page_flag(t, in, "invalid", b->invalid);
	page_flag(t, in, "has_data", b->has_data);
	page_real(t, in, "difficulty", target_difficulty(b->header.bits),
		  target_difficulty(b->header.bits) < 1000 ? 8 : 0);
	snprintf(text, sizeof(text), "%08x", b->header.bits);
	page_text(t, in, "bits", text);
	if (!b->has_data)
		return;
	page_int(t, in, "n_tx", b->n_tx);
	page_int(t, in, "size", b->size);
	page_int(t, in, "weight", b->weight);
	page_real(t, in, "full", b->weight / 40000.0, 1);
	/* of a drawing 100 high */
	page_int(t, in, "fill", (b->weight + 39999) / 40000);
	page_int(t, in, "fill_top", 100 - (b->weight + 39999) / 40000);
	if (b->fees_sat >= 0) {
		page_int(t, in, "fees", b->fees_sat);
		page_int(t, in, "subsidy",
			 params_subsidy_sat(node_params(pg->app->node), b->height));
	}
}

void page_put_rate(struct page *pg, struct page_value *in, const char *name,
		   double rate)
{
	page_real(pg->tree, in, name, rate, rate >= 100 ? 0 : rate >= 10 ? 1 : 2);
}

void page_put_si(struct page *pg, struct page_value *in, const char *name,
		 double v)
{
	static const char *const letter[] = {"", "k", "M", "G", "T", "P", "E", "Z"};
	unsigned i = 0;

	if (v != 0 && v < 0.1) {
		page_format(pg->tree, in, name, "%.2g ", v);
		return;
	}
	while (v >= 999.5 && i < 7) {
		v /= 1000;
		i++;
	}
	page_format(pg->tree, in, name, "%.*f %s",
		    v >= 100 || (i == 0 && v == (int)v) ? 0 : v >= 10 ? 1 : 2, v,
		    letter[i]);
}

enum status page_redirect(struct page *pg, const char *fmt, ...)
{
	char to[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to, sizeof(to), fmt, ap);
	va_end(ap);
	pg->rs->location = arena_strdup(pg->arena, to);
	pg->rs->status = 302;
	pg->rs->type = TYPE_HTML;
	pg->template = NULL;
	return pg->rs->location ? ST_OK : ST_NOMEM;
}

enum status page_put_refusal(struct page *pg, const struct hash256 *hash)
{
	struct page_tree *t = pg->tree;
	enum verdict_code code;
	struct page_value *v;
	struct refusal r;
	enum status st = query_refusal(pg->app->node, hash, &r);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	code = verdict_by_reject(r.reason);
	v = page_group(t, pg->root, "refusal");
	page_text(t, v, "kind", r.kind);
	page_text(t, v, "reason", r.reason);
	page_text(t, v, "rule", r.rule);
	page_text(t, v, "detail", r.detail);
	page_int(t, v, "at", r.at);
	page_text(t, v, "sentence",
		  strcmp(verdict_name(code), r.reason) == 0 ? verdict_sentence(code)
							    : "");
	if (r.has_txid)
		page_hash(t, v, "fault_txid", &r.txid.h);
	if (r.input >= 0)
		page_int(t, v, "input", r.input);
	if (r.script_pos >= 0)
		page_int(t, v, "operation", r.script_pos);
	page_text(t, v, "script", r.script);
	page_text(t, v, "stack", r.stack);
	return ST_OK;
}
