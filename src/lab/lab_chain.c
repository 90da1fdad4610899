/* SPDX-License-Identifier: MIT */
/* Calls that move the chain, its clock and its estimates. */
#include "lab/call.h"

#include "base/clock.h"
#include "node/chain/choose.h"
#include "node/core/playground.h"
#include "node/finality/finality.h"
#include "node/lab/lab.h"
#include "primitives/verdict.h"

bool call_state(struct lab *l)
{
	char fees[FEE_HOLD_TEXT_MAX];
	int64_t mock;
	enum status st = node_held_fees(l->n, fees);

	if (st == ST_OK)
		st = node_mocktime(l->n, &mock);
	if (st != ST_OK)
		return lab_failed(l, st);
	json_obj_begin(l->w);
	json_put_str(l->w, "network", node_params(l->n)->name);
	if (!lab_put_tip(l))
		return false;
	json_put_int(l->w, "time", node_now_s(l->n));
	json_put_int(l->w, "mocktime", mock);
	json_put_str(l->w, "fees", fees);
	json_obj_end(l->w);
	return true;
}

bool call_mine(struct lab *l)
{
	struct buf script;
	int64_t blocks;
	bool ok;

	buf_init(&script, 256);
	ok = lab_number(l, "blocks", 1, 1, LAB_BLOCKS_MAX, &blocks) &&
	     lab_payee(l, &script);
	if (ok) {
		json_obj_begin(l->w);
		json_key(l->w, "blocks");
		json_arr_begin(l->w);
		ok = lab_mine_blocks(l, blocks, buf_view(&script), l->w);
	}
	if (ok) {
		json_arr_end(l->w);
		ok = lab_put_tip(l);
	}
	if (ok)
		json_obj_end(l->w);
	buf_free(&script);
	return ok;
}

/* --- branches --- */

static bool make_branch(struct lab *l, struct branch_order *o)
{
	char reason[VERDICT_DETAIL_SIZE + 64];
	struct branch_made m;
	struct verdict v;
	enum status st = node_make_branch(l->n, o, &m, &v);

	if (st == ST_USAGE)
		return lab_bad(l, LAB_REFUSED, "The branch would begin above the "
			       "tip, or more than %u blocks below it.",
			       BRANCH_BLOCKS_MAX);
	if (st == ST_TIMEOUT)
		return lab_bad(l, LAB_FAILED, "No block was found with %llu "
			       "hashes: this chain is too difficult.",
			       (unsigned long long)LAB_MAX_TRIES);
	if (st != ST_OK)
		return lab_failed(l, st);
	if (v.code != VALID)
		return lab_bad(l, LAB_REFUSED, "A block of the branch was "
			       "refused: %s.",
			       verdict_reject(reason, sizeof(reason), &v));
	json_obj_begin(l->w);
	json_put_uint(l->w, "fork_height", o->fork_height);
	json_put_hash(l->w, "fork", &m.fork.h);
	json_put_hash(l->w, "old_tip", &m.old_tip.h);
	json_put_hash(l->w, "new_tip", &m.tip.h);
	json_put_uint(l->w, "height", m.height);
	json_put_uint(l->w, "blocks", m.blocks);
	json_put_uint(l->w, "kept", m.kept);
	json_put_uint(l->w, "left", m.left);
	json_put_bool(l->w, "active", m.active);
	json_obj_end(l->w);
	return true;
}

bool call_reorg(struct lab *l)
{
	struct branch_order o = {.win = true, .max_tries = LAB_MAX_TRIES,
				 .source = "lab"};
	struct node_tip tip;
	struct buf script;
	int64_t depth;
	enum status st;
	bool ok;

	buf_init(&script, 256);
	ok = lab_number(l, "depth", 1, 1, BRANCH_BLOCKS_MAX - 1, &depth) &&
	     lab_flag(l, "keep", true, &o.keep_txs) && lab_payee(l, &script);
	st = ok ? node_tip(l->n, &tip) : ST_OK;
	if (st != ST_OK)
		ok = lab_failed(l, st);
	if (ok && depth > tip.height)
		ok = lab_bad(l, LAB_REFUSED, "The chain has %u blocks above "
			     "genesis: depth is at most that.", tip.height);
	if (ok) {
		o.fork_height = tip.height - (uint32_t)depth;
		o.script = buf_view(&script);
		ok = make_branch(l, &o);
	}
	buf_free(&script);
	return ok;
}

