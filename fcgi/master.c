/* SPDX-License-Identifier: MIT */
#include "fcgi/master.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define YOUNG_MS 1000
/* Time to finish a request before a worker is killed. */
#define STOP_MS 8000

struct worker {
	pid_t pid;		/* 0: not running */
	int64_t started_ms;
	int64_t not_before_ms;
};

/* True in the child. */
static bool start(struct worker *w, const volatile sig_atomic_t *stop,
		  const sigset_t *unblocked)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		/* Without its parent nobody would stop it. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		sigprocmask(SIG_SETMASK, unblocked, NULL);
		if (getppid() != parent && !*stop)
			raise(SIGTERM);
		return true;
	}
	w->started_ms = clock_mono_ms();
	w->pid = pid > 0 ? pid : 0;
	if (pid < 0) {
		log_warn("cannot start a worker: %s", strerror(errno));
		w->not_before_ms = w->started_ms + YOUNG_MS;
	}
	return false;
}

static void ended(struct worker *w, int how)
{
	int64_t now = clock_mono_ms();

	if (WIFSIGNALED(how))
		log_error("worker %ld was killed by signal %d", (long)w->pid,
			  WTERMSIG(how));
	else if (WEXITSTATUS(how) != 0)
		log_error("worker %ld ended with code %d", (long)w->pid,
			  WEXITSTATUS(how));
	w->pid = 0;
	w->not_before_ms = now - w->started_ms < YOUNG_MS ? now + YOUNG_MS : now;
}

/* Takes note of workers that ended; returns how many still run. */
static unsigned reap(struct worker *w, unsigned n)
{
	unsigned running = 0;
	pid_t pid;
	int how;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0)
		for (unsigned i = 0; i < n; i++)
			if (w[i].pid == pid)
				ended(&w[i], how);
	for (unsigned i = 0; i < n; i++)
		running += w[i].pid != 0;
	return running;
}

static void signal_all(const struct worker *w, unsigned n, int sig)
{
	for (unsigned i = 0; i < n; i++)
		if (w[i].pid)
			kill(w[i].pid, sig);
}

/* Sleeps until a signal comes, at most ms. The signals are blocked outside of
 * this call, so none is missed between looking at a flag and sleeping. */
static void await(const sigset_t *unblocked, int ms)
{
	const struct timespec ts = {ms / 1000, ms % 1000 * 1000000L};

	/* pselect with no descriptors: the atomic sleep of POSIX. */
	(void)pselect(0, NULL, NULL, NULL, &ts, unblocked);
}

static void on_child(int sig)
{
	(void)sig;	/* only there to interrupt the sleep */
}

enum status master_run(unsigned workers, const volatile sig_atomic_t *stop,
		       bool *worker, unsigned *number)
{
	struct worker w[MASTER_WORKERS_MAX] = {0};
	struct sigaction sa = {.sa_handler = on_child};
	sigset_t blocked, before;
	int64_t begin;

	*worker = false;
	if (workers > MASTER_WORKERS_MAX)
		workers = MASTER_WORKERS_MAX;
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	while (!*stop) {
		int64_t now;

		reap(w, workers);
		now = clock_mono_ms();
		for (unsigned i = 0; i < workers; i++)
			if (!w[i].pid && now >= w[i].not_before_ms &&
			    start(&w[i], stop, &before)) {
				*worker = true;
				*number = i;
				return ST_OK;
			}
		await(&before, 1000);
	}
	signal_all(w, workers, SIGTERM);
	begin = clock_mono_ms();
	while (reap(w, workers) > 0) {
		if (clock_mono_ms() - begin > STOP_MS) {
			log_warn("workers that did not stop are killed");
			signal_all(w, workers, SIGKILL);
			begin = clock_mono_ms();
		}
		await(&before, 200);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ST_OK;
}
