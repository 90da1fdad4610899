/* SPDX-License-Identifier: MIT */
/*
 * GET /metrics: the node's figures in Prometheus' text format 0.0.4. All of them
 * are read from the database in one read transaction, so every worker says the
 * same and nothing is counted twice. Base units (seconds, bytes); what only grows
 * ends in _total. The web server lets only this machine ask (nginx/site.conf.in).
 */
#include <stdio.h>
#include <sys/stat.h>

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/ops/health.h"
#include "node/core/figures.h"
#include "node/finality/turnout.h"
#include "node/mine/mining.h"
#include "node/net/p2pquery.h"
#include "node/net/peers.h"
#include "node/pool/mempool.h"
#include "node/query/query_chain.h"
#include "primitives/target.h"

#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"

/* The lines that go before a family's samples. */
static void family(struct buf *b, const char *name, const char *type,
		   const char *help)
{
	buf_printf(b, "# HELP quarry_%s %s\n# TYPE quarry_%s %s\n", name, help,
		   name, type);
}

static void sample(struct buf *b, const char *name, int64_t v)
{
	buf_printf(b, "quarry_%s %lld\n", name, (long long)v);
}

static void gauge(struct buf *b, const char *name, const char *help, int64_t v)
{
	family(b, name, "gauge", help);
	sample(b, name, v);
}

static void counter(struct buf *b, const char *name, const char *help, int64_t v)
{
	family(b, name, "counter", help);
	sample(b, name, v);
}

static void real(struct buf *b, const char *name, const char *help, double v)
{
	family(b, name, "gauge", help);
	buf_printf(b, "quarry_%s %.17g\n", name, v);
}

static enum status chain(struct app *app, struct buf *b)
{
	struct block_info best;
	struct node_tip tip;
	enum status st = node_tip(app->node, &tip);

	if (st == ST_OK)
		st = query_best_header(app->node, &best);
	if (st != ST_OK)
		return st;
	gauge(b, "tip_height", "Height of the active chain's tip.", tip.height);
	gauge(b, "tip_time_seconds", "Time in the tip's header, UNIX.", tip.time);
	gauge(b, "header_height", "Height of the header with the most work.",
	      best.height > tip.height ? best.height : tip.height);
	real(b, "chain_work_hashes", "Hashes that the active chain took, expected.",
	     u256_double(&tip.chainwork));
	real(b, "difficulty", "Difficulty of the tip.", target_difficulty(tip.bits));
	return ST_OK;
}

static enum status pool(struct app *app, struct buf *b)
{
	struct mempool_info m;
	enum status st = node_mempool_info(app->node, &m);

	if (st != ST_OK)
		return st;
	gauge(b, "mempool_transactions", "Transactions that wait.", m.count);
	gauge(b, "mempool_bytes", "Their bytes as serialised.", m.bytes);
	gauge(b, "mempool_virtual_bytes", "Their virtual bytes (BIP141).", m.vsize);
	gauge(b, "mempool_usage_bytes", "What they take in the database.",
	      m.usage_bytes);
	gauge(b, "mempool_fees_satoshi", "The fees they pay.", m.fees_sat);
	real(b, "mempool_min_fee_satoshi_per_virtual_byte",
	     "What a transaction must pay to be taken.",
	     (double)m.min_fee_sat_kvb / 1000);
	return ST_OK;
}

static enum status peers(struct app *app, struct buf *b, struct arena *a)
{
	static const char name[] = "peers";
	uint32_t of[PEER_BANNED + 1] = {0}, n;
	struct peer_info *v;
	enum status st = peers_list(app->node, a, &v, &n);

	if (st != ST_OK)
		return st;
	for (uint32_t i = 0; i < n; i++)
		of[v[i].state]++;
	family(b, name, "gauge", "Nodes reached by HTTPS.");
	for (enum peer_state s = PEER_NEW; s <= PEER_BANNED; s++)
		buf_printf(b, "quarry_peers{state=\"%s\"} %u\n",
			   peer_state_name(s), of[s]);
	return ST_OK;
}

/* Bitcoin's protocol, as the relay wrote it last. */
static enum status network(struct app *app, struct buf *b, struct arena *a)
{
	static const char *const kinds[] = {
		"inbound", "manual", "outbound-full-relay", "block-relay-only",
		"feeler", "addr-fetch",
	};
	struct relay_state s;
	struct connection *v;
	uint32_t n;
	enum status st = node_net_state(app->node, &s);

	if (st == ST_OK)
		st = node_net_connections(app->node, a, &v, &n);
	if (st != ST_OK)
		return st;
	family(b, "connections", "gauge", "Connections by Bitcoin's protocol.");
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (int ready = 0; ready <= 1; ready++) {
			uint32_t count = 0;

			for (uint32_t i = 0; i < n; i++)
				count += v[i].ready == ready &&
					 strcmp(v[i].kind, kinds[k]) == 0;
			buf_printf(b, "quarry_connections{kind=\"%s\",state=\"%s\"} "
				   "%u\n", kinds[k], ready ? "ready" : "new", count);
		}
	gauge(b, "relay_running", "1 while quarry-relay runs.", s.running);
	gauge(b, "relay_report_time_seconds",
	      "When it last wrote its connections, UNIX.", s.told_at_ms / 1000);
	family(b, "network_bytes_total", "counter",
	       "Bytes over Bitcoin's protocol since quarry-relay started.");
	buf_printf(b, "quarry_network_bytes_total{direction=\"in\"} %lld\n"
		   "quarry_network_bytes_total{direction=\"out\"} %lld\n",
		   (long long)s.bytes_in, (long long)s.bytes_out);
	return ST_OK;
}

