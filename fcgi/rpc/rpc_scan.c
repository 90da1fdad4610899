/* SPDX-License-Identifier: MIT */
/* Searching the blocks for scripts by their filters (BIP158); and see rpc_scan.h. */
#include "fcgi/rpc/rpc_scan.h"

#include <stdlib.h>

#include "fcgi/rpc/rpc_txjson.h"
#include "fcgi/rpc/rpc_wallet.h"
#include "node/query/filter.h"
#include "node/query/query_chain.h"
#include "node/query/query_full.h"
#include "primitives/gcs.h"

static int by_script(const void *a, const void *b)
{
	const struct rpc_wanted *x = a, *y = b;
	size_t n = x->script.len < y->script.len ? x->script.len : y->script.len;
	int order = n ? memcmp(x->script.p, y->script.p, n) : 0;

	if (order)
		return order;
	return (x->script.len > y->script.len) - (x->script.len < y->script.len);
}

static bool want(struct rpc_call *c, struct rpc_wants *s, struct bytes script)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 1024;
		struct rpc_wanted *more = arena_array(c->arena, room,
						  struct rpc_wanted);

		if (!more)
			return rpc_fail_status(c, ST_NOMEM);
		if (s->n)
			memcpy(more, s->want, s->n * sizeof(*more));
		s->want = more;
		s->room = room;
	}
	s->want[s->n++] = (struct rpc_wanted){script, NULL};
	return true;
}

/* One scan object: a descriptor, or {"desc", "range"}. */
static bool add_object(struct rpc_call *c, struct rpc_wants *s,
		       const struct json_value *v)
{
	const struct json_value *range = json_get(v, "range");
	char error[DESC_ERROR_SIZE];
	struct descriptor *d;
	int64_t low = 0, high = 1000;
	const char *text;
	size_t len;

	if (json_kind(v) == JSON_KIND_OBJECT) {
		if (!json_get(v, "desc"))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Descriptor needs to be provided in scan "
					"object");
		v = json_get(v, "desc");
		if (range && !rpc_range(c, range, &low, &high))
			return false;
	}
	if (!json_as_str(v, &text, &len))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Scan object needs to be either a string or an "
				"object");
	d = rpc_descriptor(c, text, len, false, error);
	if (!d)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
	if (!desc_is_range(d))
		low = high = 0;
	for (int64_t i = low; i <= high; i++) {
		struct desc_scripts e;

		if (!desc_expand(d, rpc_ec(c), (uint32_t)i, c->arena, &e))
			return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
					"Cannot derive script without private keys: "
					"'%.500s'", text);
		for (unsigned k = 0; k < e.n; k++) {
			struct buf b;

			if (!want(c, s, e.script[k]))
				return false;
			buf_init(&b, 65536);
			if (!desc_text_at(&b, d, node_params(c->node),
					  rpc_ec(c), (uint32_t)i, k))
				buf_reset(&b);
			s->want[s->n - 1].desc = arena_strdup(c->arena,
							      buf_str(&b));
			buf_free(&b);
		}
	}
	return true;
}

bool rpc_wants_read(struct rpc_call *c, const struct json_value *list,
		    struct rpc_wants *out)
{
	*out = (struct rpc_wants){0};
	for (size_t i = 0; i < json_count(list); i++)
		if (!add_object(c, out, json_at(list, i)))
			return false;
	if (out->n)
		qsort(out->want, out->n, sizeof(*out->want), by_script);
	return true;
}

const struct rpc_wanted *rpc_wants_find(const struct rpc_wants *w,
					struct bytes script)
{
	const struct rpc_wanted key = {script, NULL};

	return w->n ? bsearch(&key, w->want, w->n, sizeof(key), by_script) : NULL;
}

/* --- scanblocks --- */

struct block_scan {
	struct rpc_call *c;
	struct rpc_wants wants;
	struct bytes *script;	/* of the wants */
	bool exact;		/* look into the blocks, too */
	uint32_t first, last;
};

/* Whether a transaction pays or spends one of the scripts: ST_CANCELLED. */
static enum status touches(void *arg, const struct full_tx *t)
{
	struct block_scan *s = arg;

