/* SPDX-License-Identifier: MIT */
/*
 * The laboratory and the faucet over HTTP: POST /lab/CALL and POST /faucet with
 * the arguments as a JSON object (any Content-Type: a bare curl -d will do), GET
 * /lab for the calls there are. What they do is in lab/lab.h.
 */
#include "lab/lab.h"

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/rpc/rpc.h"

static void refuse(struct response *rs, const struct request *rq,
		   const struct lab_fault *f)
{
	switch (f->kind) {
	case LAB_USAGE:
		error_reply(rs, rq, 400, "bad-arguments", "%s", f->message);
		return;
	case LAB_UNKNOWN:
		error_reply(rs, rq, 404, "not-there", "%s", f->message);
		return;
	case LAB_REFUSED:
		error_reply(rs, rq, 409, "refused", "%s", f->message);
		return;
	case LAB_FAILED:
		break;
	}
	if (f->st == ST_BUSY)
		rs->retry_after_s = 1;
	error_reply(rs, rq, f->st == ST_BUSY ? 503 : 500, "failed", "%s",
		    f->message);
}

/* Strangers may read a public node of an own chain; its chain and clock are not
 * theirs. */
static bool is_open(const struct app *app, const struct request *rq,
		    struct response *rs)
{
	if (conf_bool(app->conf, CONF_LAB))
		return true;
	error_reply(rs, rq, 403, "not-allowed-here",
		    "The laboratory and the faucet are off here; quarry dev has "
		    "them, or lab = yes in quarry.conf.");
	return false;
}

static void run(struct app *app, const char *name, const struct request *rq,
		struct response *rs)
{
	char error[JSON_ERROR_SIZE];
	struct lab_fault fault;
	struct json_doc doc = {0};
	struct json_writer w;

	if (!is_open(app, rq, rs))
		return;
	if (rq->body.len &&
	    json_doc_parse(&doc, rq->body.p, rq->body.len, rq->body.len,
			   error) != ST_OK) {
		error_reply(rs, rq, 400, "bad-json", "The body is no JSON: %s.",
			    error);
		return;
	}
	rs->type = TYPE_JSON;
	json_begin(&w, &rs->body);
	if (lab_call(app->node, name, doc.root, &w, &fault))
		buf_text(&rs->body, "\n");
	else
		refuse(rs, rq, &fault);
	json_doc_free(&doc);
}

static const char *arg_text(const struct request *rq)
{
	char *s = arena_calloc(rq->arena, rq->arg[0].len + 1, 1);

	if (s)
		memcpy(s, rq->arg[0].p, rq->arg[0].len);
	return s;
}

void lab_post(struct app *app, const struct request *rq, struct response *rs)
{
	const char *name = arg_text(rq);

	/* on the REST port nobody has looked yet */
	if (request_is_cross_site(rq))
		error_reply(rs, rq, 403, "cross-site",
			    "Pages of other sites may not change anything here.");
	else if (name)
		run(app, name, rq, rs);
	else
		error_status(rs, rq, ST_NOMEM);
}

void lab_faucet(struct app *app, const struct request *rq, struct response *rs)
{
	run(app, "faucet", rq, rs);
}

/* A call of the RPC's on the wallet without a name; the answer goes to rs. */
static bool wallet_call(struct app *app, const struct request *rq,
			struct response *rs, const char *method, const char *params,
			struct rpc_call *c)
{
	char error[JSON_ERROR_SIZE];
	struct json_writer w;
	struct json_doc doc;
	bool good;

	*c = (struct rpc_call){.app = app, .node = app->node, .arena = rq->arena,
			       .wallet = bytes_of("", 0), .w = &w};
	if (json_doc_parse(&doc, params, strlen(params), strlen(params), error) !=
	    ST_OK)
		return rpc_fail(c, RPC_OUT_OF_MEMORY, "Out of memory");
	json_begin(&w, &rs->body);
	good = rpc_execute(c, method, doc.root);
	json_doc_free(&doc);
	return good;
}

/* As nigiri has it. */
void lab_address(struct app *app, const struct request *rq, struct response *rs)
{
	struct rpc_call c;
	bool good;

	if (request_is_cross_site(rq)) {
		error_reply(rs, rq, 403, "cross-site",
			    "Pages of other sites may not change anything here.");
		return;
	}
	if (!is_open(app, rq, rs))
		return;
	rs->type = TYPE_JSON;
	buf_text(&rs->body, "{\"address\":");
	good = wallet_call(app, rq, rs, "getnewaddress", "[]", &c);
	if (!good && c.code == RPC_WALLET_NOT_FOUND) {
		buf_reset(&rs->body);
		good = wallet_call(app, rq, rs, "createwallet", "[\"\"]", &c);
		buf_reset(&rs->body);
		buf_text(&rs->body, "{\"address\":");
		good = good && wallet_call(app, rq, rs, "getnewaddress", "[]", &c);
	}
	buf_text(&rs->body, "}\n");
	if (!good) {
		buf_reset(&rs->body);
		error_reply(rs, rq, 409, "refused", "%s", c.message);
	}
}

void lab_get(struct app *app, const struct request *rq, struct response *rs)
{
	const struct lab_spec *s;
	struct json_writer w;

	(void)rq;
	(void)app;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_key(&w, "calls");
	json_arr_begin(&w);
	for (size_t i = 0; (s = lab_spec_at(i)); i++) {
		json_obj_begin(&w);
		json_put_str(&w, "call", s->name);
		json_put_str(&w, "arguments", s->args);
		json_put_str(&w, "about", s->help);
		json_obj_end(&w);
	}
	json_arr_end(&w);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}
