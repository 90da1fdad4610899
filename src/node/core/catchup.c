/* SPDX-License-Identifier: MIT */
/* See catchup.h. Nothing is remembered: a tip was of the day when it came, or when
 * the program began, if its time was; so all programs say the same. */
#include "node/core/catchup.h"

#include "node/core/priv.h"
#include "store/store_block.h"

enum status node_catching_up(struct node *n, bool *is)
{
	struct block_row tip;
	int64_t then;
	bool own;
	enum status st = node_read_begin(n, &own);

	*is = false;
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	node_read_end(n, own);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	if (u256_cmp(&tip.chainwork, &n->params.min_chainwork) < 0) {
		*is = true;
		return ST_OK;
	}
	then = tip.received_at > n->began_s ? tip.received_at : n->began_s;
	if (then > node_now_s(n))
		then = node_now_s(n);
	*is = !n->params.own && tip.header.time < then - n->tip_age_s;
	return ST_OK;
}
