/* SPDX-License-Identifier: MIT */
/* /qr?text=...: a text as a QR code, for pages that show one. What is secret comes
 * as the body of a POST, so that no log keeps it. */
#include <string.h>

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/page/qr.h"

void page_qr(struct app *app, const struct request *rq, struct response *rs)
{
	char body[QR_TEXT_MAX + 1] = "";
	const char *text = body;
	struct buf path;
	int side;

	(void)app;
	if (rq->method != HTTP_POST)
		text = request_query(rq, "text");
	else if (rq->body.len < sizeof(body) && rq->body.len)
		memcpy(body, rq->body.p, rq->body.len);
	buf_init(&path, 256u << 10);
	if (!text || !*text || !qr_path(&path, text, &side)) {
		buf_free(&path);
		error_reply(rs, rq, 400, "no-qr-code",
			    "Say ?text=, or send the text as the body: at most %d "
			    "characters.", QR_TEXT_MAX);
		return;
	}
	rs->type = "image/svg+xml";
	buf_printf(&rs->body,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		   "viewBox=\"-4 -4 %d %d\" shape-rendering=\"crispEdges\">"
		   "<path fill=\"#fff\" d=\"M-4-4h%dv%dh-%dz\"/><path d=\"",
		   side + 8, side + 8, side + 8, side + 8, side + 8);
	buf_bytes(&rs->body, buf_view(&path));
	buf_text(&rs->body, "\"/></svg>\n");
	buf_free(&path);
}
