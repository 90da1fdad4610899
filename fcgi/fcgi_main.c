/* SPDX-License-Identifier: MIT */
/*
 * quarry.fcgi: every HTTP interface, behind a web server that speaks FastCGI.
 *
 * 1. Read options and quarry.conf; open the database once, so that a mistake is
 *    one sentence at the start and not a row of dying workers.
 * 2. Get the listening socket (listen.h): passed by systemd, as fd 0, or made;
 *    read who may call the RPC interface, and write its cookie.
 * 3. Set signals. Handlers set a flag and nothing else.
 * 4. Start the workers (master.h). The parent stays there until it is told to
 *    stop; each worker goes on here.
 * 5. A worker opens a database connection of its own and serves (serve.h).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/opt.h"
#include "fcgi/app.h"
#include "fcgi/listen.h"
#include "fcgi/master.h"
#include "fcgi/rpc_setup.h"
#include "fcgi/serve.h"

static volatile sig_atomic_t stop;

static void on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

static void set_signals(void)
{
	/* No SA_RESTART: a blocked accept() must return. */
	struct sigaction sa = {.sa_handler = on_stop};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

static enum status open_node(struct node **n, const struct conf *conf,
			     char error[NODE_ERROR_SIZE])
{
	const struct node_options o = {
		.db_path = conf_text(conf, CONF_DB),
		/* A worker is one of many: it checks scripts by itself. */
		.threads = 1,
		.app_name = "quarry.fcgi",
	};

	return node_open(n, &o, error);
}

/* The parent ends its workers; with systemd or quarry dev that is the end of the
 * service. A worker whose parent is gone is ended by the kernel. */
static void stop_parent(void)
{
	kill(getppid(), SIGTERM);
}

static int run_worker(struct app app, int fd)
{
	char error[NODE_ERROR_SIZE];
	enum status st;

	if (open_node(&app.node, app.conf, error) != ST_OK) {
		log_error("%s", error);
		return EXIT_FAILED;
	}
	st = serve_run(&app, fd, &stop);
	app_clear(&app);
	node_close(app.node);
	if (st != ST_OK)
		log_error("the listening socket is of no use: %s", status_text(st));
	return st == ST_OK ? 0 : EXIT_FAILED;
}

static int run(const struct opt_program *p, const struct conf *conf)
{
	char error[NODE_ERROR_SIZE], why[LISTEN_ERROR_SIZE];
	char cookie[RPC_COOKIE_PATH_MAX], what[RPC_SETUP_ERROR_SIZE];
	unsigned workers = (unsigned)conf_int(conf, CONF_WORKERS);
	struct rpc_users *users;
	struct listen_socket ls;
	struct node *n;
	int64_t started_ms = clock_mono_ms();
	bool worker;
	int code = 0;

	if (open_node(&n, conf, error) != ST_OK)
		return opt_failed(p, "%s", error);
	log_info("%s: %s, %u workers", conf_text(conf, CONF_DB),
		 node_params(n)->name, workers);
	/* A connection must not live on in children. */
	node_close(n);
	if (listen_open(&ls, conf_text(conf, CONF_LISTEN), why) != ST_OK)
		return opt_failed(p, "%s", why);
	/* After the socket: a second program that cannot serve leaves the first
	 * one's cookie alone. */
	if (rpc_setup(&users, conf, cookie, what) != ST_OK) {
		listen_close(&ls);
		return opt_failed(p, "%s", what);
	}
	set_signals();
	if (master_run(workers, &stop, &worker) != ST_OK)
		code = EXIT_FAILED;
	else if (worker)
		return run_worker((struct app){
			.conf = conf,
			.conf_path = p->conf_path,
			.rpc_users = users,
			.started_ms = started_ms,
			.stop = stop_parent,
		}, ls.fd);
	rpc_setup_end(users, cookie);
	listen_close(&ls);
	return code;
}

int main(int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("socket", "PATH", CONF_LISTEN),
		OPT_KEY("workers", "N", CONF_WORKERS),
		OPT_KEY("address", "A", CONF_MINE_ADDRESS),
		OPT_KEY("allow-mine", NULL, CONF_ALLOW_MINE),
		OPT_KEY("allow-keys", NULL, CONF_ALLOW_KEYS),
		OPT_KEY("resolver", "PATH", CONF_RESOLVER),
	};
	struct opt_program p = {
		.name = "quarry.fcgi",
		.about = "Answers HTTP requests that a web server passes on by "
			 "FastCGI, from a chain's database.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0)
		code = run(&p, &conf);
	conf_free(&conf);
	return code;
}
