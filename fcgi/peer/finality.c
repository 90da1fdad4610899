/* SPDX-License-Identifier: MIT */
/*
 * Finality by votes: /finality and /finality/HASH for everybody, /node/votes for
 * other nodes. 404 on chains that have none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "json/write.h"
#include "node/core/announce.h"
#include "node/finality/finality.h"
#include "node/query/query.h"

#define VOTES_AT_ONCE 1000
#define SOURCE_SIZE 64

static void put_mark(struct json_writer *w, const char *name,
		     const struct finality_mark *m)
{
	json_key(w, name);
	json_obj_begin(w);
	json_put_uint(w, "height", m->height);
	json_put_hash(w, "hash", &m->id.h);
	json_obj_end(w);
}

static enum status put_validators(struct app *app, struct json_writer *w)
{
	struct finality_validator *v = calloc(FINALITY_VALIDATORS_MAX, sizeof(*v));
	uint32_t count = 0;
	enum status st = v ? node_validators(app->node, v, &count) : ST_NOMEM;

	json_key(w, "validators");
	json_arr_begin(w);
	for (uint32_t i = 0; st == ST_OK && i < count; i++) {
		json_obj_begin(w);
		json_put_hex(w, "key", v[i].key, 32);
		json_put_uint(w, "weight", v[i].weight);
		json_put_bool(w, "convicted", v[i].convicted);
		json_obj_end(w);
	}
	json_arr_end(w);
	free(v);
	return st;
}

static void refuse(const struct request *rq, struct response *rs, enum status st)
{
	if (st == ST_NOT_FOUND)
		error_not_found(rs, rq, "This chain has no finality by votes");
	else
		error_status(rs, rq, st);
}

void finality_get(struct app *app, const struct request *rq, struct response *rs)
{
	struct finality_info i;
	struct json_writer w;
	enum status st = node_finality(app->node, &i);

	if (st == ST_OK && rq->wants_html) {
		page_finality(app, rq, rs);
		return;
	}
	if (st != ST_OK) {
		refuse(rq, rs, st);
		return;
	}
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_uint(&w, "interval", i.interval);
	put_mark(&w, "final", &i.final);
	put_mark(&w, "justified", &i.justified);
	json_put_uint(&w, "weight", i.weight);
	st = put_validators(app, &w);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	if (st != ST_OK) {
		response_reset(rs);
		refuse(rq, rs, st);
	}
}

void finality_certificate(struct app *app, const struct request *rq,
			  struct response *rs)
{
	const char *from_text = request_query(rq, "begin");
	struct blkid id, from;
	struct buf text;
	enum status st;

	if (!hash256_parse(&id.h, (const char *)rq->arg[0].p, rq->arg[0].len) ||
	    (from_text && !hash256_parse(&from.h, from_text, strlen(from_text)))) {
		error_reply(rs, rq, 400, "bad-hash",
			    "A block's hash has 64 hexadecimal digits.");
		return;
	}
	buf_init(&text, NODE_CERTIFICATE_MAX);
	st = node_certificate(app->node, &id, from_text ? &from : NULL, &text);
	if (st == ST_NOT_FOUND) {
		error_not_found(rs, rq, "No final checkpoint has this hash, or "
				"the way to it does not pass through begin");
	} else if (st != ST_OK) {
		error_status(rs, rq, st);
	} else {
		rs->type = "text/plain; charset=utf-8";
		buf_bytes(&rs->body, buf_view(&text));
	}
	buf_free(&text);
}

void peer_votes(struct app *app, const struct request *rq, struct response *rs)
{
	bool catch_up = request_query(rq, "above") != NULL;
	uint64_t above, after;
	struct vote *v;
	int64_t last;
	int n;
	enum status st;

	if (!request_query_number(rq, "above", 0, UINT32_MAX, &above) ||
	    !request_query_number(rq, "after", catch_up ? INT64_MAX : 0,
				  INT64_MAX, &after)) {
		error_reply(rs, rq, 400, "bad-cursor",
			    "above is a height, after the number that the last "
			    "answer began with.");
		return;
	}
	if (!node_has_finality(app->node)) {
		refuse(rq, rs, ST_NOT_FOUND);
		return;
	}
	v = arena_array(rq->arena, VOTES_AT_ONCE, struct vote);
	if (!v)
		st = ST_NOMEM;
	else if (catch_up)
		st = node_votes_above(app->node, (uint32_t)above, (int64_t)after,
				      VOTES_AT_ONCE, v, &n, &last);
	else
		st = node_votes_after(app->node, (int64_t)after, VOTES_AT_ONCE,
				      v, &n, &last);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	rs->type = TYPE_BYTES;
	buf_le64(&rs->body, (uint64_t)last);
	for (int i = 0; i < n; i++) {
		uint8_t raw[VOTE_SIZE];

		vote_write(raw, &v[i]);
		buf_add(&rs->body, raw, sizeof(raw));
	}
}

static void reply(struct response *rs, const struct vote_result *r, size_t n)
{
	char reason[VERDICT_DETAIL_SIZE + 96] = "";
	unsigned added = 0, known = 0;
	struct json_writer w;

	for (size_t i = 0; i < n; i++) {
		added += r[i].added;
		known += r[i].known;
		if (r[i].verdict.code != VALID && !*reason)
			verdict_reject(reason, sizeof(reason), &r[i].verdict);
	}
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_uint(&w, "accepted", added);
	json_put_uint(&w, "known", known);
	json_put_str(&w, "reason", reason);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}

void peer_votes_submit(struct app *app, const struct request *rq,
		       struct response *rs)
{
	size_t n = rq->body.len / VOTE_SIZE;
	struct vote_result *r;
	char from[SOURCE_SIZE];
	struct vote *v;
	enum status st;
	bool moved;

	if (!node_has_finality(app->node)) {
		refuse(rq, rs, ST_NOT_FOUND);
		return;
	}
	if (n == 0 || n > VOTES_AT_ONCE || rq->body.len % VOTE_SIZE) {
		error_reply(rs, rq, 400, "bad-votes",
			    "The body is 1 to %d votes of %d bytes.",
			    VOTES_AT_ONCE, VOTE_SIZE);
		return;
	}
	v = arena_array(rq->arena, n, struct vote);
	r = arena_array(rq->arena, n, struct vote_result);
	if (!v || !r) {
		error_status(rs, rq, ST_NOMEM);
		return;
	}
	for (size_t i = 0; i < n; i++)
		vote_read(&v[i], rq->body.p + i * VOTE_SIZE);
	snprintf(from, sizeof(from), "http %.45s", rq->remote);
	st = node_vote_accept(app->node, v, n, from, r, &moved);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	announce_nudge(app->node);
	reply(rs, r, n);
}
