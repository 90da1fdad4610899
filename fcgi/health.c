/* SPDX-License-Identifier: MIT */
/*
 * GET /health: named checks for people and monitors. 200 while no check fails, 503
 * otherwise; what is only worth knowing is a warning and leaves it at 200.
 *
 *	clock	  fails when it is two hours behind the chain's median time, which
 *		  no valid chain can be ahead of it; warns where it is set by hand
 *	database  fails when it does not answer or cannot be written; warns when its
 *		  write-ahead log is long, since somebody reads without an end
 *	disk	  fails when there is no room to go on
 *	mempool	  fails when it cannot be read
 *	peers	  warns when none of those known answers
 *	relay	  warns when it should run (p2p_listen) and does not, or hangs
 *	tip	  warns when it is old
 *	waiting	  warns when a program cannot do its work, and says why (a validator
 *		  or a maker of blocks whose signer is away or locked)
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/error.h"
#include "fcgi/handlers.h"
#include "json/write.h"
#include "node/mempool.h"
#include "node/p2pquery.h"
#include "node/peers.h"
#include "node/waiting.h"

/* Room the database needs to go on: blocks, their indexes, the log. */
#define DISK_MIN_BYTES (256u << 20)
/* A tip older than this many block spacings is worth a look. */
#define TIP_SPACINGS 12
/* Blocks may be so far ahead of a right clock. */
#define CLOCK_AHEAD_S 7200
/* Checkpoints keep the log far below this. */
#define LOG_MAX_BYTES (1024u << 20)
/* The relay writes every ten seconds. */
#define RELAY_SILENT_MS 60000

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_FAIL };

static const char *health_name(enum health h)
{
	switch (h) {
	case HEALTH_OK:
		return "ok";
	case HEALTH_WARN:
		return "warn";
	case HEALTH_FAIL:
		return "fail";
	}
	return "";
}

struct checks {
	struct json_writer *w;
	enum health worst;
};

static void report(struct checks *c, const char *name, enum health h,
		   const char *detail)
{
	if (h > c->worst)
		c->worst = h;
	json_key(c->w, name);
	json_obj_begin(c->w);
	json_put_str(c->w, "detail", detail);
	json_put_str(c->w, "status", health_name(h));
	json_obj_end(c->w);
}

static void check_clock(struct checks *c, const struct app *app,
			const struct node_tip *tip)
{
	int64_t now = node_now_s(app->node), set = now - clock_wall_ms() / 1000;
	char text[120];

	if (now < tip->mtp - CLOCK_AHEAD_S) {
		snprintf(text, sizeof(text), "%lld s behind the chain: set it right",
			 (long long)(tip->mtp - now));
		report(c, "clock", HEALTH_FAIL, text);
	} else if (set < -1 || set > 1) {
		snprintf(text, sizeof(text), "set by hand, %+lld s", (long long)set);
		report(c, "clock", HEALTH_WARN, text);
	} else {
		report(c, "clock", HEALTH_OK, "ahead of the chain's median time");
	}
}

static void check_database(struct checks *c, const struct app *app,
			   enum status st)
{
	const char *path = node_db_path(app->node);
	char log_path[4096], text[120];
	struct statvfs fs;
	struct stat s;
	uint64_t log_size = 0;

	if (st != ST_OK) {
		report(c, "database", HEALTH_FAIL, status_text(st));
		return;
	}
	if (access(path, W_OK) != 0 || statvfs(path, &fs) != 0 ||
	    (fs.f_flag & ST_RDONLY)) {
		report(c, "database", HEALTH_FAIL, "answers, but cannot be written");
		return;
	}
	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	if (stat(log_path, &s) == 0)
		log_size = (uint64_t)s.st_size;
	snprintf(text, sizeof(text), "answers, writable, %llu MiB of log",
		 (unsigned long long)(log_size >> 20));
	report(c, "database", log_size > LOG_MAX_BYTES ? HEALTH_WARN : HEALTH_OK,
	       text);
}

