/* SPDX-License-Identifier: MIT */
/* quarry webhook: who is told of events by HTTP. quarry-relay delivers, and sees
 * what is changed here within a second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "feed/hook_new.h"
#include "remote/fetch.h"

#define TEST_MS 15000
#define TEST_BYTES 4096

struct job {
	const struct opt_program *p;
	const struct conf *conf;
	struct node *node;
	struct hooks *hooks;
	const char *secret;
};

static int status(const struct job *j, enum status st)
{
	if (st == ST_NOT_FOUND)
		return opt_failed(j->p, "There is no webhook %s; see quarry webhook "
				  "list.", j->p->operand[1]);
	return opt_failed(j->p, "hooks.db: %s.", status_text(st));
}

static int add(const struct job *j)
{
	const char *filter = j->p->n_operands == 3 ? j->p->operand[2] : "";
	char why[HOOK_WHY_SIZE], hex[2 * HOOK_SECRET_SIZE + 1];
	struct hook k;
	enum status st = hook_new(&k, j->node, j->p->operand[1], filter,
				  j->secret ? j->secret : "",
				  conf_bool(j->conf, CONF_WEBHOOK_PRIVATE), why);

	if (st == ST_USAGE)
		return opt_failed(j->p, "%s", why);
	if (st != ST_OK)
		return cli_status(j->p, j->node, st);
	st = hooks_add(j->hooks, &k);
	if (st == ST_TOO_BIG)
		return opt_failed(j->p, "There are %d webhooks already; remove one "
				  "first.", HOOKS_MAX);
	if (st != ST_OK)
		return status(j, st);
	printf("webhook %lld\nsecret %s\n", (long long)k.id,
	       hex_text(hex, k.secret, sizeof(k.secret)));
	return 0;
}

static void when(char out[32], int64_t s)
{
	time_t t = (time_t)s;
	struct tm tm;

	if (!s || !gmtime_r(&t, &tm) ||
	    !strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, 32, "never");
}

static int list(const struct job *j)
{
	struct hook k = {.id = 0};
	enum status st;

	while ((st = hooks_next(j->hooks, k.id, &k)) == ST_OK) {
		char tried[32];

		when(tried, k.tried);
		printf("%lld  %s  %s\n    %s, %lld taken, last tried %s%s%s\n",
		       (long long)k.id, k.url, k.filter[0] ? k.filter : "(blocks)",
		       k.dead ? "given up" : k.failing ? "failing" : "active",
		       (long long)k.sent, tried, k.last[0] ? ": " : "", k.last);
	}
	return st == ST_NOT_FOUND ? 0 : status(j, st);
}

static bool read_id(const struct job *j, int64_t *id)
{
	char *end;

	*id = strtoll(j->p->operand[1], &end, 10);
	return *id > 0 && !*end;
}

static int drop(const struct job *j)
{
	int64_t id;
	enum status st = read_id(j, &id) ? hooks_remove(j->hooks, id) : ST_NOT_FOUND;

	return st == ST_OK ? 0 : status(j, st);
}

static int revive(const struct job *j)
{
	int64_t id;
	enum status st = read_id(j, &id) ? hooks_revive(j->hooks, id) : ST_NOT_FOUND;

	return st == ST_OK ? 0 : status(j, st);
}

/* One delivery, now; the webhook's place stays. */
static enum status deliver(const struct job *j, const struct hook *k,
			   struct fetch_result *f)
{
	bool private = conf_bool(j->conf, CONF_WEBHOOK_PRIVATE);
	struct fetch_options o = {.allow_http = private};
	char header[HOOK_SIGNATURE_SIZE], body[200], path[HOOK_PATH_SIZE];
	struct fetch_request rq = {
		.path = path, .header = header, .type = "application/json",
		.max_bytes = TEST_BYTES, .timeout_ms = TEST_MS,
	};
	const char *phrase = "";
	struct fetch *fetch;
	struct url base;
	enum status st = hook_url(k->url, private, &base, path, &phrase);

