/* SPDX-License-Identifier: MIT */
/*
 * The supervisor of quarry dev.
 *
 * Signals are blocked and taken one by one between two looks at the clock. A
 * child that ends is started again, a little later each time; one that ends again
 * and again right away is the end of all, with its last words. quarry.fcgi that
 * ends in peace was told to by the RPC method stop: then everything ends.
 */
#include "dev/dev.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "dev/child.h"
#include "dev/setup.h"
#include "node/core/announce.h"
#include "node/mine/template.h"

#define READY_MS 15000
#define STEP_MS 20
/* How long children may take to end: asked, asked without patience, killed. */
#define STOP_SOFT_MS 600
#define STOP_HARD_MS 1500
#define EARLY_MAX 4
#define MAX_TRIES (UINT64_C(1) << 24)

enum { FCGI, NGINX, RELAY, SIGNER, MINER, N_CHILDREN };

struct dev {
	const struct dev_options *o;
	struct setup s;
	struct child child[N_CHILDREN];
	sigset_t signals;
	int64_t mine_ms;	/* when the next block is due; 0: never */
	bool stop;
	int code;
};

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int fail(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("quarry dev: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return 1;
}

/* --- children --- */

static bool add(struct dev *d, int which, const char *name, int stop_signal)
{
	struct child *c = &d->child[which];

	c->name = name;
	c->stop_signal = stop_signal;
	snprintf(c->log, sizeof(c->log), "%.900s/log/%s", d->s.data, name);
	/* each run begins a new log */
	unlink(c->log);
	if (which != NGINX && !setup_program(c->program, name)) {
		fail("%s is not beside this program: run make, or make install.",
		     name);
		return false;
	}
	if (which == NGINX) {
		snprintf(c->program, sizeof(c->program), "%s", d->s.nginx);
		memcpy(c->args, (const char *[]){"-p", d->s.nginx_dir, "-c",
						 "nginx.conf", "-e", "stderr"},
		       6 * sizeof(*c->args));
	} else {
		c->args[0] = "--conf";
		c->args[1] = d->s.conf;
	}
	return true;
}

static void start(struct dev *d, struct child *c)
{
	if (child_start(c) == ST_OK)
		return;
	d->stop = true;
	d->code = fail("%s cannot be started: there is no process to be had, or "
		       "%s cannot be written.", c->name, c->log);
}

static void ended(struct dev *d, struct child *c, int how)
{
	char word[80], line[200];

	child_ended(c);
	if (c->asked || d->stop)
		return;
	if (c == &d->child[FCGI] && WIFEXITED(how) && WEXITSTATUS(how) == 0) {
		d->stop = true;
		return;
	}
	if (WIFSIGNALED(how))
		snprintf(word, sizeof(word), "was ended by signal %d",
			 WTERMSIG(how));
	else
		snprintf(word, sizeof(word), "ended with code %d",
			 WEXITSTATUS(how));
	if (c->early < EARLY_MAX) {
		say("%s %s; it is started again. Its log: %s", c->name, word,
		    c->log);
		return;
	}
	child_last_line(c, line, sizeof(line));
	d->stop = true;
	d->code = fail("%s %s again and again; the last line of %s is: %s",
		       c->name, word, c->log, line);
}

/* Returns how many still run. */
static int reap(struct dev *d)
{
	int how, running = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		for (int i = 0; i < N_CHILDREN; i++) {
			if (d->child[i].pid == pid)
				ended(d, &d->child[i], how);
		}
	}
	for (int i = 0; i < N_CHILDREN; i++)
		running += d->child[i].pid != 0;
	return running;
}

/* Waits for a signal, at most ms. */
static void await(struct dev *d, int64_t ms)
{
	const struct timespec ts = {ms / 1000, ms % 1000 * 1000000};
	int sig = sigtimedwait(&d->signals, NULL, &ts);

	if (sig == SIGTERM || sig == SIGINT || sig == SIGHUP)
		d->stop = true;
}

static void stop_all(struct dev *d)
{
	int64_t begin = clock_mono_ms(), now = begin;
	bool hurried = false;

	for (int i = 0; i < N_CHILDREN; i++)
		child_stop(&d->child[i]);
	while (reap(d) > 0) {
		await(d, STEP_MS);
		now = clock_mono_ms();
		if (now - begin > STOP_SOFT_MS && !hurried) {
			hurried = true;
			d->child[NGINX].stop_signal = SIGTERM;
			child_stop(&d->child[NGINX]);
		}
		for (int i = 0; now - begin > STOP_HARD_MS && i < N_CHILDREN; i++)
			child_kill(&d->child[i]);
	}
}

