/* SPDX-License-Identifier: MIT */
/* See query_mempool.h. */
#include "node/query/query_mempool.h"

#include "node/core/priv.h"
#include "node/pool/poolset.h"

/* The txids of a set, `self` left out. */
static enum status names(struct node *n, const struct poolset *s, int64_t self,
			 struct arena *a, struct txid **out, uint32_t *count)
{
	struct mempool_row row;
	enum status st = ST_OK;

	*count = 0;
	*out = arena_array(a, s->n + 1, struct txid);
	if (!*out)
		return ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < s->n; i++) {
		if (s->id[i] == self)
			continue;
		st = store_mempool_by_id(n->db, s->id[i], &row);
		(*out)[*count] = row.txid;
		*count += st == ST_OK;
	}
	return st;
}

static enum status parents(struct node *n, struct arena *a,
			   struct pool_entry *e)
{
	struct poolset s;
	enum status st;

	poolset_init(&s);
	st = poolset_parents(n, &s, e->id);
	if (st == ST_OK)
		st = names(n, &s, e->id, a, &e->parent, &e->n_parents);
	poolset_free(&s);
	return st;
}

static enum status children(struct node *n, struct arena *a,
			    struct pool_entry *e)
{
	int64_t ids[1000];
	struct poolset s = {.id = ids};
	int found = 0;
	enum status st = store_mempool_children(n->db, &e->txid, ids, 1000, &found);

	s.n = (size_t)found;
	return st == ST_OK ? names(n, &s, e->id, a, &e->child, &e->n_children)
			   : st;
}

/* Signalling is inherited from ancestors that are not confirmed. */
static enum status replaceable(struct node *n, struct pool_entry *e)
{
	struct mempool_row row;
	struct poolset s;
	bool added;
	enum status st;

	if (e->replaceable || e->n_ancestors == 1)
		return ST_OK;
	poolset_init(&s);
	st = poolset_add(&s, e->id, &added);
	if (st == ST_OK)
		st = poolset_ancestors(n, &s);
	for (size_t i = 0; st == ST_OK && i < s.n && !e->replaceable; i++) {
		st = store_mempool_by_id(n->db, s.id[i], &row);
		e->replaceable = st == ST_OK && row.replaceable;
	}
	poolset_free(&s);
	return st;
}

static enum status fill(struct node *n, const struct mempool_row *row,
			struct arena *a, struct pool_entry *out)
{
	enum status st;

	*out = (struct pool_entry){
		.id = row->id,
		.txid = row->txid,
		.wtxid = row->wtxid,
		.vsize = row->vsize,
		.weight = row->weight,
		.at = row->at,
		.height = row->height,
		.fee_sat = row->fee,
		.delta_sat = row->fee_delta,
		.n_ancestors = row->n_anc,
		.ancestors_vb = row->vsize_anc,
		.ancestors_sat = row->fee_anc,
		.n_descendants = row->n_desc,
		.descendants_vb = row->vsize_desc,
		.descendants_sat = row->fee_desc,
		.replaceable = row->replaceable,
	};
	st = store_untold_has(n->db, &row->txid, &out->untold);
	if (st == ST_OK)
		st = parents(n, a, out);
	if (st == ST_OK)
		st = children(n, a, out);
	return st == ST_OK ? replaceable(n, out) : st;
}

enum status query_pool_entry(struct node *n, const struct txid *id,
			     struct arena *a, struct pool_entry *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_by_txid(n->db, id, &row);
	if (st == ST_OK)
		st = fill(n, &row, a, out);
	node_read_end(n, own);
	return st;
}

enum status query_pool_next(struct node *n, int64_t after, struct arena *a,
			    struct pool_entry *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_next(n->db, after, &row);
	if (st == ST_OK)
		st = fill(n, &row, a, out);
	node_read_end(n, own);
	return st;
}

enum status query_pool_newest(struct node *n, int64_t *no)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_newest(n->db, no);
	node_read_end(n, own);
	return st;
}

enum status query_pool_delta_next(struct node *n, struct pool_delta *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_delta_next(n->db, &out->txid, &out->delta_sat);
	if (st == ST_OK) {
		st = store_mempool_by_txid(n->db, &out->txid, &row);
		out->in_pool = st == ST_OK;
		out->fee_sat = st == ST_OK ? row.fee : 0;
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	node_read_end(n, own);
	return st;
}

enum status query_pool_ids(struct node *n, uint32_t max, struct arena *a,
			   struct txid **out, uint32_t *count)
{
	struct mempool_row row = {0};
	uint32_t room = 0;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	while (st == ST_OK && *count < max) {
		st = store_mempool_next(n->db, row.id, &row);
		if (st != ST_OK)
			break;
		if (*count == room) {
			struct txid *more;

			room = room ? 2 * room : 256;
			more = arena_array(a, room, struct txid);
			if (!more) {
				st = ST_NOMEM;
				break;
			}
			if (*count)
				memcpy(more, *out, *count * sizeof(**out));
			*out = more;
		}
		(*out)[(*count)++] = row.txid;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_pool_relatives(struct node *n, const struct txid *id,
			      bool ancestors, struct arena *a,
			      struct txid **out, uint32_t *count)
{
	struct mempool_row row;
	struct poolset s;
	bool own, added;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	poolset_init(&s);
	st = store_mempool_by_txid(n->db, id, &row);
	if (st == ST_OK)
		st = poolset_add(&s, row.id, &added);
	if (st == ST_OK)
		st = ancestors ? poolset_ancestors(n, &s)
			       : poolset_descendants(n, &s);
	if (st == ST_OK)
		st = names(n, &s, row.id, a, out, count);
	poolset_free(&s);
	node_read_end(n, own);
	return st;
}

enum status query_pool_spender(struct node *n, const struct outpoint *o,
			       struct txid *by)
{
	struct mempool_row row;
	uint32_t in;
	int64_t id;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_spender(n->db, o, &id, &in);
	if (st == ST_OK)
		st = store_mempool_by_id(n->db, id, &row);
	node_read_end(n, own);
	if (st == ST_OK)
		*by = row.txid;
	return st;
}

/* Events that may lie between: those of other programs, too. */
#define REPLACED_EVENTS_MAX 4096

static bool is_one_of(const struct hash256 *h, const struct tx *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (hash256_equal(&v[i].txid.h, h))
			return true;
	return false;
}

enum status query_replaced(struct node *n, int64_t after, const struct tx *by,
			   uint32_t n_by, struct arena *a, struct txid **out,
			   uint32_t *count)
{
	struct event_info *row;
	uint32_t rows;
	enum status st = query_events(n, after, REPLACED_EVENTS_MAX, a, &row,
				      &rows);

	*count = 0;
	*out = st == ST_OK ? arena_array(a, rows + 1, struct txid) : NULL;
	if (!*out)
		return st == ST_OK ? ST_NOMEM : st;
	for (uint32_t i = 0; st == ST_OK && i < rows; i++) {
		const struct txid id = {row[i].hash};
		struct gone_info info;

		if (!row[i].has_hash || strcmp(row[i].kind, "tx-gone") != 0)
			continue;
		st = query_gone(n, &id, &info);
		if (st == ST_OK && info.has_by &&
		    strcmp(info.why, "replaced") == 0 &&
		    is_one_of(&info.by, by, n_by))
			(*out)[(*count)++] = id;
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	return st;
}
