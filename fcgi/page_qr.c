/* SPDX-License-Identifier: MIT */
/* /qr?text=...: a text as a QR code, for pages that show one. */
#include "fcgi/error.h"
#include "fcgi/handlers.h"
#include "fcgi/qr.h"

void page_qr(struct app *app, const struct request *rq, struct response *rs)
{
	const char *text = request_query(rq, "text");
	struct buf path;
	int side;

	(void)app;
	buf_init(&path, 256u << 10);
	if (!text || !qr_path(&path, text, &side)) {
		buf_free(&path);
		error_reply(rs, rq, 400, "no-qr-code",
			    "Say ?text= and at most %d characters.", QR_TEXT_MAX);
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
