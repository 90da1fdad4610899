/* SPDX-License-Identifier: MIT */
/*
 * Refusals. A client whose Accept header prefers JSON gets
 *
 *	{"code":"insufficient-funds","message":"One sentence."}
 *
 * a browser, which names text/html, a page (page_error.h), and everybody else the
 * bare sentence as text, as the teaching interface has always answered; under /api
 * all get the text, as Esplora's clients expect.
 * Under /account, /admin, /wallet, /mining and /finality all get
 *
 *	{"error":"One sentence.","code":"wrong"}
 *
 * `code` is stable and made for programs: for what the rules refuse it is Bitcoin
 * Core's reject string.
 */
#ifndef QUARRY_FCGI_HTTP_ERROR_H
#define QUARRY_FCGI_HTTP_ERROR_H

#include "fcgi/http/response.h"
#include "primitives/verdict.h"

/* Replaces whatever the answer held. message is one sentence; what came from
 * outside must be printable in it, or be passed through log_safe. */
void error_reply(struct response *rs, const struct request *rq, int status,
		 const char *code, const char *message, ...)
	__attribute__((format(printf, 5, 6)));
/* A bad environment: 503 with Retry-After for what will pass, 500 else. */
void error_status(struct response *rs, const struct request *rq,
		  enum status st);
/* 400 with the reject string as code; the text for people is the string, the
 * detail and the sentence. */
void error_verdict(struct response *rs, const struct request *rq,
		   const struct verdict *v);
/* 404 with a text some clients look for. */
void error_not_found(struct response *rs, const struct request *rq,
		     const char *message);

#endif
