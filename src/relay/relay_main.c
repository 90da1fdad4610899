/* SPDX-License-Identifier: MIT */
/*
 * quarry-relay: tells peers of new blocks and transactions at once, and catches
 * up when a peer is ahead.
 *
 * It hears of news by a datagram on a socket next to the database and by asking
 * the database ten times a second whether anything changed. It is also the one
 * process that moves the write-ahead log into the database, so that no web
 * request pays for it.
 */
#include "relay/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/opt.h"
#include "node/core/announce.h"
#include "node/mine/mine_taken.h"
#include "node/pool/mempool.h"
#include "node/pool/policy.h"
#include "node/query/query.h"
#include "relay/webhooks.h"
#include "sync/setup.h"

#define LEASE "relay"
#define LEASE_MS 10000
#define LEASE_RENEW_MS 3000
#define TICK_MS 100
#define SYNC_TICK_MS 10
#define SYNC_BUDGET_MS 30000
#define SYNC_RETRY_MS 1000
#define CHECKPOINT_MS 1000
#define LOCKED_MS 1000		/* others write: that is usual, but not so long */
#define TROUBLE_RETRY_MS 1000
#define TROUBLE_WAIT_MS 20
#define CALM_MS 5000
#define ARENA_MAX ((size_t)64 << 20)

static volatile sig_atomic_t stop;

/* The socket where others nudge us; -1 when it cannot be made: polling is
 * enough then. */
static int news_open(const char *db_path, struct sockaddr_un *at)
{
	int fd;

	*at = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!announce_path(at->sun_path, sizeof(at->sun_path), db_path))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	unlink(at->sun_path);
	if (bind(fd, (struct sockaddr *)at, sizeof(*at)) == 0 &&
	    chmod(at->sun_path, 0660) == 0)
		return fd;
	log_warn("no socket for news at %s: %s", at->sun_path, strerror(errno));
	close(fd);
	return -1;
}

static bool news_take(struct relay *r, int fd)
{
	char buf[ANNOUNCE_ORDER_MAX + 1];
	bool any = false;
	ssize_t n;

	while (r->news_ready && (n = recv(fd, buf, sizeof(buf) - 1, 0)) >= 0) {
		buf[n] = '\0';
		p2p_order(r->p2p, buf);
		any = true;
	}
	r->news_ready = false;
	return any;
}

static enum status take_results(struct relay *r)
{
	enum status st = ST_OK;
	struct fetch_result f;

	while (st == ST_OK && fetch_next(r->fetch, &f)) {
		struct contact *c = f.owner;

		if (f.kind == PEER_SEND_BLOCK || f.kind == PEER_SEND_TX ||
		    f.kind == PEER_SEND_PROPOSAL)
			st = spread_result(r, c, &f);
		else if (f.kind == PEER_VOTES || f.kind == PEER_SEND_VOTES)
			st = votes_result(r, c, &f);
		else
			st = contacts_result(r, c, &f);
		buf_free(&f.body);
		r->wrote = true;
	}
	return st;
}

/* Begins or goes on catching up from the peer that is ahead. */
static enum status sync_some(struct relay *r)
{
	const struct sync_report *p;
	bool more = true;
	enum status st;

	if (!r->sync) {
		if (!r->sync_wanted || clock_mono_ms() < r->sync_retry_ms)
			return ST_OK;
		st = sync_open(&r->sync, r->node, &r->sync_options);
		r->sync_retry_ms = clock_mono_ms() + SYNC_RETRY_MS;
		/* the resolver is at it: it will bring the same blocks */
		r->sync_wanted = false;
		if (st == ST_BUSY)
			return ST_OK;
		if (st != ST_OK)
			return st;
	}
	r->wrote = true;
	st = sync_step(r->sync, SYNC_TICK_MS, &more);
	if (st == ST_OK && more)
		return ST_OK;
	p = sync_report(r->sync);
	contacts_synced(r, r->sync_url, p);
	if (p->blocks || p->txs)
		log_info("caught up with %s: %u blocks, %u transactions, height %u",
			 r->sync_url, p->blocks, p->txs, p->after.height);
	sync_close(r->sync);
	r->sync = NULL;
	return st;
}

