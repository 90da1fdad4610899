/* SPDX-License-Identifier: MIT */
/*
 * quarry-resolve: asks the peers once, adopts the branch with most work that votes
 * of validators leave free, ends within its budget. Made for cron; with --loop it
 * goes on by itself.
 *
 * It prints one line for each peer and last the outcome, which begins with
 * "authoritative" or "replaced" as the teaching system's answer does.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/opt.h"
#include "json/write.h"
#include "node/pool/mempool.h"
#include "node/pool/policy.h"
#include "remote/fetch.h"
#include "sync/setup.h"
#include "sync/sync.h"

#define PEERS_GIVEN_MAX SYNC_PEERS_MAX

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

struct resolver {
	struct opt_program program;
	struct conf conf;
	bool json;
	int64_t loop_s;
	struct node *node;
	struct sync_options options;
	unsigned n_urls;
	char url[PEERS_GIVEN_MAX][URL_TEXT_SIZE];
	const char *urls[PEERS_GIVEN_MAX];
	struct url own;
	struct sync_report report;
};

static struct resolver r;

static void catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

/* --peer asks those alone; peers of the file are asked with all others. */
static void ask_this(void *user, const char *url)
{
	(void)user;
	if (r.n_urls == PEERS_GIVEN_MAX)
		return;
	snprintf(r.url[r.n_urls], sizeof(r.url[0]), "%s", url);
	r.urls[r.n_urls] = r.url[r.n_urls];
	r.n_urls++;
}

static void print_text(enum status st)
{
	char hash[HASH_TEXT_SIZE];
	const struct sync_report *p = &r.report;

	for (uint32_t i = 0; i < p->n_peers; i++) {
		const struct sync_peer_report *q = &p->peers[i];

		printf("%s: %s", q->url, *q->what ? q->what : "no answer in time");
		if (q->height >= 0)
			printf(", height %lld", (long long)q->height);
		if (q->headers || q->blocks || q->txs)
			printf("; gave %u headers, %u blocks, %u transactions",
			       q->headers, q->blocks, q->txs);
		if (q->votes)
			printf("; gave %u votes", q->votes);
		printf("\n");
	}
	if (p->replaced)
		printf("replaced: adopted %u blocks, tip %u %s%s\n", p->blocks,
		       p->after.height, hash256_text(hash, &p->after.id.h),
		       p->out_of_time ? ", more to come" : "");
	else if (st == ST_OK)
		printf("authoritative: no valid branch with more work among %u "
		       "peers, tip %u %s%s\n", p->n_peers, p->after.height,
		       hash256_text(hash, &p->after.id.h),
		       p->out_of_time ? ", not all answered in time" : "");
	fflush(stdout);
}

static void put_peer(struct json_writer *w, const struct sync_peer_report *q)
{
	json_obj_begin(w);
	json_put_str(w, "url", q->url);
	json_put_str(w, "what", *q->what ? q->what : "no answer in time");
	json_put_bool(w, "answered", q->answered);
	json_put_int(w, "height", q->height);
	json_put_uint(w, "headers", q->headers);
	json_put_uint(w, "blocks", q->blocks);
	json_put_uint(w, "transactions", q->txs);
	json_put_uint(w, "votes", q->votes);
	json_obj_end(w);
}

static void print_json(void)
{
	const struct sync_report *p = &r.report;
	struct json_writer w;
	struct buf b;

	buf_init(&b, 1 << 20);
	json_begin(&w, &b);
	json_obj_begin(&w);
	json_put_str(&w, "result", p->replaced ? "replaced" : "authoritative");
	json_put_bool(&w, "out_of_time", p->out_of_time);
	json_put_uint(&w, "headers", p->headers);
	json_put_uint(&w, "blocks", p->blocks);
	json_put_uint(&w, "transactions", p->txs);
	json_put_uint(&w, "votes", p->votes);
	json_put_uint(&w, "height", p->after.height);
	json_put_hash(&w, "tip", &p->after.id.h);
	json_put_hash(&w, "tip_before", &p->before.id.h);
	json_key(&w, "peers");
	json_arr_begin(&w);
	for (uint32_t i = 0; i < p->n_peers; i++)
		put_peer(&w, &p->peers[i]);
	json_arr_end(&w);
	json_obj_end(&w);
	printf("%s\n", buf_str(&b));
	fflush(stdout);
	buf_free(&b);
}

