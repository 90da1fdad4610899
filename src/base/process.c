/* SPDX-License-Identifier: MIT */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

/* After SIGTERM, before SIGKILL. */
#define PATIENCE_MS 2000
#define STEP_MS 100

extern char **environ;

static enum status start(pid_t *pid, const char *const argv[], int out)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, all;
	enum status st = ST_OK;
	int rc;

	if (posix_spawn_file_actions_init(&fa) != 0)
		return ST_NOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&fa);
		return ST_NOMEM;
	}
	sigemptyset(&none);
	sigemptyset(&all);
	sigaddset(&all, SIGTERM);
	sigaddset(&all, SIGINT);
	sigaddset(&all, SIGPIPE);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	if (posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null",
					     O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO) != 0 ||
	    posix_spawn_file_actions_addclosefrom_np(&fa, STDERR_FILENO + 1) != 0) {
		st = ST_NOMEM;
	} else {
		rc = posix_spawn(pid, argv[0], &fa, &attr,
				 (char *const *)(uintptr_t)argv, environ);
		if (rc != 0)
			st = rc == ENOENT || rc == EACCES ? ST_NOT_FOUND : ST_IO;
	}
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return st;
}

/* Reads what there is; false at the end of the stream. */
static bool drain(int fd, struct buf *out)
{
	uint8_t chunk[4096];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if ((size_t)n > out->max - out->len)
		buf_add(out, chunk, out->max - out->len);
	else
		buf_add(out, chunk, (size_t)n);
	return n > 0;
}

enum status process_run(const char *const argv[], int64_t limit_ms,
			struct buf *out, struct process_result *r)
{
	int64_t until = clock_mono_ms() + limit_ms;
	struct pollfd pfd = {.events = POLLIN};
	int fds[2], how = 0, asked = 0;
	enum status st;
	pid_t pid;

	*r = (struct process_result){.code = -1};
	if (pipe2(fds, O_CLOEXEC) != 0)
		return ST_IO;
	st = start(&pid, argv, fds[1]);
	close(fds[1]);
	if (st != ST_OK) {
		close(fds[0]);
		return st;
	}
	pfd.fd = fds[0];
	for (;;) {
		int rc = poll(&pfd, 1, pfd.fd < 0 ? 10 : STEP_MS);

		if (rc > 0 && !drain(fds[0], out))
			pfd.fd = -1;	/* closed: now only wait for its end */
		if (waitpid(pid, &how, WNOHANG) == pid)
			break;
		if (clock_mono_ms() >= until) {
			r->timed_out = true;
			kill(pid, asked++ ? SIGKILL : SIGTERM);
			until += PATIENCE_MS;
		}
	}
	/* What it wrote last. */
	pfd.fd = fds[0];
	while (poll(&pfd, 1, 0) > 0 && drain(fds[0], out))
		;
	close(fds[0]);
	if (WIFEXITED(how))
		r->code = WEXITSTATUS(how);
	return ST_OK;
}

bool process_sibling(char *out, size_t size, const char *name)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);
	char *slash;

	if (n <= 0)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (!slash || (size_t)(slash - out) + 2 + strlen(name) > size)
		return false;
	memcpy(slash + 1, name, strlen(name) + 1);
	return access(out, X_OK) == 0;
}