static void wait_for_work(struct relay *r)
{
	bool results = fetch_pump(r->fetch);

	if (r->trouble.what != ST_OK)
		loop_wait(r->loop, TICK_MS);
	else if (results || p2p_has_work(r->p2p))
		loop_wait(r->loop, 0);
	else
		loop_wait(r->loop, r->sync ? SYNC_TICK_MS : TICK_MS);
}

/* What goes over HTTPS. */
static enum status https_turn(struct relay *r, bool news, bool nudged)
{
	enum status st = news ? spread_events(r) : ST_OK;

	if (st == ST_OK)
		st = contacts_step(r, nudged);
	if (st == ST_OK)
		st = spread_step(r);
	return st == ST_OK ? sync_some(r) : st;
}

/* One turn: what came in, what happened, what is due. In trouble answers of HTTPS
 * peers wait, as nothing could be written of them. */
static enum status turn(struct relay *r, int news_fd, bool *changed)
{
	bool nudged, wrote, well = r->trouble.what == ST_OK;
	enum status st = ST_OK, p2p;
	uint64_t taken;

	wait_for_work(r);
	if (stop)
		return ST_OK;
	nudged = news_take(r, news_fd);
	if (well)
		st = take_results(r);
	if (st == ST_OK)
		st = node_changed(r->node, changed);
	*changed |= r->wrote;
	r->wrote = false;
	taken = node_txs_taken(r->node);
	p2p = p2p_step(r->p2p, *changed || nudged, &wrote);
	if (r->mine_address[0] && wrote)
		node_mine_taken(r->node, taken, r->mine_address);
	*changed |= wrote;
	if (st == ST_OK)
		st = p2p;
	return st == ST_OK && well ? https_turn(r, *changed || nudged, nudged) : st;
}

/* Peers are told nothing and lose nothing: what needs the database waits, and no
 * write waits long for it. Said once, not whenever a full disk has room for a
 * moment. */
static void begin_trouble(struct relay *r, enum status st, int64_t now_ms)
{
	struct trouble *t = &r->trouble;
	char why[sizeof(t->said)];

	if (st == ST_BUSY)
		snprintf(why, sizeof(why), "is locked by another program");
	else
		snprintf(why, sizeof(why), "cannot be used: %.160s",
			 node_error(r->node));
	if (!t->said[0])
		t->since_ms = now_ms;
	if (strcmp(why, t->said) != 0)
		log_error("the database %s; peers wait, and it goes on by itself "
			  "when that ends", why);
	memcpy(t->said, why, sizeof(why));
	t->what = st;
	t->retry_ms = now_ms + TROUBLE_RETRY_MS;
	node_patience(r->node, TROUBLE_WAIT_MS);
	p2p_trouble(r->p2p, true);
}

static void end_trouble(struct relay *r, int64_t now_ms)
{
	r->trouble.what = ST_OK;
	r->trouble.over_ms = now_ms;
	r->wrote = true;	/* news of that time are told now */
	node_patience(r->node, 0);
	p2p_trouble(r->p2p, false);
}

/* When it is time, the lease; in trouble, whether that is over. */
static enum status keep_lease(struct relay *r, int64_t now_ms, int64_t *lease_ms)
{
	struct trouble *t = &r->trouble;
	enum status st = ST_OK;

