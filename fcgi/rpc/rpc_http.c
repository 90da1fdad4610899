/* SPDX-License-Identifier: MIT */
/*
 * The transport of JSON-RPC as Bitcoin Core has it: who may call, one request or
 * a batch, the two versions of the protocol and their HTTP codes.
 *
 * A request of the old version (no "jsonrpc", or "1.0") has "result" and "error"
 * in its reply, one of them null, and an error is HTTP 500, or 404 for a method
 * that is not there and 400 for what is no request. A request of version 2.0 has
 * one of the two and always HTTP 200; without an id it is a notification, which
 * gets no reply. A batch is always HTTP 200.
 */
#include <stdio.h>

#include "accounts/rpc_users.h"
#include "base/clock.h"
#include "base/log.h"
#include "fcgi/http/caller.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/rpc/rpc.h"

#define REPLY_MAX ((size_t)256 << 20)
#define CALL_ARENA_MAX ((size_t)512 << 20)
#define REALM "Basic realm=\"jsonrpc\""
/* As Core: guessing is slow. */
#define WRONG_PASSWORD_MS 250

/* One request object, as far as it could be read. */
struct rpc_request {
	const struct json_value *id;	/* NULL: there is none */
	bool unread;			/* nor is it known whether there is */
	bool v2;
	const char *method;
	const struct json_value *params;
	int code;			/* 0, or why it is no request */
	const char *message;
};

static void text_reply(struct response *rs, int status, const char *text)
{
	rs->status = status;
	rs->type = TYPE_TEXT;
	rs->quiet = true;
	buf_reset(&rs->body);
	buf_text(&rs->body, text);
}

static bool bad(struct rpc_request *r, const char *message)
{
	r->code = RPC_INVALID_REQUEST;
	r->message = message;
	return false;
}

static bool read_request(struct rpc_request *r, const struct json_value *v)
{
	const struct json_value *version, *method;
	const char *s;
	size_t len;

	*r = (struct rpc_request){.unread = true};
	if (json_kind(v) != JSON_KIND_OBJECT)
		return bad(r, "Invalid Request object");
	r->unread = false;
	r->id = json_get(v, "id");
	version = json_get(v, "jsonrpc");
	if (version && json_kind(version) != JSON_KIND_NULL) {
		if (!json_as_str(version, &s, &len))
			return bad(r, "jsonrpc field must be a string");
		r->v2 = strcmp(s, "2.0") == 0;
		if (!r->v2 && strcmp(s, "1.0") != 0)
			return bad(r, "JSON-RPC version not supported");
	}
	method = json_get(v, "method");
	if (!method || json_kind(method) == JSON_KIND_NULL)
		return bad(r, "Missing method");
	if (!json_as_str(method, &r->method, &len))
		return bad(r, "Method must be a string");
	r->params = json_get(v, "params");
	switch (json_kind(r->params)) {
	case JSON_KIND_MISSING:
	case JSON_KIND_NULL:
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		return true;
	case JSON_KIND_BOOL:
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
	case JSON_KIND_STR:
		break;
	}
	return bad(r, "Params must be an array or object");
}

static void reply_id(struct buf *b, const struct rpc_request *r)
{
	struct json_writer w;

	if (!r->id && !r->unread)
		return;
	buf_text(b, ",\"id\":");
	json_begin(&w, b);
	json_echo(&w, r->id);
}

static void reply_error(struct buf *b, const struct rpc_request *r, int code,
			const char *message)
{
	struct json_writer w;

	buf_text(b, r->v2 ? "{\"jsonrpc\":\"2.0\",\"error\":"
			  : "{\"result\":null,\"error\":");
	json_begin(&w, b);
	json_obj_begin(&w);
	json_put_int(&w, "code", code);
	json_put_str(&w, "message", message);
	json_obj_end(&w);
	reply_id(b, r);
	buf_text(b, "}");
}

static int http_status(int code)
{
	switch (code) {
	case RPC_INVALID_REQUEST:
		return 400;
	case RPC_METHOD_NOT_FOUND:
		return 404;
	}
	return 500;
}

/* An error reply that is the whole answer, with the old version's code. */
static void error_whole(struct response *rs, const struct rpc_request *r,
			int code, const char *message)
{
	rs->status = http_status(code);
	rs->type = TYPE_JSON;
	rs->quiet = true;
	buf_reset(&rs->body);
	reply_error(&rs->body, r, code, message);
	buf_text(&rs->body, "\n");
}

/* What every call of one HTTP request has in common. */
struct visit {
	struct app *app;
	const struct request *rq;
	struct response *rs;
	struct arena arena;
	const char *user;	/* NULL: the caller of caller.h */
};

/* Runs one request and appends its reply. Returns the error's code; 0 for a
 * result, and when the call is parked. */
static int execute(struct visit *v, const struct rpc_request *r,
		   struct response_wait *wait)
{
	struct buf *b = &v->rs->body;
	size_t start = b->len;
	struct json_writer w;
	struct rpc_call c = {
		.app = v->app,
		.node = v->app->node,
		.arena = &v->arena,
		.wallet = v->rq->arg[0],
		.w = &w,
		.wait = wait,
	};

