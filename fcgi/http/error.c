/* SPDX-License-Identifier: MIT */
#include "fcgi/http/error.h"

#include <stdio.h>

#include "fcgi/http/page_error.h"
#include "json/write.h"

#define ERROR_TEXT_SIZE 640

/* Bare text: as text/html where the teaching interface always said so, with
 * nothing in it that HTML would read as more than text. */
static void reply_text(struct response *rs, bool plain, const char *text)
{
	rs->type = plain ? TYPE_TEXT : TYPE_HTML;
	for (const char *p = text; *p; p++) {
		if (!plain && *p == '<')
			buf_text(&rs->body, "&lt;");
		else if (!plain && *p == '>')
			buf_text(&rs->body, "&gt;");
		else if (!plain && *p == '&')
			buf_text(&rs->body, "&amp;");
		else
			buf_u8(&rs->body, (uint8_t)*p);
	}
}

void error_reply(struct response *rs, const struct request *rq, int status,
		 const char *code, const char *message, ...)
{
	char text[ERROR_TEXT_SIZE];
	struct json_writer w;
	va_list ap;

	va_start(ap, message);
	vsnprintf(text, sizeof(text), message, ap);
	va_end(ap);
	if (!response_restart(rs))
		return;
	rs->status = status;
	if (rq->object) {
		rs->type = TYPE_JSON;
		json_begin(&w, &rs->body);
		json_obj_begin(&w);
		json_put_str(&w, "error", text);
		json_put_str(&w, "code", code);
		json_obj_end(&w);
		buf_text(&rs->body, "\n");
	} else if (rq->wants_json && !rq->api) {
		rs->type = TYPE_JSON;
		json_begin(&w, &rs->body);
		json_obj_begin(&w);
		json_put_str(&w, "code", code);
		json_put_str(&w, "message", text);
		json_obj_end(&w);
		buf_text(&rs->body, "\n");
	} else if (rq->wants_html && !rq->api) {
		page_error(rs, rq, text);
	} else {
		reply_text(rs, rq->api, text);
	}
}

void error_status(struct response *rs, const struct request *rq,
		  enum status st)
{
	switch (st) {
	case ST_BUSY:
	case ST_STALE:
	case ST_TIMEOUT:
	case ST_NOMEM:
	case ST_CANCELLED:
		rs->retry_after_s = 1;
		error_reply(rs, rq, 503, "busy",
			    "The node is busy (%s); try again in a second.",
			    status_text(st));
		return;
	case ST_FULL:
		rs->retry_after_s = 60;
		error_reply(rs, rq, 503, "full",
			    "The node has no room left: %s.", status_text(st));
		return;
	case ST_NOT_FOUND:
		error_reply(rs, rq, 404, "not-found", "There is no such thing here.");
		return;
	case ST_TOO_BIG:
		error_reply(rs, rq, 413, "too-big",
			    "The answer or the request is larger than the node allows.");
		return;
	case ST_OK:
	case ST_IO:
	case ST_CORRUPT:
	case ST_PARSE:
	case ST_DENIED:
	case ST_VERSION:
	case ST_REMOTE:
	case ST_USAGE:
		break;
	}
	error_reply(rs, rq, 500, "internal",
		    "The node could not do it (%s); its log says more.",
		    status_text(st));
}

void error_verdict(struct response *rs, const struct request *rq,
		   const struct verdict *v)
{
	char reject[VERDICT_DETAIL_SIZE + 96];

	verdict_reject(reject, sizeof(reject), v);
	error_reply(rs, rq, 400, reject, "%s: %s%s%s%s", reject,
		    verdict_sentence(v->code), v->detail[0] ? " (" : "",
		    v->detail, v->detail[0] ? ")" : "");
}

void error_not_found(struct response *rs, const struct request *rq,
		     const char *message)
{
	error_reply(rs, rq, 404, "not-found", "%s", message);
}
