/* SPDX-License-Identifier: MIT */
/* Values of mempool's API that several answers show, and those who listen at the
 * WebSocket: each writes one value, or
 * members of an object. Call them inside a snapshot. */
#ifndef QUARRY_FCGI_ESPLORA_MEMPOOL_PARTS_H
#define QUARRY_FCGI_ESPLORA_MEMPOOL_PARTS_H

#include "fcgi/http/app.h"
#include "fcgi/http/pool_view.h"
#include "json/write.h"

/* Fees recommended. */
NODISCARD enum status mempool_put_fees(struct app *app, struct json_writer *w);
/* The pool as blocks will take it. */
NODISCARD enum status mempool_put_blocks_to_come(struct app *app,
						 struct json_writer *w);
/* The period of difficulty. */
NODISCARD enum status mempool_put_difficulty(struct app *app,
					     struct json_writer *w);
void mempool_put_backend(struct json_writer *w);
/* The newest transactions of the pool. */
NODISCARD enum status mempool_put_recent(struct app *app, struct json_writer *w);
/* Members: the newest blocks; what the pool, the fees and the difficulty come to;
 * all that a page begins with. */
NODISCARD enum status mempool_put_newest(struct app *app, struct json_writer *w);
NODISCARD enum status mempool_put_stats(struct app *app, struct json_writer *w);
NODISCARD enum status mempool_put_init(struct app *app, struct json_writer *w);

#endif