static int run_once(void)
{
	enum status st = node_mempool_expire(r.node);

	/* another program writes: it will be due the next time as well */
	if (st == ST_OK || st == ST_BUSY)
		st = sync_run(r.node, &r.options, &r.report);

	if (st == ST_BUSY && !stop)
		return opt_failed(&r.program, "Another quarry-resolve or quarry-relay "
				  "is catching up on this database; try again "
				  "when it is done.");
	if (st != ST_OK)
		return opt_failed(&r.program, "Stopped: %s. %s", status_text(st),
				  node_error(r.node));
	if (r.json)
		print_json();
	else
		print_text(st);
	return 0;
}

/* Fills the options of a run; -1 or an exit code. */
static int set_up(void)
{
	bool given = r.conf.value[CONF_PEER].fixed;
	char error[CONF_ERROR_SIZE];
	enum status st;

	st = setup_own_url(&r.own, &r.conf, error);
	if (st == ST_OK)
		st = setup_peers(r.node, &r.conf, given ? ask_this : NULL, NULL,
				 error);
	if (st != ST_OK)
		return opt_failed(&r.program, "%s", error);
	setup_guard(&r.options.guard, &r.conf, &r.own);
	r.options.own_url = r.own.text;
	r.options.allow_http = conf_bool(&r.conf, CONF_ALLOW_HTTP_PEERS);
	r.options.budget_ms = 1000 * conf_int(&r.conf, CONF_RESOLVE_BUDGET_S);
	r.options.urls = r.urls;
	r.options.n_urls = r.n_urls;
	r.options.mempool = true;
	r.options.p2p = true;
	r.options.stop = &stop;
	return -1;
}

static int run(void)
{
	char error[NODE_ERROR_SIZE];
	struct node_options no = {
		.db_path = conf_text(&r.conf, CONF_DB),
		.short_lived = true,
		.app_name = "quarry-resolve",
	};
	int code;

	if (fetch_global_init() != ST_OK)
		return opt_failed(&r.program, "libcurl does not start.");
	if (node_open(&r.node, &no, error) != ST_OK)
		return opt_failed(&r.program, "%s", error);
	if (node_configure(r.node, &r.conf, error) == ST_OK)
		code = set_up();
	else
		code = opt_failed(&r.program, "%s", error);
	if (code < 0) {
		code = run_once();
		while (r.loop_s && !stop) {
			int64_t next_ms = clock_mono_ms() + 1000 * r.loop_s;

			while (!stop && clock_mono_ms() < next_ms)
				clock_sleep_ms(100);
			if (!stop)
				code = run_once();
		}
	}
	node_close(r.node);
	return code;
}

int main(int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY_AS("budget", "S", CONF_RESOLVE_BUDGET_S,
			   "end after S seconds, done or not"),
		OPT_KEY_AS("peer", "URL", CONF_PEER,
			   "ask only this peer; may be repeated"),
		OPT_NUMBER("loop", "S", &r.loop_s, 1, 86400,
			   "do it again every S seconds"),
		OPT_FLAG("json", &r.json, "print the outcome as JSON"),
		OPT_KEY_AS("allow-private", NULL, CONF_ALLOW_PRIVATE_PEERS,
			   "call addresses of private networks and this machine"),
		OPT_KEY_AS("allow-http", NULL, CONF_ALLOW_HTTP_PEERS,
			   "call peers without TLS, too"),
	};
	int code;

	r.program = (struct opt_program){
		.name = "quarry-resolve",
		.about = "Asks the peers, adopts the valid branch with most work.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(*opts),
	};
	conf_init(&r.conf);
	code = opt_read(&r.program, &r.conf, argc, argv);
	if (code < 0) {
		catch_signals();
		code = run();
	}
	conf_free(&r.conf);
	return code;
}
