/* SPDX-License-Identifier: MIT */
/*
 * /mining: the miners at work on this database, and what they are told.
 *
 *	GET  /mining	{"on", "threads", "miners": [...]}
 *	POST /mining	{"on"?: bool, "threads"?: N; 0: as each is configured}
 *
 * Telling a miner to rest does not end it: systemd does that.
 */
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "json/read.h"
#include "json/write.h"
#include "node/mine/mining.h"

static void put_miner(struct json_writer *w, const struct mining_report *r)
{
	json_obj_begin(w);
	json_put_int(w, "pid", r->pid);
	json_put_str(w, "state", mining_state_name(r->state));
	json_put_uint(w, "threads", r->threads);
	json_put_uint(w, "duty", r->duty);
	json_put_str(w, "kernel", r->kernel);
	json_put_int(w, "hash_rate", r->hash_rate);
	json_put_int(w, "mined", r->mined);
	json_put_int(w, "started", r->started_s);
	json_put_int(w, "seen", r->seen_s);
	json_obj_end(w);
}

static void show(struct app *app, const struct request *rq, struct response *rs)
{
	struct mining_report list[MINING_LIST_MAX];
	struct mining_order o;
	struct json_writer w;
	unsigned n = 0;
	enum status st = node_mining_order(app->node, &o);

	if (st == ST_OK)
		st = node_mining_list(app->node, list, &n);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	rs->type = TYPE_JSON;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_bool(&w, "on", !o.rest);
	json_put_uint(&w, "threads", o.threads);
	json_key(&w, "miners");
	json_arr_begin(&w);
	for (unsigned i = 0; i < n; i++)
		put_miner(&w, &list[i]);
	json_arr_end(&w);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}

void mining_get(struct app *app, const struct request *rq, struct response *rs)
{
	show(app, rq, rs);
}

/* What the body asks for; false when it has answered. */
static bool read_order(const struct json_value *body, const struct request *rq,
		       struct response *rs, struct mining_order *o)
{
	const struct json_value *on = json_get(body, "on");
	const struct json_value *threads = json_get(body, "threads");
	bool yes = !o->rest;
	int64_t n = o->threads;

	if (json_kind(on) != JSON_KIND_MISSING && !json_as_bool(on, &yes)) {
		error_reply(rs, rq, 400, "bad-value", "on is true or false.");
		return false;
	}
	if (json_kind(threads) != JSON_KIND_MISSING &&
	    (!json_as_int(threads, &n) || n < 0 || n > MINING_THREADS_MAX)) {
		error_reply(rs, rq, 400, "bad-value",
			    "threads is a number up to %d; 0 leaves it to each "
			    "miner's configuration.", MINING_THREADS_MAX);
		return false;
	}
	o->rest = !yes;
	o->threads = (unsigned)n;
	return true;
}

void mining_post(struct app *app, const struct request *rq, struct response *rs)
{
	char error[JSON_ERROR_SIZE];
	struct mining_order o;
	struct json_doc doc = {0};
	enum status st = ST_OK;

	if (json_doc_parse(&doc, rq->body.p, rq->body.len, rq->body.len,
			   error) != ST_OK ||
	    json_kind(doc.root) != JSON_KIND_OBJECT) {
		error_reply(rs, rq, 400, "bad-json", "The body is no JSON object.");
	} else {
		st = node_mining_order(app->node, &o);
		if (st == ST_OK && read_order(doc.root, rq, rs, &o)) {
			st = node_mining_set_order(app->node, &o);
			if (st == ST_OK)
				show(app, rq, rs);
		}
	}
	if (st != ST_OK)
		error_status(rs, rq, st);
	json_doc_free(&doc);
}
