/* SPDX-License-Identifier: MIT */
/* Headers in: their work first, all of them, and only then the database. */
#include "node/chain/accept.h"

#include "consensus/header_check.h"
#include "node/chain/accept_place.h"
#include "node/chain/activate.h"
#include "node/chain/finality_state.h"
#include "node/chain/presync.h"
#include "node/chain/tried.h"
#include "node/core/events.h"

static enum status accept_header(struct node *n, const uint8_t *raw,
				 const char *source, struct verdict *v)
{
	struct place at;
	struct header h;
	struct blkid id;
	enum status st;

	header_read(&h, raw);
	header_hash_raw(&id, raw);
	if (!header_check_work(&n->params, &h, &id, v))
		return ST_OK;
	st = place_self(n, &h, &id, &at);
	if (st == ST_OK)
		st = place_parent(n, &h, &at);
	if (st != ST_OK)
		return st;
	if (at.known)
		return block_is_invalid(at.row.status) ?
			       finality_judge_marked(n, &at.row, v) : ST_OK;
	if (!at.has_parent) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "%s", "");
		return ST_OK;
	}
	st = place_judge(n, &h, &id, &at, v);
	if (st == ST_OK && v->code == VALID)
		st = store_block_insert(n->db, &at.row, source);
	else if (st == ST_OK && v->code == V_BAD_PREV)
		st = block_mark_tried(n, at.parent.id);
	return st;
}

enum status headers_store(struct node *n, const uint8_t *raw, size_t count,
			  const char *source, size_t *accepted,
			  struct verdict *v)
{
	struct blkid id;
	enum status st;

	*accepted = 0;
	verdict_init(v);
	/* the work of all is checked before the database is touched */
	for (size_t i = 0; i < count; i++) {
		struct header h;

		header_read(&h, raw + i * HEADER_SIZE);
		header_hash(&id, &h);
		if (!header_check_work(&n->params, &h, &id, v)) {
			count = i;
			break;
		}
	}
	if (count) {
		struct verdict first;

		verdict_init(&first);
		st = node_write_begin(n);
		while (st == ST_OK && *accepted < count) {
			st = accept_header(n, raw + *accepted * HEADER_SIZE,
					   source, &first);
			if (st != ST_OK || first.code != VALID)
				break;
			(*accepted)++;
		}
		st = node_write_end(n, st == ST_OK ? finality_update(n) : st);
		if (st != ST_OK) {
			branch_clear(&n->branch);
			*accepted = 0;
			return st;
		}
		if (first.code != VALID)
			*v = first;
	}
	if (v->code != VALID) {
		header_hash_raw(&id, raw + *accepted * HEADER_SIZE);
		return reject_write(n, "header", &id.h, v, source);
	}
	return ST_OK;
}
