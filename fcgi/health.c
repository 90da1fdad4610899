/* SPDX-License-Identifier: MIT */
/*
 * GET /health: named checks for people and monitors. 200 while every check that
 * matters passes, 503 otherwise; a check that is only worth knowing (an old tip,
 * no peers) is a warning and does not change the status.
 */
#include <stdio.h>
#include <sys/statvfs.h>

#include "fcgi/error.h"
#include "fcgi/handlers.h"
#include "json/write.h"
#include "node/mempool.h"
#include "node/peers.h"

/* Room the database needs to go on: blocks, their indexes, the log. */
#define DISK_MIN_BYTES (256u << 20)
/* A tip older than this many block spacings is worth a look. */
#define TIP_SPACINGS 12

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
	report(&c, "database", st == ST_OK ? HEALTH_OK : HEALTH_FAIL,
	       st == ST_OK ? "answers" : status_text(st));
	check_disk(&c, app);
	check_mempool(&c, app);
	check_peers(&c, app, rq->arena);
	check_tip(&c, app, &tip, st);
	json_obj_end(&w);
	json_put_str(&w, "network", node_params(app->node)->name);
	json_put_str(&w, "status", health_name(c.worst));
	json_put_str(&w, "version", PACKAGE_VERSION);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	if (c.worst == HEALTH_FAIL)
		rs->status = 503;
}
