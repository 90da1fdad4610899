/* SPDX-License-Identifier: MIT */
/*
 * GET /events: Server-Sent Events. The request says what is wanted (event_want.h);
 * the answer begins with `hello` and the tip, and then never ends: see hub.h.
 * Only the process for events can do it (fcgi_main.c).
 */
#include <stdio.h>

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/live/hub.h"
#include "feed/event_want.h"

#define RETRY_S 5

static void refuse(struct response *rs, const struct request *rq, int status)
{
	error_reply(rs, rq, status, status == 429 ? "too-many-streams" : "busy",
		    status == 429 ?
			    "Your address follows as many streams as one may." :
			    "No more streams can be followed now; try again.");
	rs->retry_after_s = RETRY_S;
}

/* Who has missed nothing gets a place to come back to with it. */
static void say_hello(struct app *app, struct response *rs, bool resumed)
{
	char hash[HASH_TEXT_SIZE], text[300], id[40] = "";
	struct node_tip tip;
	int64_t cursor;

	hub_state(app->hub, &tip, &cursor);
	if (!resumed)
		snprintf(id, sizeof(id), "id: %lld\n", (long long)cursor);
	snprintf(text, sizeof(text),
		 "retry: 2000\n\nevent: hello\n%sdata: {\"chain\":\"%s\","
		 "\"height\":%u,\"hash\":\"%s\",\"cursor\":%lld}\n\n",
		 id, node_params(app->node)->name, tip.height,
		 hash256_text(hash, &tip.id.h), (long long)cursor);
	buf_text(&rs->body, text);
}

static enum status read_want(struct app *app, const struct request *rq,
			     struct event_want *want, char why[EVENT_WHY_SIZE])
{
	struct watches *w = hub_watches(app->hub);
	enum status st = ST_OK;

	*want = (struct event_want){0};
	for (unsigned i = 0; st == ST_OK && i < rq->n_query; i++)
		st = event_want_add(want, rq->query[i].name, rq->query[i].value,
				    node_params(app->node), w, why);
	/* A browser that comes back says where it was; one that says nonsense
	 * begins anew. */
	if (st == ST_OK && *rq->last_event_id)
		(void)event_want_place(want, rq->last_event_id);
	event_want_end(want);
	if (st != ST_OK)
		event_want_drop(want, w);
	return st;
}

void events_get(struct app *app, const struct request *rq, struct response *rs)
{
	char why[EVENT_WHY_SIZE];
	struct event_want *want;
	enum status st;
	int no;

	rs->open = true;
	if (!app->hub) {
		error_reply(rs, rq, 503, "no-events",
			    "The web server must pass /events to the socket for "
			    "events; see quarry.fcgi(8).");
		return;
	}
	no = hub_refusal(app->hub, rq->remote);
	want = arena_new(rq->arena, struct event_want);
	if (no || !want) {
		refuse(rs, rq, no ? no : 503);
		return;
	}
	st = read_want(app, rq, want, why);
	if (st == ST_USAGE) {
		error_reply(rs, rq, 400, "bad-filter", "%s", why);
		return;
	}
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	rs->type = "text/event-stream";
	if (rq->method == HTTP_HEAD) {
		event_want_drop(want, hub_watches(app->hub));
		return;
	}
	say_hello(app, rs, want->resumed);
	rs->stream = want;
}
