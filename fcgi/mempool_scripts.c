/* SPDX-License-Identifier: MIT */
/*
 * POST /api/v1/scripts: one question about many scripts, answered in one read
 * transaction, so that all of it is of the same tip.
 *
 *	{"addresses":["bcrt1q..."], "scripthashes":["9f86..."], "what":"utxo"}
 *
 * `what` is "stats" (the default), "utxo" or "txs"; `limit` how many transactions
 * of each. The answer is {"tip":{"hash","height"},"scripts":[...]}, in the order
 * asked: the addresses, then the scripthashes.
 */
#include <stdio.h>

#include "fcgi/api.h"
#include "fcgi/error.h"
#include "fcgi/esplora_json.h"
#include "fcgi/esplora_script.h"
#include "fcgi/handlers.h"
#include "json/read.h"

#define SCRIPTS_MAX 2000
#define TXS_DEFAULT 25
#define TXS_MAX 1000

enum what { WHAT_STATS, WHAT_UTXO, WHAT_TXS };

/* A script under the name it was asked by. */
struct asked {
	const char *key;	/* "address" or "scripthash" */
	const char *name;
	int64_t id;		/* in the database; 0: never seen */
};

struct batch {
	struct app *app;
	const struct request *rq;
	struct response *rs;
	enum what what;
	uint32_t limit;
	uint32_t n;
	struct asked *v;
};

/* A refusal; returns false. */
static bool refuse(struct batch *b, const char *text)
{
	api_error(b->rs, 400, text);
	return false;
}

static bool add(struct batch *b, const char *key, const char *name,
		int64_t id)
{
	if (b->n == SCRIPTS_MAX)
		return refuse(b, "More than 2000 scripts");
	b->v[b->n++] = (struct asked){key, name, id};
	return true;
}

static bool read_names(struct batch *b, const struct json_value *root,
		       const char *member, const char *key,
		       bool (*find)(struct app *app, struct bytes text,
				    int64_t *id, enum status *st,
				    const char **why))
{
	const struct json_value *list = json_get(root, member);

	if (list && json_kind(list) != JSON_KIND_ARRAY)
		return refuse(b, "addresses and scripthashes are arrays of strings");
	for (size_t i = 0; i < json_count(list); i++) {
		const char *text, *why = "", *name;
		enum status st;
		int64_t id;
		size_t len;

		if (!json_as_str(json_at(list, i), &text, &len))
			return refuse(b, "addresses and scripthashes are arrays "
					 "of strings");
		if (!find(b->app, bytes_of(text, len), &id, &st, &why)) {
			if (st == ST_OK)
				return refuse(b, why);
			error_status(b->rs, b->rq, st);
			return false;
		}
		name = arena_strdup(b->rq->arena, text);
		if (!name || !add(b, key, name, id))
			return false;
	}
	return true;
}

static bool read_what(struct batch *b, const struct json_value *root)
{
	const char *text = "stats";
	int64_t limit = TXS_DEFAULT;
	size_t len;

	if (json_get(root, "what") && !json_get_str(root, "what", &text, &len))
		return refuse(b, "what is stats, utxo or txs");
	if (strcmp(text, "stats") == 0)
		b->what = WHAT_STATS;
	else if (strcmp(text, "utxo") == 0 || strcmp(text, "utxos") == 0)
		b->what = WHAT_UTXO;
	else if (strcmp(text, "txs") == 0 || strcmp(text, "history") == 0)
		b->what = WHAT_TXS;
	else
		return refuse(b, "what is stats, utxo or txs");
	if (json_get(root, "limit") &&
	    (!json_get_int(root, "limit", &limit) || limit < 1 || limit > TXS_MAX))
		return refuse(b, "limit is a number from 1 to 1000");
	b->limit = (uint32_t)limit;
	return true;
}

static bool read_all(struct batch *b, const struct json_value *root)
{
	if (json_kind(root) != JSON_KIND_OBJECT)
		return refuse(b, "The body is a JSON object with addresses, "
				 "scripthashes");
	b->v = arena_array(b->rq->arena, SCRIPTS_MAX, struct asked);
	if (!b->v) {
		error_status(b->rs, b->rq, ST_NOMEM);
		return false;
	}
	return read_what(b, root) &&
	       read_names(b, root, "addresses", "address",
			  esplora_find_address) &&
	       read_names(b, root, "scripthashes", "scripthash",
			  esplora_find_scripthash);
}

static enum status put_txs(struct batch *b, int64_t id)
{
	struct esplora_txs l = {b->rs, node_params(b->app->node), 0};
	bool found;
	enum status st;

	PUT(&b->rs->body, ",\"txs\":[");
	st = query_pool_history(b->app->node, id, NULL, b->limit, &found,
				esplora_txs_add, &l);
	if (st == ST_OK && l.count < b->limit)
		st = query_history(b->app->node, id, NULL, b->limit - l.count,
				   &found, esplora_txs_add, &l);
	PUT(&b->rs->body, "]");
	return st;
}

static enum status put_totals(struct batch *b, int64_t id)
{
	struct script_info s = {0};
	enum status st = query_script_totals(b->app->node, id, &s);

	PUT(&b->rs->body, ",");
	esplora_put_totals(&b->rs->body, &s);
	return st;
}

static enum status put_asked(struct batch *b, const struct asked *a)
{
	struct buf *out = &b->rs->body;
	enum status st = ST_OK;

	PUT(out, "{\"");
	buf_text(out, a->key);
	PUT(out, "\":\"");
	buf_text(out, a->name);
	PUT(out, "\"");
	switch (b->what) {
	case WHAT_STATS:
		st = put_totals(b, a->id);
		break;
	case WHAT_UTXO:
		PUT(out, ",\"utxo\":");
		st = esplora_put_utxos(b->app, b->rs, a->id);
		break;
	case WHAT_TXS:
		st = put_txs(b, a->id);
		break;
	}
	PUT(out, "}");
	response_drain(b->rs);
	return b->rs->broken ? ST_CANCELLED : st;
}

static void put_all(struct batch *b)
{
	struct buf *out = &b->rs->body;
	enum status st = ST_OK;

	PUT(out, "{\"tip\":{\"hash\":\"");
	buf_text(out, b->rs->tip);
	PUT(out, "\",\"height\":");
	put_uint(out, b->rs->tip_height);
	PUT(out, "},\"scripts\":[");
	for (uint32_t i = 0; st == ST_OK && i < b->n; i++) {
		if (i)
			PUT(out, ",");
		st = put_asked(b, &b->v[i]);
	}
	PUT(out, "]}");
	if (st == ST_TOO_BIG)
		api_error(b->rs, 400, "Too many unspent outputs");
	else if (st != ST_OK)
		api_status(b->rs, b->rq, st, "");
}

void mempool_scripts(struct app *app, const struct request *rq,
		     struct response *rs)
{
	struct batch b = {.app = app, .rq = rq, .rs = rs};
	char error[JSON_ERROR_SIZE], text[JSON_ERROR_SIZE + 32];
	struct json_doc d;
	enum status st;

	st = json_doc_parse(&d, rq->body.p, rq->body.len, rq->body.len, error);
	if (st != ST_OK) {
		snprintf(text, sizeof(text), "Invalid JSON: %s", error);
		api_error(rs, 400, text);
		return;
	}
	st = node_snapshot(app->node);
	if (st == ST_OK) {
		if (api_mark(app, rq, rs) && read_all(&b, d.root))
			put_all(&b);
		node_snapshot_end(app->node);
	} else {
		error_status(rs, rq, st);
	}
	json_doc_free(&d);
}