	for (uint32_t i = 0; i < t->tx.n_out; i++)
		if (rpc_wants_find(&s->wants, t->tx.out[i].script))
			return ST_CANCELLED;
	for (uint32_t i = 0; t->coin && i < t->tx.n_in; i++)
		if (rpc_wants_find(&s->wants, t->coin[i].script))
			return ST_CANCELLED;
	return ST_OK;
}

static enum status scan_block(struct block_scan *s, uint32_t height, struct arena *a)
{
	struct siphash_key key;
	struct block_info info;
	struct filter_info f;
	bool match = false;
	enum status st = query_block_at(s->c->node, height, &info);

	if (st == ST_OK)
		st = node_filter(s->c->node, &info.id, a, &f);
	if (st != ST_OK)
		return st;
	key = filter_key(&info.id);
	st = gcs_match_any(f.filter, &key, s->script, (uint32_t)s->wants.n, a,
			   &match);
	if (st == ST_OK && match && s->exact) {
		st = query_full_block(s->c->node, &info.id, 0, UINT32_MAX, touches, s);
		match = st == ST_CANCELLED;
		st = match ? ST_OK : st;
	}
	if (st == ST_OK && match)
		json_hash(s->c->w, &info.id.h);
	return st == ST_PARSE ? ST_CORRUPT : st;
}

static bool scan_range(struct block_scan *s)
{
	struct rpc_call *c = s->c;
	struct filter_state state;
	struct node_tip tip;
	int first, last;
	enum status st = node_filter_state(c->node, &state);

	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (!state.on)
		return rpc_fail(c, RPC_MISC_ERROR,
				"Index is not enabled for filtertype basic");
	if (!rpc_tip(c, &tip) || !rpc_arg_int32(c, 2, 0, &first))
		return false;
	if (first < 0 || first > (int64_t)tip.height)
		return rpc_fail(c, RPC_MISC_ERROR, "Invalid start_height");
	if (!rpc_arg_int32(c, 3, (int)tip.height, &last))
		return false;
	if (last < first || last > (int64_t)tip.height)
		return rpc_fail(c, RPC_MISC_ERROR, "Invalid stop_height");
	s->first = (uint32_t)first;
	s->last = (uint32_t)last;
	return true;
}

static bool scan_blocks(struct rpc_call *c)
{
	const char *type = rpc_has(c, 4) ? rpc_arg_str(c, 4) : "basic";
	struct block_scan s = {.c = c};
	struct json_writer *w = c->w;
	struct arena a;
	enum status st = ST_OK;

	if (strcmp(type, "basic") != 0)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Unknown filtertype");
	if (!rpc_has(c, 1))
		return rpc_fail(c, RPC_TYPE_ERROR, "JSON value of type null is not "
				"of expected type array");
	if (!json_as_bool(json_get(c->arg[5], "filter_false_positives"), &s.exact))
		s.exact = false;
	if (!scan_range(&s) || !rpc_wants_read(c, c->arg[1], &s.wants))
		return false;
	s.script = arena_array(c->arena, s.wants.n + 1, struct bytes);
	if (!s.script)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < s.wants.n; i++)
		s.script[i] = s.wants.want[i].script;
	json_obj_begin(w);
	json_put_uint(w, "from_height", s.first);
	json_put_uint(w, "to_height", s.last);
	json_key(w, "relevant_blocks");
	json_arr_begin(w);
	arena_init(&a, (size_t)256 << 20);
	for (uint32_t h = s.first; st == ST_OK && h <= s.last; h++) {
		arena_reset(&a);
		st = scan_block(&s, h, &a);
	}
	arena_free(&a);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_arr_end(w);
	json_put_bool(w, "completed", true);
	json_obj_end(w);
	return true;
}

bool rpc_scanblocks(struct rpc_call *c)
{
	const char *action = rpc_arg_str(c, 0);

	/* as scantxoutset: none is ever under way */
	if (strcmp(action, "start") == 0)
		return scan_blocks(c);
	if (strcmp(action, "status") == 0)
		json_nil(c->w);
	else if (strcmp(action, "abort") == 0)
		json_bool(c->w, false);
	else
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Invalid action '%.200s'",
				action);
	return true;
}
