/* SPDX-License-Identifier: MIT */
/* What miners tell and are told. */
#include "node/mine/mining.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "node/core/priv.h"
#include "store/store.h"
#include "store/store_miner.h"

#define SETTING_REST "mining_rest"
#define SETTING_THREADS "mining_threads"

static const char *const names[] = {
	[MINING_SEARCHING] = "searching",
	[MINING_RESTING] = "resting",
	[MINING_WAITING] = "waiting",
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

const char *mining_state_name(enum mining_state s)
{
	return names[s];
}

/* --- what they tell --- */

enum status node_mining_tell(struct node *n, const struct mining_report *r)
{
	int64_t now_s = clock_wall_s();
	struct miner_row row = {
		.pid = r->pid,
		.started_s = r->started_s,
		.seen_s = now_s,
		.threads = r->threads,
		.duty = r->duty,
		.hash_rate = r->hash_rate,
		.mined = r->mined,
	};
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	snprintf(row.state, sizeof(row.state), "%s", mining_state_name(r->state));
	snprintf(row.kernel, sizeof(row.kernel), "%s", r->kernel);
	st = store_miner_forget(n->db, now_s - MINING_SILENT_S);
	if (st == ST_OK)
		st = store_miner_put(n->db, &row);
	return node_write_end(n, st);
}

enum status node_mining_end(struct node *n, int64_t pid)
{
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	return node_write_end(n, store_miner_del(n->db, pid));
}

static void report_of(struct mining_report *out, const struct miner_row *row)
{
	*out = (struct mining_report){
		.pid = row->pid,
		.started_s = row->started_s,
		.seen_s = row->seen_s,
		.threads = (unsigned)row->threads,
		.duty = (unsigned)row->duty,
		.hash_rate = row->hash_rate,
		.mined = row->mined,
	};
	for (unsigned i = 0; i < N_NAMES; i++)
		if (strcmp(names[i], row->state) == 0)
			out->state = (enum mining_state)i;
	snprintf(out->kernel, sizeof(out->kernel), "%s", row->kernel);
}

enum status node_mining_list(struct node *n,
			     struct mining_report out[MINING_LIST_MAX],
			     unsigned *count)
{
	struct miner_row rows[MINING_LIST_MAX];
	int64_t since_s = clock_wall_s() - MINING_SILENT_S;
	unsigned k = 0;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_miner_list(n->db, rows, MINING_LIST_MAX, &k);
	node_read_end(n, own);
	for (unsigned i = 0; st == ST_OK && i < k; i++)
		if (rows[i].seen_s >= since_s)
			report_of(&out[(*count)++], &rows[i]);
	return st;
}

/* --- what they are told --- */

static enum status setting(struct node *n, const char *name, int64_t *value)
{
	enum status st = store_setting_int(n->db, name, value);

	if (st == ST_NOT_FOUND) {
		*value = 0;
		st = ST_OK;
	}
	return st;
}

enum status node_mining_order(struct node *n, struct mining_order *o)
{
	int64_t rest = 0, threads = 0;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = setting(n, SETTING_REST, &rest);
	if (st == ST_OK)
		st = setting(n, SETTING_THREADS, &threads);
	node_read_end(n, own);
	if (threads < 0 || threads > MINING_THREADS_MAX)
		threads = 0;
	*o = (struct mining_order){.rest = rest != 0, .threads = (unsigned)threads};
	return st;
}

enum status node_mining_set_order(struct node *n, const struct mining_order *o)
{
	enum status st;

	if (o->threads > MINING_THREADS_MAX)
		return ST_USAGE;
	st = node_write_begin(n);
	if (st != ST_OK)
		return st;
	st = store_setting_put_int(n->db, SETTING_REST, o->rest);
	if (st == ST_OK)
		st = store_setting_put_int(n->db, SETTING_THREADS, o->threads);
	return node_write_end(n, st);
}
