/* SPDX-License-Identifier: MIT */
/*
 * POST /nodes/register and GET /nodes/resolve.
 *
 * A node registered is only noted down: it is contacted by quarry-resolve and
 * quarry-relay, never within the request, and nothing it says is shown to who
 * registered it. Resolving runs quarry-resolve itself, the same program that
 * cron runs, with a time limit.
 */
#include <stdio.h>

#include "base/process.h"
#include "base/url.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/teach/chain_json.h"
#include "json/read.h"
#include "node/core/announce.h"
#include "node/net/peers.h"

#define NODES_MAX 100
_Static_assert(URL_TEXT_SIZE <= PEERS_URL_MAX, "a normalised URL fits a peer's");
#define RESOLVE_LIMIT_S 55
#define RESOLVE_OUTPUT_MAX 65536

/* --- register --- */

#define NODES_TEXT "Error: Please supply a valid list of nodes"

/* All nodes known and not banned, as host:port. */
static enum status reply_nodes(struct app *app, const struct request *rq,
			       struct response *rs)
{
	struct peer_info *peers;
	struct json_writer w;
	uint32_t n;
	enum status st = peers_list(app->node, rq->arena, &peers, &n);

	if (st != ST_OK)
		return st;
	rs->status = 201;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_str(&w, "message", "New nodes have been added");
	json_key(&w, "total_nodes");
	json_arr_begin(&w);
	for (uint32_t i = 0; i < n; i++) {
		const char *host = strstr(peers[i].url, "://");

		if (peers[i].state != PEER_BANNED)
			json_str(&w, host ? host + 3 : peers[i].url);
	}
	json_arr_end(&w);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	return ST_OK;
}

static bool http_allowed(const struct app *app)
{
	const struct params *p = node_params(app->node);

	return (p->own || p->test) && conf_bool(app->conf, CONF_ALLOW_HTTP_PEERS);
}

/* Reads every node before any is added: all or none. */
static bool read_nodes(struct app *app, const struct request *rq,
		       struct response *rs, const struct json_value *list,
		       char (*urls)[PEERS_URL_MAX])
{
	size_t n = json_count(list);

	for (size_t i = 0; i < n; i++) {
		const char *text, *why;
		struct url u;
		size_t len;

		if (!json_as_str(json_at(list, i), &text, &len)) {
			error_reply(rs, rq, 400, "bad-nodes", NODES_TEXT);
			return false;
		}
		if (url_parse(&u, text, len, http_allowed(app), &why) == ST_OK) {
			memcpy(urls[i], u.text, sizeof(u.text));
			continue;
		}
		if (url_parse(&u, text, len, true, &why) == ST_OK)
			error_reply(rs, rq, 400, "https-only",
				    "Nodes are reached over https here; http needs "
				    "allow_http_peers = yes on a chain without value.");
		else
			error_reply(rs, rq, 400, "bad-nodes",
				    NODES_TEXT ": entry %zu: %s.", i + 1, why);
		return false;
	}
	return true;
}

/* This node's own address is no peer. */
static bool is_own(const struct app *app, const char *url)
{
	const char *text = conf_text(app->conf, CONF_PUBLIC_URL), *why;
	struct url own;

	return *text && url_parse(&own, text, strlen(text), true, &why) == ST_OK &&
	       strcmp(own.text, url) == 0;
}

static void add_nodes(struct app *app, const struct request *rq,
		      struct response *rs, const struct json_value *list)
{
	size_t n = json_count(list);
	char(*urls)[PEERS_URL_MAX] = arena_alloc(rq->arena, n + 1, PEERS_URL_MAX);
	enum status st = ST_OK;

	if (!urls) {
		error_status(rs, rq, ST_NOMEM);
		return;
	}
	if (!read_nodes(app, rq, rs, list, urls))
		return;
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		int64_t id;
		bool added;

		if (!is_own(app, urls[i]))
			st = peers_add(app->node, urls[i], "http", &id, &added);
	}
	if (st == ST_FULL) {
		rs->retry_after_s = 60;
		error_reply(rs, rq, 503, "too-many-nodes",
			    "Too many nodes wait for their first contact; try "
			    "again in a minute.");
		return;
	}
	if (st == ST_OK)
		st = reply_nodes(app, rq, rs);
	if (st == ST_OK)
		announce_nudge(app->node);
	else
		error_status(rs, rq, st);
}

void teach_register(struct app *app, const struct request *rq,
		    struct response *rs)
{
	char error[JSON_ERROR_SIZE];
	const struct json_value *list;
	struct json_doc doc;
	enum status st = json_doc_parse(&doc, rq->body.p, rq->body.len,
					rq->body.len, error);

