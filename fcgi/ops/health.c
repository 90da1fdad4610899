/* SPDX-License-Identifier: MIT */
/*
 * GET /health: named checks for people and monitors. 200 while no check fails, 503
 * otherwise; what is only worth knowing is a warning and leaves it at 200.
 *
 *	clock	  fails when it is two hours behind the chain's median time, which
 *		  no valid chain can be ahead of it; warns where it is set by hand
 *	database  fails when it does not answer or cannot be written; warns when
 *		  another program keeps it locked, and when its write-ahead log is
 *		  long, since somebody reads without an end
 *	disk	  fails when there is no room to go on
 *	mempool	  fails when it cannot be read
 *	migrations  fails when another program has made the file one of a newer
 *		  version than this one knows
 *	miner	  warns when it should run (mine_address) and does not, or hangs
 *	peers	  warns when none of those known answers
 *	relay	  warns when it should run (p2p_listen) and does not, or hangs
 *	tip	  warns when it is old
 *	validators  (with finality) warns when some did not vote for a checkpoint
 *	waiting	  warns when a program cannot do its work, and says why (a validator
 *		  or a maker of blocks whose signer is away or locked)
 *	webhooks  warns when one fails or was given up, or nobody delivers
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/ops/health.h"
#include "json/write.h"
#include "node/net/peers.h"
#include "node/pool/mempool.h"

/* Room the database needs to go on: blocks, their indexes, the log. */
#define DISK_MIN_BYTES (256u << 20)
/* A tip older than this many block spacings is worth a look. */
#define TIP_SPACINGS 12
/* Blocks may be so far ahead of a right clock. */
#define CLOCK_AHEAD_S 7200
/* Checkpoints keep the log far below this. */
#define LOG_MAX_BYTES (1024u << 20)

/* Others write, too; for less than this. */
#define LOCKED_MS 1000

static const char *name_of(enum health h)
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

void health_report(struct health_checks *c, const char *name, enum health h,
		   const char *detail)
{
	if (h > c->worst)
		c->worst = h;
	json_key(c->w, name);
	json_obj_begin(c->w);
	json_put_str(c->w, "detail", detail);
	json_put_str(c->w, "status", name_of(h));
	json_obj_end(c->w);
}

static void check_clock(struct health_checks *c, const struct app *app,
			const struct node_tip *tip)
{
	int64_t now = node_now_s(app->node), set = now - clock_wall_ms() / 1000;
	char text[120];

	if (now < tip->mtp - CLOCK_AHEAD_S) {
		snprintf(text, sizeof(text), "%lld s behind the chain: set it right",
			 (long long)(tip->mtp - now));
		health_report(c, "clock", HEALTH_FAIL, text);
	} else if (set < -1 || set > 1) {
		snprintf(text, sizeof(text), "set by hand, %+lld s", (long long)set);
		health_report(c, "clock", HEALTH_WARN, text);
	} else {
		health_report(c, "clock", HEALTH_OK, "ahead of the chain's median time");
	}
}

static enum status try_write(struct node *n)
{
	enum status st;

	node_patience(n, LOCKED_MS);
	st = node_try_write(n);
	node_patience(n, 0);
	return st;
}

static void check_database(struct health_checks *c, const struct app *app,
			   enum status st)
{
	const char *path = node_db_path(app->node);
	char log_path[4096], text[120];
	struct statvfs fs;
	struct stat s;
	uint64_t log_size = 0;

	if (st != ST_OK) {
		health_report(c, "database", HEALTH_FAIL, status_text(st));
		return;
	}
	st = try_write(app->node);
	/* an import may write for so long, and nothing is wrong */
	if (st == ST_BUSY) {
		health_report(c, "database", HEALTH_WARN, "locked by another program for "
		       "more than a second: nothing can be written meanwhile");
		return;
	}
	if (st != ST_OK || access(path, W_OK) != 0 || statvfs(path, &fs) != 0 ||
	    (fs.f_flag & ST_RDONLY)) {
		snprintf(text, sizeof(text), "answers, but cannot be written%s%.80s",
			 st != ST_OK ? ": " : "",
			 st != ST_OK ? node_error(app->node) : "");
		health_report(c, "database", HEALTH_FAIL, text);
		return;
	}
	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	if (stat(log_path, &s) == 0)
		log_size = (uint64_t)s.st_size;
	snprintf(text, sizeof(text), "answers, writable, %llu MiB of log",
		 (unsigned long long)(log_size >> 20));
	health_report(c, "database", log_size > LOG_MAX_BYTES ? HEALTH_WARN : HEALTH_OK,
	       text);
}

static void check_disk(struct health_checks *c, const struct app *app)
{
	struct statvfs fs;
	char text[80];
	uint64_t room;

	if (statvfs(conf_text(app->conf, CONF_DB), &fs) != 0) {
		health_report(c, "disk", HEALTH_FAIL, "the database file is not there");
		return;
	}
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	snprintf(text, sizeof(text), "%llu MiB free",
		 (unsigned long long)(room >> 20));
	health_report(c, "disk", room < DISK_MIN_BYTES ? HEALTH_FAIL : HEALTH_OK, text);
}

static void check_mempool(struct health_checks *c, const struct app *app)
{
	struct mempool_info m;
	char text[80];
	enum status st = node_mempool_info(app->node, &m);

	snprintf(text, sizeof(text), "%lld transactions", (long long)m.count);
	health_report(c, "mempool", st == ST_OK ? HEALTH_OK : HEALTH_FAIL,
	       st == ST_OK ? text : status_text(st));
}

static void check_peers(struct health_checks *c, const struct app *app,
			struct arena *a)
{
	struct peer_info *peers;
	uint32_t n = 0, active = 0;
	char text[80];
	enum status st = peers_list(app->node, a, &peers, &n);

	for (uint32_t i = 0; st == ST_OK && i < n; i++)
		active += peers[i].state == PEER_ACTIVE;
	snprintf(text, sizeof(text), "%u of %u answer", active, n);
	health_report(c, "peers", st != ST_OK ? HEALTH_FAIL
			   : n && !active ? HEALTH_WARN : HEALTH_OK,
	       st == ST_OK ? text : status_text(st));
}

static void check_tip(struct health_checks *c, const struct app *app,
		      const struct node_tip *tip, enum status st)
{
	int64_t age = st == ST_OK ? node_now_s(app->node) - tip->time : 0;
	int64_t limit = (int64_t)node_params(app->node)->spacing_s * TIP_SPACINGS;
	char text[80];

	snprintf(text, sizeof(text), "height %u, %lld s old", tip->height,
		 (long long)age);
	health_report(c, "tip", st != ST_OK ? HEALTH_FAIL
			 : age > limit ? HEALTH_WARN : HEALTH_OK,
	       st == ST_OK ? text : status_text(st));
}

void health_get(struct app *app, const struct request *rq, struct response *rs)
{
	struct json_writer w;
	struct health_checks c = {.w = &w};
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
	health_schema(&c, app);
	health_miner(&c, app);
	check_peers(&c, app, rq->arena);
	health_relay(&c, app);
	check_tip(&c, app, &tip, st);
	health_validators(&c, app, rq->arena);
	health_waiting(&c, app);
	health_webhooks(&c, app);
	json_obj_end(&w);
	json_put_str(&w, "network", node_params(app->node)->name);
	json_put_str(&w, "status", name_of(c.worst));
	json_put_str(&w, "version", PACKAGE_VERSION);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	if (c.worst == HEALTH_FAIL)
		rs->status = 503;
}
