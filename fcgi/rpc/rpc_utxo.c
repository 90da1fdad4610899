/* SPDX-License-Identifier: MIT */
/* The set of unspent outputs: figures over it, and searching it. */
#include <stdlib.h>

#include "fcgi/rpc/rpc_scan.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "node/query/query_chain.h"

bool rpc_gettxoutsetinfo(struct rpc_call *c)
{
	const char *type = rpc_has(c, 0) ? rpc_arg_str(c, 0) : "hash_serialized_3";
	enum utxo_hash hash;
	struct json_writer *w = c->w;
	struct utxo_stats s;
	struct block_info at;
	struct node_tip tip;
	enum status st;

	if (strcmp(type, "hash_serialized_3") == 0)
		hash = UTXO_HASH_SERIALIZED;
	else if (strcmp(type, "muhash") == 0)
		hash = UTXO_HASH_MUHASH;
	else if (strcmp(type, "none") == 0)
		hash = UTXO_HASH_NONE;
	else
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"'%.200s' is not a valid hash_type", type);
	if (!rpc_tip(c, &tip))
		return false;
	if (rpc_has(c, 1)) {
		if (!rpc_arg_hash_or_height(c, 1, &at))
			return false;
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Querying specific block heights requires "
				"coinstatsindex");
	}
	st = query_utxo_stats(c->node, hash, &s);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(w);
	json_put_uint(w, "height", tip.height);
	json_put_hash(w, "bestblock", &tip.id.h);
	json_put_uint(w, "txouts", s.n_out);
	json_put_uint(w, "bogosize", s.bogo_size);
	if (hash != UTXO_HASH_NONE)
		json_put_hash(w, type, &s.hash);
	json_put_amount(w, "total_amount", s.total_sat);
	json_put_uint(w, "transactions", s.n_tx);
	json_put_int(w, "disk_size", 0);
	json_obj_end(w);
	return true;
}

struct hit {
	struct outpoint at;
	int64_t value;
	uint32_t height;
	bool coinbase;
	const struct rpc_wanted *want;
};

struct scan {
	struct rpc_call *c;
	struct hit *hit;
	size_t n_hit, hit_room;
	struct rpc_wants wants;
	uint64_t seen;
	int64_t total_sat;
	struct node_tip tip;
	enum status st;
};

static bool look(void *arg, const struct utxo *u)
{
	struct scan *s = arg;
	const struct rpc_wanted *want = rpc_wants_find(&s->wants, u->script);

	s->seen++;
	if (!want)
		return true;
	if (s->n_hit == s->hit_room) {
		size_t room = s->hit_room ? 2 * s->hit_room : 64;
		struct hit *more = arena_array(s->c->arena, room, struct hit);

		if (!more) {
			s->st = ST_NOMEM;
			return false;
		}
		if (s->n_hit)
			memcpy(more, s->hit, s->n_hit * sizeof(*more));
		s->hit = more;
		s->hit_room = room;
	}
	s->total_sat += u->value;
	s->hit[s->n_hit++] = (struct hit){u->at, u->value, u->height, u->coinbase,
					  want};
	return true;
}

/* As Core's map of outpoints: txids in wire order. */
static int by_outpoint(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order = memcmp(x->at.txid.h.b, y->at.txid.h.b, 32);

	return order ? order : (x->at.n > y->at.n) - (x->at.n < y->at.n);
}

static enum status put_hit(struct scan *s, const struct hit *h)
{
	struct json_writer *w = s->c->w;
	struct block_info block;
	enum status st = query_block_at(s->c->node, h->height, &block);

	if (st != ST_OK)
		return st;
	json_obj_begin(w);
	json_put_hash(w, "txid", &h->at.txid.h);
	json_put_uint(w, "vout", h->at.n);
	json_put_hex(w, "scriptPubKey", h->want->script.p, h->want->script.len);
	json_put_str(w, "desc", h->want->desc);
	json_put_amount(w, "amount", h->value);
	json_put_bool(w, "coinbase", h->coinbase);
	json_put_uint(w, "height", h->height);
	json_put_hash(w, "blockhash", &block.id.h);
	json_put_int(w, "confirmations", (int64_t)s->tip.height - h->height + 1);
	json_obj_end(w);
	return ST_OK;
}

bool rpc_scantxoutset(struct rpc_call *c)
{
	const char *action = rpc_arg_str(c, 0);
	struct json_writer *w = c->w;
	struct scan s = {.c = c};
	enum status st;

	/* a scan ends before its answer: none is ever under way */
	if (strcmp(action, "status") == 0) {
		json_nil(w);
		return true;
	}
	if (strcmp(action, "abort") == 0) {
		json_bool(w, false);
		return true;
	}
	if (strcmp(action, "start") != 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid action '%.200s'",
				action);
	if (!rpc_has(c, 1))
		return rpc_fail(c, RPC_MISC_ERROR,
				"scanobjects argument is required for the start "
				"action");
	if (!rpc_wants_read(c, c->arg[1], &s.wants) || !rpc_tip(c, &s.tip))
		return false;
	st = query_each_utxo(c->node, look, &s);
	if (st == ST_CANCELLED)
		st = s.st;
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (s.n_hit)
		qsort(s.hit, s.n_hit, sizeof(*s.hit), by_outpoint);
	json_obj_begin(w);
	json_put_bool(w, "success", true);
	json_put_uint(w, "txouts", s.seen);
	json_put_uint(w, "height", s.tip.height);
	json_put_hash(w, "bestblock", &s.tip.id.h);
	json_key(w, "unspents");
	json_arr_begin(w);
	for (size_t i = 0; st == ST_OK && i < s.n_hit; i++)
		st = put_hit(&s, &s.hit[i]);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_arr_end(w);
	json_put_amount(w, "total_amount", s.total_sat);
	json_obj_end(w);
	return true;
}