	list = json_get_array(doc.root, "nodes");
	if (st == ST_NOMEM)
		error_status(rs, rq, st);
	else if (st != ST_OK)
		error_reply(rs, rq, 400, "bad-json", "The body is no JSON: %s.",
			    error);
	else if (!list)
		error_reply(rs, rq, 400, "bad-nodes", NODES_TEXT);
	else if (json_count(list) > NODES_MAX)
		error_reply(rs, rq, 400, "bad-nodes",
			    NODES_TEXT ": at most %d at once.", NODES_MAX);
	else
		add_nodes(app, rq, rs, list);
	json_doc_free(&doc);
}

/* --- resolve --- */

/* Runs quarry-resolve; false with the error replied when it could not. */
static bool run_resolver(struct app *app, const struct request *rq,
			 struct response *rs, struct buf *out,
			 struct process_result *r)
{
	const char *program = conf_text(app->conf, CONF_RESOLVER);
	char path[1024], budget[24];
	const char *argv[12];
	int64_t seconds = conf_int(app->conf, CONF_RESOLVE_BUDGET_S);
	unsigned n = 0;
	enum status st;

	if (!*program) {
		if (!process_sibling(path, sizeof(path), "quarry-resolve")) {
			error_reply(rs, rq, 503, "no-resolver",
				    "quarry-resolve is not installed beside "
				    "quarry.fcgi; set the key resolver to its path.");
			return false;
		}
		program = path;
	}
	if (seconds > RESOLVE_LIMIT_S - 5)
		seconds = RESOLVE_LIMIT_S - 5;
	snprintf(budget, sizeof(budget), "%lld", (long long)seconds);
	argv[n++] = program;
	argv[n++] = "--db";
	argv[n++] = conf_text(app->conf, CONF_DB);
	if (app->conf_path) {
		argv[n++] = "--conf";
		argv[n++] = app->conf_path;
	}
	argv[n++] = "--budget";
	argv[n++] = budget;
	argv[n] = NULL;
	st = process_run(argv, RESOLVE_LIMIT_S * 1000, out, r);
	if (st != ST_OK) {
		error_reply(rs, rq, 503, "no-resolver",
			    "quarry-resolve could not be started: %s.",
			    status_text(st));
		return false;
	}
	return true;
}

/* The last line the resolver printed, without its newline. */
static const char *last_line(const struct request *rq, struct buf *out)
{
	const char *text = buf_str(out);
	size_t end = strlen(text), begin;
	char *line = arena_alloc(rq->arena, 1, 400);

	while (end && text[end - 1] == '\n')
		end--;
	for (begin = end; begin && text[begin - 1] != '\n'; begin--)
		;
	if (!line)
		return "";
	snprintf(line, 400, "%.*s", (int)(end - begin), text + begin);
	return line;
}

/* line: the resolver's last, which begins with the outcome. */
static enum status reply_chain(struct app *app, struct response *rs,
			       const char *line)
{
	bool replaced = strncmp(line, "replaced", 8) == 0;
	struct node_tip tip;
	struct json_writer w;
	uint32_t next;
	enum status st = node_tip(app->node, &tip);

	if (st != ST_OK)
		return st;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	if (!replaced) {
		json_key(&w, "chain");
		st = chain_json_page(app, &w, 0, CHAIN_PAGE_BLOCKS, tip.height,
				     &next);
		if (st != ST_OK)
			return st;
	}
	json_put_uint(&w, "length", (uint64_t)tip.height + 1);
	json_put_str(&w, "message", replaced ? "Our chain was replaced"
					     : "Our chain is authoritative");
	if (replaced) {
		json_key(&w, "new_chain");
		st = chain_json_page(app, &w, 0, CHAIN_PAGE_BLOCKS, tip.height,
				     &next);
		if (st != ST_OK)
			return st;
	}
	if (next <= tip.height) {
		char link[64];

		snprintf(link, sizeof(link), "/chain?from=%u", next);
		json_put_str(&w, "next", link);
	}
	json_put_str(&w, "reason", line);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	return ST_OK;
}

void teach_resolve(struct app *app, const struct request *rq,
		   struct response *rs)
{
	struct process_result r;
	struct buf out;
	enum status st;

	buf_init(&out, RESOLVE_OUTPUT_MAX);
	if (!run_resolver(app, rq, rs, &out, &r))
		goto out;
	if (r.code != 0) {
		rs->retry_after_s = 5;
		error_reply(rs, rq, 503, "resolver-failed",
			    "quarry-resolve did not come to an end%s; its words "
			    "are in the log.", r.timed_out ? " in time" : "");
		goto out;
	}
	st = node_snapshot(app->node);
	if (st == ST_OK) {
		st = reply_chain(app, rs, last_line(rq, &out));
		node_snapshot_end(app->node);
	}
	if (st != ST_OK)
		error_status(rs, rq, st);
out:
	buf_free(&out);
}