bool call_fork(struct lab *l)
{
	struct branch_order o = {.max_tries = LAB_MAX_TRIES, .source = "lab"};
	int64_t height, blocks;
	struct buf script;
	bool ok;

	if (!json_get(l->args, "height"))
		return lab_bad(l, LAB_USAGE, "Say at which height: height.");
	buf_init(&script, 256);
	ok = lab_number(l, "height", 0, 0, INT32_MAX, &height) &&
	     lab_number(l, "blocks", 1, 1, BRANCH_BLOCKS_MAX, &blocks) &&
	     lab_flag(l, "keep", false, &o.keep_txs) && lab_payee(l, &script);
	if (ok) {
		o.fork_height = (uint32_t)height;
		o.blocks = (uint32_t)blocks;
		o.script = buf_view(&script);
		ok = make_branch(l, &o);
	}
	buf_free(&script);
	return ok;
}

/* --- time --- */

static bool time_failed(struct lab *l, enum status st)
{
	if (st == ST_USAGE)
		return lab_bad(l, LAB_USAGE, "The time would be outside of 0 to "
			       "%lld.", (long long)MOCKTIME_MAX);
	return lab_failed(l, st);
}

bool call_mocktime(struct lab *l)
{
	int64_t time;
	enum status st;

	if (!json_get(l->args, "time"))
		return lab_bad(l, LAB_USAGE, "Say the time: time, in seconds since "
			       "1970; 0 lets the clock go.");
	if (!lab_number(l, "time", 0, 0, MOCKTIME_MAX, &time))
		return false;
	st = node_set_mocktime(l->n, time);
	return st == ST_OK ? call_state(l) : time_failed(l, st);
}

bool call_advance(struct lab *l)
{
	struct buf script;
	int64_t seconds, blocks, now;
	enum status st = ST_OK;
	bool ok;

	buf_init(&script, 256);
	ok = lab_number(l, "seconds", 0, -MOCKTIME_MAX, MOCKTIME_MAX, &seconds) &&
	     lab_number(l, "blocks", 0, 0, LAB_BLOCKS_MAX, &blocks) &&
	     lab_payee(l, &script);
	if (ok && !seconds && !blocks)
		ok = lab_bad(l, LAB_USAGE, "Say by how much: seconds, blocks, or "
			     "both.");
	if (ok && seconds)
		st = node_advance_time(l->n, seconds, &now);
	if (st != ST_OK)
		ok = time_failed(l, st);
	ok = ok && lab_mine_blocks(l, blocks, buf_view(&script), NULL);
	buf_free(&script);
	return ok && call_state(l);
}

bool call_fees(struct lab *l)
{
	const char *text;
	enum status st;

	if (!json_get(l->args, "rates"))
		return lab_bad(l, LAB_USAGE, "Say which: rates; \"\" lets the "
			       "estimate go.");
	if (!lab_text(l, "rates", &text))
		return false;
	st = node_hold_fees(l->n, text);
	if (st == ST_PARSE)
		return lab_bad(l, LAB_USAGE, "rates is like \"12.5\", "
			       "\"1=20,6=5\" or \"@120:20;@130:1=50,6=10\", in "
			       "sat/vB.");
	return st == ST_OK ? call_state(l) : lab_failed(l, st);
}

/* --- marks --- */

static bool mark(struct lab *l,
		 enum status (*f)(struct node *n, const struct blkid *id))
{
	struct blkid id;
	enum status st;

	if (!json_get_hash(l->args, "hash", &id.h))
		return lab_bad(l, LAB_USAGE, "Say which block: hash, 64 digits.");
	st = f(l->n, &id);
	if (st == ST_NOT_FOUND)
		return lab_bad(l, LAB_UNKNOWN, "There is no block with this hash.");
	if (st == ST_DENIED)
		return lab_bad(l, LAB_REFUSED, node_has_finality(l->n) ?
			       "Nothing crosses a block that the validators made "
			       "final." : "The genesis block stays.");
	return st == ST_OK ? call_state(l) : lab_failed(l, st);
}

bool call_invalidate(struct lab *l)
{
	return mark(l, node_invalidate_block);
}

bool call_reconsider(struct lab *l)
{
	return mark(l, node_reconsider_block);
}

bool call_precious(struct lab *l)
{
	return mark(l, node_precious_block);
}
