/* SPDX-License-Identifier: MIT */
/*
 * Blocks as the teaching interface shows them: its old keys (index, timestamp,
 * transactions, proof, previous_hash) over real blocks, with the real fields
 * beside them, keys sorted as Flask sorts them.
 *
 * A real transaction has many inputs and outputs; the old form has one sender,
 * one recipient and one amount. `sender` is who owned the first coin spent ("0"
 * for a block's reward), `recipient` the first payee who is not the sender, and
 * `amount` all that this payee gets; `outputs` lists everything, change too.
 */
#ifndef QUARRY_FCGI_TEACH_CHAIN_JSON_H
#define QUARRY_FCGI_TEACH_CHAIN_JSON_H

#include "fcgi/http/app.h"
#include "json/write.h"
#include "node/query/query.h"

/* Blocks a reply has by default and at most. */
#define CHAIN_PAGE_BLOCKS 500
#define CHAIN_PAGE_BLOCKS_MAX 2000
/* A page ends with the block that fills it so far. */
#define CHAIN_PAGE_BYTES (4u << 20)

/* Members shared by a block in a chain and the reply of /mine, in two halves so
 * that the caller can put keys in order: the array of transactions. */
NODISCARD enum status chain_json_transactions(struct app *app,
					      struct json_writer *w,
					      const struct block_info *info);
/* One block. */
NODISCARD enum status chain_json_block(struct app *app, struct json_writer *w,
				       const struct block_info *info);
/* The array of blocks from a height on: at most `limit`, less when the page is
 * full. *next: the height that comes after it. Take a snapshot around it. */
NODISCARD enum status chain_json_page(struct app *app, struct json_writer *w,
				      uint32_t from, uint32_t limit,
				      uint32_t tip_height, uint32_t *next);
/* Coins as the shortest number: 50, 0.5, 0.00000001. */
void chain_json_coins(struct json_writer *w, int64_t sat);

#endif