	if (t->what != ST_OK && now_ms < t->retry_ms)
		return t->what;
	if (t->what != ST_OK || now_ms >= *lease_ms) {
		st = node_try_write(r->node);
		if (st == ST_OK)
			st = node_lease_take(r->node, LEASE, LEASE_MS);
		else
			return st;
		*lease_ms = now_ms + LEASE_RENEW_MS;
		/* another relay has it, while we slept */
		if (st == ST_BUSY)
			st = ST_OK;
		else if (st == ST_OK)
			st = node_mempool_expire(r->node);
	}
	if (st == ST_OK && t->what != ST_OK)
		end_trouble(r, now_ms);
	if (t->said[0] && t->what == ST_OK && now_ms > t->over_ms + CALM_MS) {
		log_info("the database can be written again, after %lld s",
			 (long long)(t->over_ms - t->since_ms) / 1000);
		t->said[0] = '\0';
	}
	return st;
}

static int loop(struct relay *r, int news_fd, struct webhooks_child *hooks)
{
	int64_t lease_ms = 0, checkpoint_ms = 0;
	bool dirty = true;

	while (!stop) {
		int64_t now_ms = clock_mono_ms();
		bool changed = false;
		enum status st, lease;

		webhooks_mind(hooks);
		lease = keep_lease(r, now_ms, &lease_ms);
		st = turn(r, news_fd, &changed);
		if (lease != ST_OK)
			st = lease;
		dirty |= changed;
		if (st == ST_OK && dirty && !changed && now_ms >= checkpoint_ms) {
			checkpoint_ms = now_ms + CHECKPOINT_MS;
			dirty = node_checkpoint(r->node, false) != ST_OK;
		}
		if (st != ST_OK && now_ms >= r->trouble.retry_ms)
			begin_trouble(r, st, now_ms);
	}
	webhooks_end(hooks);
	return 0;
}

/* One relay for one database; that of a process that died holds for a while. */
static enum status take_lease(struct relay *r)
{
	int64_t end_ms = clock_mono_ms() + LEASE_MS + 1000;
	enum status st;

	do {
		st = node_lease_take(r->node, LEASE, LEASE_MS);
		if (st != ST_BUSY)
			return st;
		loop_wait(r->loop, TICK_MS);
	} while (!stop && clock_mono_ms() < end_ms);
	return st;
}

static enum status set_up(struct relay *r, const struct conf *conf,
			  char error[CONF_ERROR_SIZE])
{
	struct fetch_options fo = {.per_peer = 2, .stop = &stop};
	enum status st;

	r->allow_http = fo.allow_http = conf_bool(conf, CONF_ALLOW_HTTP_PEERS);
	if (conf_bool(conf, CONF_MINE_ON_SUBMIT))
		snprintf(r->mine_address, sizeof(r->mine_address), "%s",
			 conf_text(conf, CONF_MINE_ADDRESS));
	st = node_configure(r->node, conf, error);
	if (st == ST_OK)
		st = setup_own_url(&r->own, conf, error);
	if (st == ST_OK)
		st = setup_peers(r->node, conf, NULL, NULL, error);
	if (st != ST_OK)
		return st;
	setup_guard(&fo.guard, conf, &r->own);
	r->sync_urls[0] = r->sync_url;
	r->sync_options = (struct sync_options){
		.guard = fo.guard,
		.allow_http = r->allow_http,
		.budget_ms = SYNC_BUDGET_MS,
		.urls = r->sync_urls,
		.n_urls = 1,
		.own_url = r->own.text,
		.mempool = true,
		.stop = &stop,
	};
	r->head = r->tail = 1;
	arena_init(&r->arena, ARENA_MAX);
	st = query_last_event(r->node, &r->cursor);
	if (st == ST_OK)
		st = fetch_open(&r->fetch, &fo);
	if (st == ST_OK) {
		loop_attach_fetch(r->loop, r->fetch);
		return p2p_open(&r->p2p, r->node, loop_base(r->loop), conf, error);
	}
	snprintf(error, CONF_ERROR_SIZE, "It cannot start: %s. %s",
		 status_text(st), node_error(r->node));
	return st;
}

