/* SPDX-License-Identifier: MIT */
/*
 * What rows of the event table mean to those who listen at the WebSocket: notes,
 * each of one transaction for one thing that somebody looks for (watch.h). They
 * are gathered row by row, and told together (ws_hall.h).
 */
#ifndef QUARRY_FCGI_WS_WS_NEWS_H
#define QUARRY_FCGI_WS_WS_NEWS_H

#include "fcgi/http/app.h"
#include "fcgi/http/response.h"
#include "feed/watch.h"
#include "node/query/query_full.h"

enum ws_note_kind {
	WS_NOTE_CAME,		/* into the pool; of a script or transaction */
	WS_NOTE_CONFIRMED,
	WS_NOTE_GONE,		/* from the pool, and not into a block */
	WS_NOTE_SPENT,		/* an output of a transaction looked for */
};

struct ws_note {
	const struct watch *watch;
	uint32_t nth;
	enum ws_note_kind kind;
	struct bytes json;	/* the transaction; of SPENT a member
				 * "vout":{...}; of a transaction GONE its
				 * successor's id in quotes, or nothing */
};

struct ws_news {
	struct app *app;
	const struct watches *watches;
	struct arena arena, scratch;
	struct response rs;	/* where a transaction is written */
	struct ws_note *note;	/* in order of watch once sorted */
	uint32_t n, room;
};

void ws_news_init(struct ws_news *s, struct app *app, const struct watches *w);
void ws_news_free(struct ws_news *s);
/* Forgets all notes. */
void ws_news_reset(struct ws_news *s);
/* Adds the notes of a row. On failure some may be missing. */
NODISCARD enum status ws_news_add(struct ws_news *s, const struct event_info *row);
void ws_news_sort(struct ws_news *s);
/* The first note of a watch, *n of them, in the order they came; sorted. */
const struct ws_note *ws_news_of(const struct ws_news *s, const struct watch *w,
				 uint32_t *n);

#endif