	buf_text(b, r->v2 ? "{\"jsonrpc\":\"2.0\",\"result\":" : "{\"result\":");
	json_begin(&w, b);
	if (rpc_execute(&c, r->method, r->params)) {
		if (!r->v2)
			buf_text(b, ",\"error\":null");
		reply_id(b, r);
		buf_text(b, "}");
	} else if (buf_status(b) == ST_OK) {
		b->len = start;
		reply_error(b, r, c.code, c.message);
	}
	if (buf_status(b) != ST_OK) {
		/* too long: the replies before it are gone as well */
		buf_reset(b);
		c.code = RPC_MISC_ERROR;
		reply_error(b, r, c.code, "The answer is too long");
	}
	if (!(wait && wait->parked))
		arena_reset(&v->arena);
	return c.code;
}

static bool may_call(struct visit *v, const struct rpc_request *r)
{
	const struct rpc_method *m = r->method ? rpc_method_find(r->method) : NULL;

	/* that a method is not there, everybody may know */
	if (!v->user && (!m || caller_has(v->rq, rpc_method_needs(m))))
		return true;
	if (v->user &&
	    rpc_users_may(v->app->rpc_users, v->user, r->method ? r->method : "",
			  m ? rpc_role_name(m->role) : ""))
		return true;
	log_warn("an RPC user may not call the method it asked for");
	text_reply(v->rs, 403, "");
	return false;
}

static void answer_one(struct visit *v, const struct json_value *root)
{
	struct rpc_request r;
	int code;

	if (!read_request(&r, root)) {
		error_whole(v->rs, &r, r.code, r.message);
		return;
	}
	if (!may_call(v, &r))
		return;
	code = execute(v, &r, &v->rs->wait);
	if (v->rs->wait.parked) {
		buf_reset(&v->rs->body);
	} else if (r.v2 && !r.id) {
		text_reply(v->rs, 204, "");
	} else {
		v->rs->quiet = true;
		v->rs->status = r.v2 || !code ? 200 : http_status(code);
		buf_text(&v->rs->body, "\n");
	}
}

static void answer_batch(struct visit *v, const struct json_value *root)
{
	size_t n = json_count(root), replies = 0;
	struct rpc_request r;

	/* Nothing runs unless all of it may. */
	for (size_t i = 0; i < n; i++) {
		read_request(&r, json_at(root, i));
		if (r.method && !may_call(v, &r))
			return;
	}
	buf_text(&v->rs->body, "[");
	for (size_t i = 0; i < n; i++) {
		struct buf *b = &v->rs->body;
		size_t start = b->len;
		bool good = read_request(&r, json_at(root, i));

		if (replies)
			buf_text(b, ",");
		if (good)
			execute(v, &r, NULL);
		else
			reply_error(b, &r, r.code, r.message);
		if (r.v2 && !r.id)
			b->len = start;
		else
			replies++;
	}
	if (n && !replies) {
		text_reply(v->rs, 204, "");
		return;
	}
	buf_text(&v->rs->body, "]\n");
}

/* *by_account: it is an account's caller, by token or session, and no user. */
static bool allowed(struct app *app, const struct request *rq,
		    struct response *rs, char user[RPC_USER_MAX + 1],
		    bool *by_account)
{
	bool good;

	*by_account = rq->caller->kind != CALLER_VISITOR &&
		      !secret_scheme(rq->authorization, "Basic");
	if (*by_account)
		return true;
	if (*rq->authorization) {
		good = rpc_users_check(app->rpc_users, rq->authorization, user);
		if (good)
			return true;
		log_warn("wrong RPC password from %s", rq->remote);
		clock_sleep_ms(WRONG_PASSWORD_MS);
	}
	text_reply(rs, 401, "");
	rs->authenticate = REALM;
	return false;
}

void rpc_post(struct app *app, const struct request *rq, struct response *rs)
{
	struct visit v = {.app = app, .rq = rq, .rs = rs};
	const struct rpc_request nothing = {.unread = true};
	char user[RPC_USER_MAX + 1], error[JSON_ERROR_SIZE];
	struct json_doc doc = {0};
	bool by_account;
	enum status st;

	if (!allowed(app, rq, rs, user, &by_account))
		return;
	rs->body.max = REPLY_MAX;
	v.user = by_account ? NULL : user;
	arena_init(&v.arena, CALL_ARENA_MAX);
	st = json_doc_parse(&doc, rq->body.p, rq->body.len, rq->body.len, error);
	if (st != ST_OK) {
		error_whole(rs, &nothing, RPC_PARSE_ERROR, "Parse error");
	} else if (v.user && !rpc_users_may_call(app->rpc_users, user)) {
		text_reply(rs, 403, "");
	} else if (json_kind(doc.root) == JSON_KIND_OBJECT) {
		answer_one(&v, doc.root);
	} else if (json_kind(doc.root) == JSON_KIND_ARRAY) {
		answer_batch(&v, doc.root);
	} else {
		error_whole(rs, &nothing, RPC_PARSE_ERROR,
			    "Top-level object parse error");
	}
	json_doc_free(&doc);
	arena_free(&v.arena);
}

void rpc_get(struct app *app, const struct request *rq, struct response *rs)
{
	(void)app;
	(void)rq;
	text_reply(rs, 405, "JSONRPC server handles only POST requests");
	rs->allow = "POST";
}