/* --- what there is --- */

static void tell(const struct dev *d)
{
	const struct setup *s = &d->s;

	say("Quarry dev: %s, height %u.", node_params(s->node)->name, s->height);
	say("  REST      http://%s/ (Esplora%s)", s->rest.text,
	    s->playground ? ", faucet, lab" : "");
	say("  Web       http://%s/", s->http.text);
	if (s->rpcuser)
		say("  RPC       http://%s/ as %s", s->rpc.text, s->rpcuser);
	else if (s->playground)
		say("  RPC       http://%s/ as admin1, password 123", s->rpc.text);
	else
		say("  RPC       http://%s/", s->rpc.text);
	if (s->cookie[0])
		say("  Cookie    %s", s->cookie);
	say("  P2P       %s", s->p2p.text);
	say("  Database  %s", s->db);
	say("  Logs      %s/log", s->data);
	if (s->playground)
		say("  Faucet    curl -d '{\"address\":\"ADDRESS\",\"amount\":1}' "
		    "http://%s/faucet", s->rest.text);
	say("Ctrl-C stops everything; the same command goes on with the chain.");
}

static bool begin(struct dev *d)
{
	int64_t until = clock_mono_ms() + READY_MS;

	if (!add(d, FCGI, "quarry.fcgi", SIGTERM) ||
	    !add(d, NGINX, "nginx", SIGQUIT) ||
	    !add(d, RELAY, "quarry-relay", SIGTERM) ||
	    !add(d, SIGNER, "quarry-signer", SIGTERM) ||
	    (d->o->miner && !add(d, MINER, "quarry-miner", SIGTERM))) {
		d->code = 1;
		return false;
	}
	for (int i = 0; i < N_CHILDREN && !d->stop; i++) {
		if (d->child[i].name)
			start(d, &d->child[i]);
	}
	while (!d->stop && !setup_answers(&d->s)) {
		await(d, STEP_MS);
		reap(d);
		if (clock_mono_ms() > until) {
			d->stop = true;
			d->code = fail("nothing answers at http://%s/ after %d "
				       "seconds; see the logs in %s/log.",
				       d->s.http.text, READY_MS / 1000,
				       d->s.data);
		}
	}
	return !d->stop;
}

/* --- the loop --- */

static void mine(struct dev *d)
{
	struct blkid id;
	enum status st = node_mine_one(d->s.node, buf_view(&d->s.script),
				       MAX_TRIES, "dev", &id);

	if (st == ST_OK)
		announce_nudge(d->s.node);
	else if (st != ST_STALE && st != ST_BUSY)
		say("No block was mined: %s (%s).", status_text(st),
		    node_error(d->s.node));
	d->mine_ms += d->o->mine_every_s * 1000;
	if (d->mine_ms < clock_mono_ms())
		d->mine_ms = clock_mono_ms();
}

static void loop(struct dev *d)
{
	if (d->o->mine_every_s)
		d->mine_ms = clock_mono_ms() + d->o->mine_every_s * 1000;
	while (!d->stop) {
		int64_t now = clock_mono_ms(), next = now + 1000;

		for (int i = 0; i < N_CHILDREN; i++) {
			struct child *c = &d->child[i];

			if (!c->due_ms)
				continue;
			if (c->due_ms <= now)
				start(d, c);
			else if (c->due_ms < next)
				next = c->due_ms;
		}
		if (d->mine_ms && d->mine_ms <= now)
			mine(d);
		if (d->mine_ms && d->mine_ms < next)
			next = d->mine_ms;
		if (!d->stop)
			await(d, next > now ? next - now : 0);
		reap(d);
	}
}

int dev_run(const struct dev_options *o)
{
	static const int taken[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	char error[SETUP_ERROR_SIZE];
	struct dev d = {.o = o};
	enum status st;

	sigemptyset(&d.signals);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&d.signals, taken[i]);
	st = setup_make(&d.s, o, error);
	if (st != ST_OK) {
		fail("%s", error[0] ? error : status_text(st));
		setup_end(&d.s);
		return st == ST_USAGE ? 2 : 1;
	}
	sigprocmask(SIG_BLOCK, &d.signals, NULL);
	if (begin(&d)) {
		tell(&d);
		loop(&d);
	}
	stop_all(&d);
	setup_end(&d.s);
	return d.code;
}