static int run(const struct opt_program *program, const struct conf *conf,
	       struct relay *r, char *const *argv)
{
	const char *db_path = conf_text(conf, CONF_DB);
	struct webhooks_child hooks = {.argv = argv, .db = db_path};
	struct node_options no = {
		.db_path = db_path,
		.app_name = "quarry-relay",
		.busy_ms = LOCKED_MS,
	};
	char error[CONF_ERROR_SIZE];
	struct sockaddr_un at;
	int news_fd = -1, code;
	enum status st;

	if (fetch_global_init() != ST_OK)
		return opt_failed(program, "libcurl does not start.");
	if (loop_open(&r->loop, &stop) != ST_OK)
		return opt_failed(program, "libevent does not start.");
	if (node_open(&r->node, &no, error) != ST_OK) {
		loop_close(r->loop);
		return opt_failed(program, "%s", error);
	}
	st = take_lease(r);
	if (st == ST_BUSY && !stop)
		code = opt_failed(program, "Another quarry-relay serves %s; stop that "
				  "one first.", db_path);
	else if (st != ST_OK)
		code = stop ? 0 : opt_failed(program, "%s", node_error(r->node));
	else if (set_up(r, conf, error) != ST_OK)
		code = opt_failed(program, "%s", error);
	else {
		news_fd = news_open(db_path, &at);
		if (news_fd >= 0 && !loop_watch_news(r->loop, news_fd, &r->news_ready))
			log_warn("no memory to wait for news: they come by polling");
		log_info("relaying for %s", db_path);
		code = loop(r, news_fd, &hooks);
	}
	p2p_close(r->p2p);
	sync_close(r->sync);
	fetch_close(r->fetch);
	loop_close(r->loop);
	if (news_fd >= 0) {
		close(news_fd);
		unlink(at.sun_path);
	}
	contacts_free(r);
	spread_free(r);
	arena_free(&r->arena);
	if (st == ST_OK)
		node_lease_release(r->node, LEASE);
	node_close(r->node);
	return code;
}

static void on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

static int run_webhooks(const struct opt_program *program,
			const struct conf *conf)
{
	struct sigaction sa = {.sa_handler = on_stop};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	return webhooks_run(program, conf, &stop);
}

int main(int argc, char **argv)
{
	bool webhooks = false;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY_AS("peer", "URL", CONF_PEER,
			   "keep in touch with this node; may be repeated"),
		OPT_KEY_AS("listen", "HOST:PORT", CONF_P2P_LISTEN,
			   "let nodes connect by Bitcoin's protocol; may be repeated"),
		OPT_KEY_AS("connect", "HOST:PORT", CONF_P2P_CONNECT,
			   "stay connected to this node by it; may be repeated"),
		OPT_KEY_AS("addnode", "HOST:PORT", CONF_P2P_ADDNODE,
			   "connect to this node, too; may be repeated"),
		OPT_KEY_AS("allow-private", NULL, CONF_ALLOW_PRIVATE_PEERS,
			   "call addresses of private networks and this machine"),
		OPT_KEY_AS("allow-http", NULL, CONF_ALLOW_HTTP_PEERS,
			   "call peers without TLS, too"),
		OPT_FLAG("webhooks", &webhooks,
			 "deliver webhooks and do nothing else: what this program "
			 "starts by itself when there are any"),
	};
	struct opt_program program = {
		.name = "quarry-relay",
		.about = "Tells peers of new blocks and transactions; catches up "
			 "when a peer is ahead; speaks Bitcoin's protocol.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(*opts),
	};
	struct relay *r = calloc(1, sizeof(*r));
	struct conf conf;
	int code;

	if (!r)
		return opt_failed(&program, "%s.", status_text(ST_NOMEM));
	conf_init(&conf);
	code = opt_read(&program, &conf, argc, argv);
	if (code < 0) {
		code = webhooks ? run_webhooks(&program, &conf)
				: run(&program, &conf, r, argv);
	}
	conf_free(&conf);
	free(r);
	return code;
}