static enum status miners(struct app *app, struct buf *b)
{
	struct mining_report m[MINING_LIST_MAX];
	unsigned n;
	int64_t rate = 0;
	enum status st = node_mining_list(app->node, m, &n);

	if (st != ST_OK)
		return st;
	family(b, "miners", "gauge", "Miners at work on this database.");
	for (enum mining_state s = MINING_SEARCHING; s <= MINING_WAITING; s++) {
		unsigned count = 0;

		for (unsigned i = 0; i < n; i++)
			count += m[i].state == s;
		buf_printf(b, "quarry_miners{state=\"%s\"} %u\n",
			   mining_state_name(s), count);
	}
	for (unsigned i = 0; i < n; i++)
		rate += m[i].hash_rate;
	gauge(b, "mining_hashes_per_second", "What they try.", rate);
	return ST_OK;
}

static enum status webhooks(struct app *app, struct buf *b)
{
	struct health_hooks k;
	enum status st = health_hooks(app, &k);

	if (st != ST_OK)
		return st;
	family(b, "webhooks", "gauge", "Webhooks.");
	buf_printf(b, "quarry_webhooks{state=\"active\"} %u\n"
		   "quarry_webhooks{state=\"failing\"} %u\n"
		   "quarry_webhooks{state=\"given_up\"} %u\n",
		   k.n - k.failing - k.dead, k.failing, k.dead);
	gauge(b, "webhook_backlog_events",
	      "Events that the slowest webhook has not had.", k.behind);
	return ST_OK;
}

/* Nothing where there is no finality. */
static enum status finality(struct app *app, struct buf *b, struct arena *a)
{
	struct finality_info i;
	struct turnout t;
	enum status st = node_finality(app->node, &i);

	if (st == ST_OK)
		st = node_turnout(app->node, a, &t);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	gauge(b, "final_height", "Height of the last final block.", i.final.height);
	gauge(b, "justified_height", "Height of the last justified block.",
	      i.justified.height);
	gauge(b, "validators", "Validators of the set in force.", t.n);
	gauge(b, "validators_missing",
	      "Those that did not vote for a checkpoint that was due.", t.missing);
	real(b, "validators_missing_ratio", "Their share of the weight.",
	     t.weight ? (double)t.missing_weight / (double)t.weight : 0);
	return ST_OK;
}

static int64_t file_size(const char *path, const char *suffix)
{
	char name[4096];
	struct stat s;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &s) == 0 ? (int64_t)s.st_size : 0;
}

static enum status rest(struct app *app, struct buf *b)
{
	const char *path = node_db_path(app->node);
	struct node_figures f;
	enum status st = node_figures(app->node, &f);

	if (st != ST_OK)
		return st;
	counter(b, "reorganisations_total", "Changes of branch.", f.reorgs);
	counter(b, "refusals_total", "Blocks, headers and transactions refused.",
		f.refusals);
	counter(b, "events_total", "Events written: the cursor of the last one.",
		f.event);
	gauge(b, "schema_version", "Version of the database's schema.",
	      f.schema_file);
	gauge(b, "miner_report_time_seconds",
	      "When a miner last told of itself, UNIX; 0: none is known.",
	      f.miner_seen);
	gauge(b, "webhook_sender_running", "1 while webhooks are delivered.",
	      f.sender_runs);
	gauge(b, "database_bytes", "Size of the database's file.",
	      file_size(path, ""));
	gauge(b, "database_log_bytes", "Size of its write-ahead log.",
	      file_size(path, "-wal"));
	gauge(b, "clock_time_seconds", "The clock of the rules, UNIX.",
	      node_now_s(app->node));
	family(b, "build_info", "gauge", "Always 1; its labels say what runs.");
	buf_printf(b, "quarry_build_info{version=\"%s\",network=\"%s\"} 1\n",
		   PACKAGE_VERSION, node_params(app->node)->chain);
	return ST_OK;
}

void metrics_get(struct app *app, const struct request *rq, struct response *rs)
{
	struct buf *b = &rs->body;
	enum status st = node_snapshot(app->node);

	if (st == ST_OK) {
		st = chain(app, b);
		if (st == ST_OK)
			st = pool(app, b);
		if (st == ST_OK)
			st = peers(app, b, rq->arena);
		if (st == ST_OK)
			st = network(app, b, rq->arena);
		if (st == ST_OK)
			st = miners(app, b);
		if (st == ST_OK)
			st = webhooks(app, b);
		if (st == ST_OK)
			st = finality(app, b, rq->arena);
		if (st == ST_OK)
			st = rest(app, b);
		node_snapshot_end(app->node);
	}
	if (st == ST_OK)
		rs->type = TYPE_METRICS;
	else
		error_status(rs, rq, st);
}
