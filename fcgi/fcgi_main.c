/* SPDX-License-Identifier: MIT */
/*
 * quarry.fcgi: every HTTP interface, behind a web server that speaks FastCGI.
 *
 * 1. Read options and quarry.conf; open the database once, so that a mistake is
 *    one sentence at the start and not a row of dying workers.
 * 2. Get the listening sockets (listen.h), one each for SQL, events
 *    and the WebSocket:
 *    passed by systemd, as fd 0, or made; read who may call the RPC interface,
 *    and write its cookie.
 * 3. Set signals. Handlers set a flag and nothing else.
 * 4. Start the workers (master.h). The parent stays there until it is told to
 *    stop; each worker goes on here.
 * 5. A worker opens a database connection of its own and serves (serve.h). The
 *    last few answer /sql (sql.c), the last but one /events (hub.h), the very
 *    last one the WebSocket (ws_serve.h), and nothing else does.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "accounts/role.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/opt.h"
#include "fcgi/http/app.h"
#include "fcgi/listen.h"
#include "fcgi/master.h"
#include "fcgi/rpc/rpc_setup.h"
#include "fcgi/serve.h"
#include "fcgi/ws/ws_serve.h"
#include "node/lab/console.h"
#include "node/pool/policy.h"

/* Of SQLite, in a process that runs other people's statements. */
#define SQL_MEMORY_BYTES ((size_t)128 << 20)

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

	enum status st = node_open(n, &o, error);

	if (st == ST_OK)
		st = node_configure(*n, conf, error);
	return st;
}

/* The parent ends its workers; with systemd or quarry dev that is the end of the
 * service. A worker whose parent is gone is ended by the kernel. */
static void stop_parent(void)
{
	kill(getppid(), SIGTERM);
}

/* What a process does, and which socket it does it on. */
enum duty { DUTY_HTTP, DUTY_SQL, DUTY_EVENTS, DUTY_WS };
#define DUTIES 4

static int run_worker(struct app app, int fd, enum duty duty)
{
	char error[NODE_ERROR_SIZE];
	enum status st = open_node(&app.node, app.conf, error);

	if (st == ST_OK && duty == DUTY_SQL)
		st = console_open(&app.console, conf_text(app.conf, CONF_DB),
				  SQL_MEMORY_BYTES, error);
	if (st != ST_OK) {
		log_error("%s", error);
		node_close(app.node);
		return EXIT_FAILED;
	}
	switch (duty) {
	case DUTY_HTTP:
	case DUTY_SQL:
		st = serve_run(&app, fd, &stop);
		break;
	case DUTY_EVENTS:
		st = serve_events(&app, fd, &stop);
		break;
	case DUTY_WS:
		st = ws_serve(&app, fd, &stop);
		break;
	}
	app_clear(&app);
	console_close(app.console);
	node_close(app.node);
	if (st != ST_OK)
		log_error("the listening socket is of no use: %s", status_text(st));
	return st == ST_OK ? 0 : EXIT_FAILED;
}

static void close_sockets(struct listen_socket ls[DUTIES])
{
	for (unsigned i = 0; i < DUTIES; i++)
		listen_close(&ls[i]);
}

/* One for each duty that somebody does. */
static enum status open_sockets(struct listen_socket ls[DUTIES],
				const unsigned n[DUTIES], const char *path,
				char why[LISTEN_ERROR_SIZE])
{
	static const char *const end[DUTIES] = {NULL, ".sql", ".events", ".ws"};
	enum status st = listen_open(&ls[0], path, why);

	for (unsigned i = 1; i < DUTIES; i++) {
		ls[i] = (struct listen_socket){.fd = -1};
		if (st == ST_OK && n[i])
			st = listen_open_beside(&ls[i], path, i, end[i], why);
	}
	if (st != ST_OK)
		close_sockets(ls);
	return st;
}

