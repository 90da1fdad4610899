/* SPDX-License-Identifier: MIT */
/*
 * The messages of the WebSocket. What is the same for many (a block, the pool's
 * figures) is made once for a round and put together for each client.
 */
#ifndef QUARRY_FCGI_WS_WS_TELL_H
#define QUARRY_FCGI_WS_WS_TELL_H

#include "fcgi/http/pool_view.h"
#include "fcgi/ws/ws_client.h"
#include "fcgi/ws/ws_news.h"

/* Bytes of transactions that come, by the second. */
#define WS_FLOW_S 60

struct ws_flow {
	int64_t second[WS_FLOW_S];
	uint64_t vsize[WS_FLOW_S];
};
void ws_flow_add(struct ws_flow *f, int64_t now_s, uint32_t vsize);
/* Virtual bytes a second, of the last minute. */
double ws_flow_rate(const struct ws_flow *f, int64_t now_s);

enum ws_part { WS_PART_BLOCK, WS_PART_STATS, WS_PART_RECENT, WS_PART_TO_COME,
	       WS_PART_CHART, WS_PART_NEWEST, WS_PART_RBF, WS_PART_FULL_RBF,
	       WS_PART_RBF_SUMMARY, WS_PART_POOL_BLOCK };
#define WS_PARTS (WS_PART_POOL_BLOCK + POOL_VIEW_BLOCKS)

struct ws_place {
	const struct watch *watch;
	int64_t id;		/* of the pool */
	bool found;
	uint32_t block;		/* of those to come */
	double vsize;		/* before its middle, in that block */
};

struct ws_tell {
	struct app *app;
	struct ws_flow flow;
	struct arena arena;	/* of the parts */
	struct {
		bool made;
		struct bytes json;
	} part[WS_PARTS];
	/* the round */
	const struct ws_news *news;
	const struct block_info *block;	/* that joined the chain; NULL: none */
	bool pool_due, chart_due, all_due;	/* all: another state was loaded */
	bool rbf_due;
	int64_t sequence;		/* of the pool's blocks */
	struct ws_place *place;		/* in order of id */
	uint32_t n_place;
	struct buf text, message;
};

void ws_tell_init(struct ws_tell *t, struct app *app);
void ws_tell_free(struct ws_tell *t);
/* A new round, of nothing at first. */
void ws_tell_begin(struct ws_tell *t);
/* Where in the pool the transactions are that clients follow. */
NODISCARD enum status ws_tell_places(struct ws_tell *t,
				     const struct ws_client *clients);
/* Puts into the client's queue what of the round is for it. */
NODISCARD enum status ws_tell_client(struct ws_tell *t, struct ws_client *c);
/* What is said at once to an order that is carried out already; wanted: what the
 * client did not want before. */
NODISCARD enum status ws_tell_answer(struct ws_tell *t, struct ws_client *c,
				     const struct ws_order *o, unsigned wanted);

#endif
