/* SPDX-License-Identifier: MIT */
/* GET /api/block-template: what getblocktemplate gives, where mining by request is
 * allowed; 403 elsewhere, which Esplora's pages take for "switched off". */
#include "fcgi/http/api.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/rpc/rpc.h"
#include "json/read.h"
#include "json/write.h"

void esplora_block_template(struct app *app, const struct request *rq,
			    struct response *rs)
{
	static const char params[] = "[{\"rules\":[\"segwit\",\"signet\"]}]";
	char error[JSON_ERROR_SIZE];
	struct response_wait wait = {0};
	struct json_writer w;
	struct json_doc d;
	struct rpc_call c = {
		.app = app,
		.node = app->node,
		.arena = rq->arena,
		.w = &w,
		.wait = &wait,
	};

	if (!app_may_mine(app)) {
		api_error(rs, 403, "Mining by request is off");
		return;
	}
	if (json_doc_parse(&d, params, sizeof(params) - 1, sizeof(params), error) !=
	    ST_OK) {
		error_status(rs, rq, ST_NOMEM);
		return;
	}
	json_begin(&w, &rs->body);
	if (!rpc_execute(&c, "getblocktemplate", d.root))
		api_error(rs, 503, c.message ? c.message : "No template now");
	json_doc_free(&d);
	api_tip(app, rs);
}