/* What the configuration says of visitors and new accounts. */
static bool policy_ok(const struct conf *conf, char what[RPC_SETUP_ERROR_SIZE])
{
	const char *roles = conf_text(conf, CONF_ANONYMOUS);
	const char *signup = conf_text(conf, CONF_SIGNUP);
	unsigned set;

	if (!roles_parse(&set, roles, strlen(roles)))
		snprintf(what, RPC_SETUP_ERROR_SIZE,
			 "anonymous is a list of read, broadcast, wallet, mine, "
			 "sql and admin, or none.");
	else if (strcmp(signup, "open") != 0 && strcmp(signup, "invite") != 0 &&
		 strcmp(signup, "closed") != 0)
		snprintf(what, RPC_SETUP_ERROR_SIZE,
			 "signup is open, invite or closed.");
	else
		return true;
	return false;
}

/* Whether visitors may read: the WebSocket knows nobody else. */
static bool visitors_read(const struct conf *conf)
{
	const char *roles = conf_text(conf, CONF_ANONYMOUS);
	unsigned set;

	return !*roles || (roles_parse(&set, roles, strlen(roles)) &&
			   roles_have(set, ROLE_READ));
}

static int run(const struct opt_program *p, const struct conf *conf)
{
	char error[NODE_ERROR_SIZE], why[LISTEN_ERROR_SIZE];
	char path[ACCOUNTS_PATH_SIZE], trouble[ACCOUNTS_ERROR_SIZE];
	char cookie[RPC_COOKIE_PATH_MAX], what[RPC_SETUP_ERROR_SIZE];
	const unsigned n_of[DUTIES] = {
		(unsigned)conf_int(conf, CONF_WORKERS),
		(unsigned)conf_int(conf, CONF_SQL_WORKERS),
		conf_int(conf, CONF_EVENTS_CLIENTS) ? 1 : 0,
		conf_int(conf, CONF_EVENTS_CLIENTS) && visitors_read(conf) ? 1 : 0,
	};
	unsigned all = 0;
	struct accounts *accounts;
	struct rpc_users *users;
	struct listen_socket ls[DUTIES];
	struct node *n;
	int64_t started_ms = clock_mono_ms();
	unsigned number, duty = 0;
	bool worker;
	int code = 0;

	if (open_node(&n, conf, error) != ST_OK)
		return opt_failed(p, "%s", error);
	log_info("%s: %s, %u workers", conf_text(conf, CONF_DB),
		 node_params(n)->name, n_of[DUTY_HTTP]);
	/* A connection must not live on in children. */
	node_close(n);
	if (!policy_ok(conf, what))
		return opt_failed(p, "%s", what);
	/* Without it there are no accounts, and visitors as before. */
	if (!accounts_path(path, conf))
		return opt_failed(p, "The path of accounts.db is too long.");
	if (accounts_open(&accounts, path, true, trouble) != ST_OK)
		log_warn("there are no accounts: %s", trouble);
	accounts_close(accounts);
	if (open_sockets(ls, n_of, conf_text(conf, CONF_LISTEN), why) != ST_OK)
		return opt_failed(p, "%s", why);
	/* After the sockets: a second program that cannot serve leaves the first
	 * one's cookie alone. */
	if (rpc_setup(&users, conf, cookie, what) != ST_OK) {
		close_sockets(ls);
		return opt_failed(p, "%s", what);
	}
	set_signals();
	for (unsigned i = 0; i < DUTIES; i++)
		all += n_of[i];
	if (master_run(all, &stop, &worker, &number) != ST_OK) {
		code = EXIT_FAILED;
	} else if (worker) {
		for (; number >= n_of[duty]; duty++)
			number -= n_of[duty];
		code = run_worker((struct app){
			.conf = conf,
			.conf_path = p->conf_path,
			.rpc_users = users,
			.started_ms = started_ms,
			.stop = stop_parent,
		}, ls[duty].fd, (enum duty)duty);
		/* cookie and sockets are the parent's to remove */
		rpc_users_free(users);
		return code;
	}
	rpc_setup_end(users, cookie);
	close_sockets(ls);
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
