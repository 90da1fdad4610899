/* SPDX-License-Identifier: MIT */
/*
 * POST /api/v1/scripts: one question about many scripts, answered in one read
 * transaction, so that all of it is of the same tip.
 *
 *	{"addresses":["bcrt1q..."], "scripthashes":["9f86..."],
 *	 "descriptor":"wpkh(tpub...)", "range":[0,19], "what":"utxo"}
 *
 * `what` is "stats" (the default), "utxo" or "txs"; `limit` how many transactions
 * of each. The answer is {"tip":{"hash","height"},"scripts":[...]}, in the order
 * asked: the addresses, the scripthashes, what the descriptor stands for.
 */
#include <stdio.h>

#include "base/hex.h"
#include "fcgi/esplora/esplora_json.h"
#include "fcgi/esplora/esplora_script.h"
#include "fcgi/http/api.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "json/read.h"
#include "primitives/address.h"
#include "wallet/descriptor.h"
#include "wallet/sign.h"

#define SCRIPTS_MAX 2000
#define TXS_DEFAULT 25
#define TXS_MAX 1000

enum what { WHAT_STATS, WHAT_UTXO, WHAT_TXS };

/* A script under the name it was asked by. */
struct asked {
	const char *key;	/* "address", "scripthash", "scriptpubkey" */
	const char *name;
	int64_t index;		/* of a descriptor; -1: none */
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
		int64_t index, int64_t id)
{
	if (b->n == SCRIPTS_MAX)
		return refuse(b, "More than 2000 scripts");
	b->v[b->n++] = (struct asked){key, name, index, id};
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
		if (!name || !add(b, key, name, -1, id))
			return false;
	}
	return true;
}

/* The script at an index: under its address, or its bytes where it has none. */
static bool add_script(struct batch *b, struct bytes script, int64_t index)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *key = "address", *name;
	enum status st;
	int64_t id;

	st = query_script_id(b->app->node, script, &id);
	if (st != ST_OK) {
		error_status(b->rs, b->rq, st);
		return false;
	}
	if (address_from_script(address, node_params(b->app->node), script)) {
		name = arena_strdup(b->rq->arena, address);
	} else {
		char *hex = arena_array(b->rq->arena, 2 * script.len + 1, char);

		key = "scriptpubkey";
		name = hex ? hex_text(hex, script.p, script.len) : NULL;
	}
	if (!name) {
		error_status(b->rs, b->rq, ST_NOMEM);
		return false;
	}
	return add(b, key, name, index, id);
}

static bool expand(struct batch *b, const struct descriptor *d,
		   const struct ec *ec, int64_t from, int64_t to)
{
	for (int64_t i = from; i <= to; i++) {
		struct desc_scripts s;

		if (!desc_expand(d, ec, (uint32_t)i, b->rq->arena, &s))
			return refuse(b, "The descriptor has no key at an index "
					 "of the range");
		for (unsigned k = 0; k < s.n; k++)
			if (!add_script(b, s.script[k], i))
				return false;
	}
	return true;
}

/* [from, to], or a single number: 0 to that. */
static bool read_range(const struct json_value *v, int64_t *from, int64_t *to)
{
	*from = 0;
	*to = SCRIPTS_MAX / 100 - 1;
	if (v && !json_as_int(v, to) &&
	    (json_count(v) != 2 || !json_as_int(json_at(v, 0), from) ||
	     !json_as_int(json_at(v, 1), to)))
		return false;
	return *from >= 0 && *to >= *from && *to <= INT32_MAX &&
	       *to - *from < SCRIPTS_MAX;
}

static bool read_descriptor(struct batch *b, const struct json_value *root)
{
	char error[DESC_ERROR_SIZE];
	struct wallet_signer *signer;
	struct descriptor *d;
	const char *text;
	int64_t from, to;
	size_t len;

	if (!json_get(root, "descriptor"))
		return true;
	if (!json_get_str(root, "descriptor", &text, &len))
		return refuse(b, "descriptor is a string");
	if (!read_range(json_get(root, "range"), &from, &to))
		return refuse(b, "range is [first, last], at most 2000 indexes");
	signer = app_signer(b->app);
	if (!signer) {
		error_status(b->rs, b->rq, ST_NOMEM);
		return false;
	}
	d = desc_parse(b->rq->arena, node_params(b->app->node),
		       wallet_signer_ec(signer), text, len, false, error);
	if (!d)
		return refuse(b, error);
	/* keys do not belong into a question */
	if (desc_has_private(d))
		return refuse(b, "The descriptor has a private key; send it with "
				 "public keys");
	if (!desc_is_range(d))
		from = to = 0;
	return expand(b, d, wallet_signer_ec(signer), from, to);
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
				 "scripthashes or a descriptor");
	b->v = arena_array(b->rq->arena, SCRIPTS_MAX, struct asked);
	if (!b->v) {
		error_status(b->rs, b->rq, ST_NOMEM);
		return false;
	}
	return read_what(b, root) &&
	       read_names(b, root, "addresses", "address",
			  esplora_find_address) &&
	       read_names(b, root, "scripthashes", "scripthash",
			  esplora_find_scripthash) &&
	       read_descriptor(b, root);
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
	if (a->index >= 0) {
		PUT(out, ",\"index\":");
		put_int(out, a->index);
	}
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
