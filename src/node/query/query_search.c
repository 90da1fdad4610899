/* SPDX-License-Identifier: MIT */
#include "node/query/query_search.h"

#include <stdio.h>

#include "base/hex.h"
#include "node/core/priv.h"
#include "store/store_search.h"

#define ROWS_MAX 100

/* The lowest and the highest hash that begins so. */
static bool bounds(const char *digits, size_t len, uint8_t low[32],
		   uint8_t high[32])
{
	if (len < SEARCH_DIGITS_MIN || len > 64)
		return false;
	memset(low, 0, 32);
	memset(high, 0xff, 32);
	for (size_t i = 0; i < len; i++) {
		int d = hex_digit(digits[i]);

		if (d < 0)
			return false;
		if (i % 2 == 0) {
			low[i / 2] = (uint8_t)(d << 4);
			high[i / 2] = (uint8_t)(d << 4 | 15);
		} else {
			low[i / 2] |= (uint8_t)d;
			high[i / 2] = low[i / 2];
		}
	}
	return true;
}

enum status query_hash_prefix(struct node *n, const char *digits, size_t len,
			      int max, struct search_found *out, int *count)
{
	static const enum store_search where[] = {
		STORE_IN_BLOCKS, STORE_IN_CHAIN, STORE_IN_POOL,
	};
	struct hash256 h[ROWS_MAX];
	uint8_t low[32], high[32];
	enum status st;
	bool own;

	*count = 0;
	if (!bounds(digits, len, low, high))
		return ST_OK;
	if (max > ROWS_MAX)
		max = ROWS_MAX;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	for (int i = 0; i < 3 && st == ST_OK; i++) {
		int found;

		st = store_search(n->db, where[i], low, high, h, max, &found);
		for (int k = 0; st == ST_OK && k < found; k++)
			out[(*count)++] = (struct search_found){h[k], i == 0};
	}
	node_read_end(n, own);
	return st;
}

enum status query_reorgs(struct node *n, int64_t below, int max,
			 struct reorg_info *out, int *count)
{
	struct reorg_row row[ROWS_MAX];
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_reorgs_below(n->db, below, row, max < ROWS_MAX ? max : ROWS_MAX,
				count);
	node_read_end(n, own);
	for (int i = 0; st == ST_OK && i < *count; i++)
		out[i] = (struct reorg_info){row[i].id, row[i].at,
					     row[i].fork_height, row[i].depth,
					     row[i].old_tip, row[i].new_tip};
	return st;
}

enum status query_refusals(struct node *n, int64_t below, int max,
			   struct refusal_brief *out, int *count)
{
	struct reject_brief row[ROWS_MAX];
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_rejects_below(n->db, below, row, max < ROWS_MAX ? max : ROWS_MAX,
				 count);
	node_read_end(n, own);
	for (int i = 0; st == ST_OK && i < *count; i++) {
		out[i] = (struct refusal_brief){.id = row[i].id, .at = row[i].at,
						.hash = row[i].hash};
		snprintf(out[i].kind, sizeof(out[i].kind), "%s", row[i].kind);
		snprintf(out[i].reason, sizeof(out[i].reason), "%s", row[i].reason);
	}
	return st;
}