	if (st != ST_OK)
		return opt_failed(j->p, "The address is refused: %s.", phrase),
		       ST_DENIED;
	net_guard_init(&o.guard, private);
	rq.base = base.text;
	snprintf(body, sizeof(body), "{\"webhook\":%lld,\"chain\":\"%s\",\"events\":"
		 "[{\"event\":\"test\",\"id\":\"0\",\"data\":{}}]}\n",
		 (long long)k->id, node_params(j->node)->name);
	hook_sign(header, k->secret, clock_wall_ms() / 1000, bytes_of_text(body));
	st = fetch_global_init();
	if (st == ST_OK)
		st = fetch_open(&fetch, &o);
	if (st != ST_OK)
		return st;
	rq.post = blob_new(body, strlen(body));
	st = rq.post ? fetch_start(fetch, &rq) : ST_NOMEM;
	while (st == ST_OK && !fetch_next(fetch, f))
		fetch_wait(fetch, 200, -1);
	blob_drop(rq.post);
	fetch_close(fetch);
	return st;
}

static int test(const struct job *j)
{
	struct fetch_result f = {.st = ST_REMOTE};
	struct hook k;
	int64_t id;
	enum status st = ST_NOT_FOUND;

	if (read_id(j, &id))
		st = hooks_next(j->hooks, id - 1, &k);
	if (st != ST_OK || k.id != id)
		return status(j, st == ST_OK ? ST_NOT_FOUND : st);
	st = deliver(j, &k, &f);
	if (st == ST_DENIED)
		return EXIT_FAILED;
	if (st == ST_OK)
		buf_free(&f.body);
	if (st != ST_OK || !f.http)
		return opt_failed(j->p, "%s did not answer: %s.", k.url,
				  st != ST_OK ? status_text(st) : f.why);
	printf("HTTP %d\n", f.http);
	return f.http >= 200 && f.http < 300 ? 0 : EXIT_FAILED;
}

static const struct verb {
	const char *name;
	int (*run)(const struct job *j);
	int min, max;		/* operands, the verb among them */
} verbs[] = {
	{"list", list, 1, 1}, {"add", add, 2, 3}, {"remove", drop, 2, 2},
	{"revive", revive, 2, 2}, {"test", test, 2, 2},
};

static int run(struct job *j, const struct verb *v)
{
	char path[4096], error[HOOKS_ERROR_SIZE];
	int code = cli_open(j->p, j->conf, true, &j->node);

	if (code >= 0)
		return code;
	if (!hooks_path(path, sizeof(path), conf_text(j->conf, CONF_DB)))
		code = opt_failed(j->p, "The database's path is too long.");
	else if (hooks_open(&j->hooks, path, true, error) != ST_OK)
		code = opt_failed(j->p, "%s", error);
	else
		code = v->run(j);
	hooks_close(j->hooks);
	node_close(j->node);
	return code;
}

int cmd_webhook(int argc, char **argv)
{
	struct job j = {0};
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("secret", "HEX", &j.secret,
			 "what deliveries are signed with, 64 digits; else a new "
			 "one is made"),
		OPT_KEY_AS("allow-private", NULL, CONF_WEBHOOK_PRIVATE,
			   "allow http, and private networks and this machine"),
	};
	struct opt_program p = {
		.name = "quarry webhook",
		.operands = "list | add URL [FILTER] | remove ID | revive ID | "
			    "test ID",
		.about = "Tells others of events by HTTP: lists webhooks, adds or "
			 "removes one, tries again one that was given up, or sends "
			 "one a test. FILTER is as the query of /events: "
			 "\"blocks&address=A\".",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = 3,
	};
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	j.p = &p;
	j.conf = &c;
	for (size_t i = 0; code < 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, p.operand[0]) == 0 &&
		    p.n_operands >= verbs[i].min && p.n_operands <= verbs[i].max)
			code = run(&j, &verbs[i]);
	if (code < 0)
		code = opt_usage(&p, "say %s", p.operands);
	conf_free(&c);
	return code;
}
