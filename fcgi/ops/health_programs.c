/* SPDX-License-Identifier: MIT */
/* Checks of /health on what other programs do: by what they wrote last. */
#include "fcgi/ops/health.h"

#include <stdio.h>

#include "base/clock.h"
#include "hooks/hooks.h"
#include "node/core/figures.h"
#include "node/core/waiting.h"
#include "node/finality/turnout.h"
#include "node/mine/mining.h"
#include "node/net/p2pquery.h"
#include "node/query/query.h"

/* The relay writes every ten seconds. */
#define RELAY_SILENT_MS 60000
/* A sender writes its place at least every thousand events. */
#define HOOKS_BEHIND_MAX 2000

void health_schema(struct health_checks *c, const struct app *app)
{
	struct node_figures f;
	enum status st = node_figures(app->node, &f);
	char text[120];

	if (st != ST_OK) {
		health_report(c, "migrations", HEALTH_FAIL, status_text(st));
		return;
	}
	if (f.schema_file == f.schema_program)
		snprintf(text, sizeof(text), "the file is of version %d, as this "
			 "program", f.schema_file);
	else
		snprintf(text, sizeof(text), "the file is of version %d now, this "
			 "program of %d: start it anew", f.schema_file,
			 f.schema_program);
	health_report(c, "migrations", f.schema_file == f.schema_program ?
		      HEALTH_OK : HEALTH_FAIL, text);
}

static void say_miners(struct health_checks *c, const struct mining_report *m,
		       unsigned n)
{
	int64_t rate = 0;
	char text[120];
	unsigned at_work = 0;

	for (unsigned i = 0; i < n; i++) {
		at_work += m[i].state == MINING_SEARCHING;
		rate += m[i].hash_rate;
	}
	snprintf(text, sizeof(text), "%u of %u at work, %lld hashes a second",
		 at_work, n, (long long)rate);
	health_report(c, "miner", HEALTH_OK, text);
}

void health_miner(struct health_checks *c, const struct app *app)
{
	bool wanted = *conf_text(app->conf, CONF_MINE_ADDRESS);
	struct mining_report m[MINING_LIST_MAX];
	struct mining_order order = {0};
	struct node_figures f;
	unsigned n;
	char text[120];
	enum status st = node_mining_list(app->node, m, &n);

	if (st == ST_OK)
		st = node_figures(app->node, &f);
	if (st == ST_OK)
		st = node_mining_order(app->node, &order);
	if (st != ST_OK) {
		health_report(c, "miner", HEALTH_FAIL, status_text(st));
	} else if (n) {
		say_miners(c, m, n);
	} else if (f.miner_seen) {
		/* one that ends takes its row away */
		snprintf(text, sizeof(text), "silent for %lld s: it hangs or was "
			 "killed", (long long)(clock_wall_s() - f.miner_seen));
		health_report(c, "miner", HEALTH_WARN, text);
	} else {
		health_report(c, "miner",
			      wanted && !order.rest ? HEALTH_WARN : HEALTH_OK,
			      wanted ? "does not run, though mine_address is set"
				     : "does not run");
	}
}

void health_relay(struct health_checks *c, const struct app *app)
{
	bool wanted = conf_count(app->conf, CONF_P2P_LISTEN) > 0;
	struct relay_state r;
	enum status st = node_net_state(app->node, &r);
	char text[80];

	if (st != ST_OK) {
		health_report(c, "relay", HEALTH_FAIL, status_text(st));
	} else if (!r.running) {
		health_report(c, "relay", wanted ? HEALTH_WARN : HEALTH_OK,
		       wanted ? "does not run, though p2p_listen is set"
			      : "does not run");
	} else if (r.told_at_ms &&
		   clock_wall_ms() - r.told_at_ms > RELAY_SILENT_MS) {
		snprintf(text, sizeof(text), "silent for %lld s",
			 (long long)((clock_wall_ms() - r.told_at_ms) / 1000));
		health_report(c, "relay", HEALTH_WARN, text);
	} else {
		health_report(c, "relay", HEALTH_OK, "runs");
	}
}

void health_validators(struct health_checks *c, const struct app *app,
		       struct arena *a)
{
	struct turnout t;
	enum status st = node_turnout(app->node, a, &t);
	char text[120];

	if (st == ST_NOT_FOUND)
		return;
	if (st != ST_OK) {
		health_report(c, "validators", HEALTH_FAIL, status_text(st));
		return;
	}
	if (!t.missing) {
		health_report(c, "validators", HEALTH_OK,
			      t.due ? "all vote" : "nothing was to be voted on");
		return;
	}
	snprintf(text, sizeof(text), "%u of %u did not vote for block %u or later, "
		 "%.0f %% of the weight%s", t.missing, t.n, t.due,
		 (double)t.missing_weight * 100 / (double)t.weight,
		 (double)(t.weight - t.missing_weight) * 3 < (double)t.weight * 2
			 ? ": nothing becomes final" : "");
	health_report(c, "validators", HEALTH_WARN, text);
}

void health_waiting(struct health_checks *c, const struct app *app)
{
	struct waiting list[WAITING_LIST_MAX];
	char text[sizeof(list[0].program) + sizeof(list[0].detail) + 24];
	unsigned n;
	enum status st = node_waiting_list(app->node, list, &n);

	if (st != ST_OK || !n) {
		health_report(c, "waiting", st == ST_OK ? HEALTH_OK : HEALTH_FAIL,
		       st == ST_OK ? "no program waits" : status_text(st));
		return;
	}
	snprintf(text, sizeof(text), "%s%s: %s", list[0].program,
		 n > 1 ? " and others" : "", list[0].detail);
	health_report(c, "waiting", HEALTH_WARN, text);
}

enum status health_hooks(const struct app *app, struct health_hooks *out)
{
	char path[4096], error[HOOKS_ERROR_SIZE];
	struct hook k = {.id = 0};
	struct hooks *h;
	int64_t last;
	enum status st = query_last_event(app->node, &last);

	*out = (struct health_hooks){0};
	if (st != ST_OK)
		return st;
	if (!hooks_path(path, sizeof(path), conf_text(app->conf, CONF_DB)))
		return ST_OK;
	st = hooks_open(&h, path, false, error);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	while ((st = hooks_next(h, k.id, &k)) == ST_OK) {
		out->n++;
		out->dead += k.dead;
		out->failing += !k.dead && k.failing;
		if (!k.dead && last - k.cursor > out->behind)
			out->behind = last - k.cursor;
	}
	hooks_close(h);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

void health_webhooks(struct health_checks *c, const struct app *app)
{
	struct health_hooks k;
	struct node_figures f;
	char text[120];
	bool idle;
	enum status st = health_hooks(app, &k);

	if (st == ST_OK)
		st = node_figures(app->node, &f);
	if (st != ST_OK || !k.n) {
		health_report(c, "webhooks", st == ST_OK ? HEALTH_OK : HEALTH_FAIL,
			      st == ST_OK ? "there is none" : status_text(st));
		return;
	}
	idle = k.n > k.dead && !f.sender_runs;
	snprintf(text, sizeof(text), "%u, of which %u fail and %u were given up; "
		 "%lld events wait%s", k.n, k.failing, k.dead, (long long)k.behind,
		 idle ? "; nobody delivers: quarry-relay does not run" : "");
	health_report(c, "webhooks",
		      k.failing || k.dead || idle || k.behind > HOOKS_BEHIND_MAX
			      ? HEALTH_WARN : HEALTH_OK, text);
}