static void check_relay(struct checks *c, const struct app *app)
{
	bool wanted = conf_count(app->conf, CONF_P2P_LISTEN) > 0;
	struct relay_state r;
	enum status st = node_net_state(app->node, &r);
	char text[80];

	if (st != ST_OK) {
		report(c, "relay", HEALTH_FAIL, status_text(st));
	} else if (!r.running) {
		report(c, "relay", wanted ? HEALTH_WARN : HEALTH_OK,
		       wanted ? "does not run, though p2p_listen is set"
			      : "does not run");
	} else if (r.told_at_ms &&
		   clock_wall_ms() - r.told_at_ms > RELAY_SILENT_MS) {
		snprintf(text, sizeof(text), "silent for %lld s",
			 (long long)((clock_wall_ms() - r.told_at_ms) / 1000));
		report(c, "relay", HEALTH_WARN, text);
	} else {
		report(c, "relay", HEALTH_OK, "runs");
	}
}

static void check_disk(struct checks *c, const struct app *app)
{
	struct statvfs fs;
	char text[80];
	uint64_t room;

	if (statvfs(conf_text(app->conf, CONF_DB), &fs) != 0) {
		report(c, "disk", HEALTH_FAIL, "the database file is not there");
		return;
	}
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	snprintf(text, sizeof(text), "%llu MiB free",
		 (unsigned long long)(room >> 20));
	report(c, "disk", room < DISK_MIN_BYTES ? HEALTH_FAIL : HEALTH_OK, text);
}

static void check_mempool(struct checks *c, const struct app *app)
{
	struct mempool_info m;
	char text[80];
	enum status st = node_mempool_info(app->node, &m);

	snprintf(text, sizeof(text), "%lld transactions", (long long)m.count);
	report(c, "mempool", st == ST_OK ? HEALTH_OK : HEALTH_FAIL,
	       st == ST_OK ? text : status_text(st));
}

static void check_peers(struct checks *c, const struct app *app,
			struct arena *a)
{
	struct peer_info *peers;
	uint32_t n = 0, active = 0;
	char text[80];
	enum status st = peers_list(app->node, a, &peers, &n);

	for (uint32_t i = 0; st == ST_OK && i < n; i++)
		active += peers[i].state == PEER_ACTIVE;
	snprintf(text, sizeof(text), "%u of %u answer", active, n);
	report(c, "peers", st != ST_OK ? HEALTH_FAIL
			   : n && !active ? HEALTH_WARN : HEALTH_OK,
	       st == ST_OK ? text : status_text(st));
}

static void check_tip(struct checks *c, const struct app *app,
		      const struct node_tip *tip, enum status st)
{
	int64_t age = st == ST_OK ? node_now_s(app->node) - tip->time : 0;
	int64_t limit = (int64_t)node_params(app->node)->spacing_s * TIP_SPACINGS;
	char text[80];

	snprintf(text, sizeof(text), "height %u, %lld s old", tip->height,
		 (long long)age);
	report(c, "tip", st != ST_OK ? HEALTH_FAIL
			 : age > limit ? HEALTH_WARN : HEALTH_OK,
	       st == ST_OK ? text : status_text(st));
}

static void check_waiting(struct checks *c, const struct app *app)
{
	struct waiting list[WAITING_LIST_MAX];
	char text[sizeof(list[0].program) + sizeof(list[0].detail) + 24];
	unsigned n;
	enum status st = node_waiting_list(app->node, list, &n);

	if (st != ST_OK || !n) {
		report(c, "waiting", st == ST_OK ? HEALTH_OK : HEALTH_FAIL,
		       st == ST_OK ? "no program waits" : status_text(st));
		return;
	}
	snprintf(text, sizeof(text), "%s%s: %s", list[0].program,
		 n > 1 ? " and others" : "", list[0].detail);
	report(c, "waiting", HEALTH_WARN, text);
}

void health_get(struct app *app, const struct request *rq, struct response *rs)
{
	struct json_writer w;
	struct checks c = {.w = &w};
	struct node_tip tip = {0};
	enum status st = node_tip(app->node, &tip);

	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_key(&w, "checks");
	json_obj_begin(&w);
	check_clock(&c, app, &tip);
	check_database(&c, app, st);
	check_disk(&c, app);
	check_mempool(&c, app);
	check_peers(&c, app, rq->arena);
	check_relay(&c, app);
	check_tip(&c, app, &tip, st);
	check_waiting(&c, app);
	json_obj_end(&w);
	json_put_str(&w, "network", node_params(app->node)->name);
	json_put_str(&w, "status", health_name(c.worst));
	json_put_str(&w, "version", PACKAGE_VERSION);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	if (c.worst == HEALTH_FAIL)
		rs->status = 503;
}
