/* SPDX-License-Identifier: MIT */
/* The process that delivers webhooks, as quarry-relay starts it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "hooks/hooks.h"
#include "relay/webhooks.h"

#define LOOK_MS 1000
#define ARGS_MAX 1024
#define END_MS 3000

/* This program again, with one more option; nothing of this process' memory is
 * carried over, so its state does not matter. */
static void become(char *const *argv, pid_t parent)
{
	char *args[ARGS_MAX];
	char option[] = "--webhooks";
	size_t n = 0;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	args[n++] = argv[0];
	args[n++] = option;
	for (size_t i = 1; argv[i] && n < ARGS_MAX - 1; i++)
		args[n++] = argv[i];
	args[n] = NULL;
	execv("/proc/self/exe", args);
	_exit(EXIT_FAILED);
}

void webhooks_mind(struct webhooks_child *c)
{
	int64_t now = clock_mono_ms();
	pid_t parent = getpid(), pid;
	char path[4096];

	if (now < c->look_ms)
		return;
	c->look_ms = now + LOOK_MS;
	if (c->pid && waitpid(c->pid, NULL, WNOHANG) == 0)
		return;
	if (c->pid)
		log_warn("the process for webhooks has ended; it is started again");
	c->pid = 0;
	if (!hooks_path(path, sizeof(path), c->db) || access(path, F_OK) != 0)
		return;
	pid = fork();
	if (pid == 0)
		become(c->argv, parent);
	if (pid < 0)
		log_warn("no process for webhooks: %s", strerror(errno));
	else
		c->pid = pid;
}

void webhooks_end(struct webhooks_child *c)
{
	int64_t end_ms = clock_mono_ms() + END_MS;

	if (!c->pid)
		return;
	kill(c->pid, SIGTERM);
	while (waitpid(c->pid, NULL, WNOHANG) == 0) {
		if (clock_mono_ms() > end_ms)
			kill(c->pid, SIGKILL);
		clock_sleep_ms(10);
	}
	c->pid = 0;
}
