/* SPDX-License-Identifier: MIT */
/* See child.h. */
#include "dev/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

/* A child that ends sooner than this has hardly worked. */
#define EARLY_MS 3000
#define AGAIN_MS 200
#define LOG_READ_MAX ((size_t)4 << 20)

extern char **environ;

/* Between fork and exec: nothing but system calls. */
static void become(const struct child *c, char *const argv[], int log_fd,
		   pid_t parent)
{
	struct sigaction sa = {.sa_handler = SIG_DFL};
	int nothing = open("/dev/null", O_RDONLY);
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	sigemptyset(&none);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGCHLD, &sa, NULL);
	sigaction(SIGPIPE, &sa, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(nothing, STDIN_FILENO);
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	execve(c->program, argv, environ);
	_exit(127);
}

enum status child_start(struct child *c)
{
	char *argv[CHILD_ARGS_MAX + 2] = {(char *)(uintptr_t)c->name};
	int fd = open(c->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	pid_t parent = getpid();

	for (size_t i = 0; i < CHILD_ARGS_MAX && c->args[i]; i++)
		argv[i + 1] = (char *)(uintptr_t)c->args[i];
	if (fd < 0)
		return ST_IO;
	c->asked = false;
	c->due_ms = 0;
	c->started_ms = clock_mono_ms();
	c->pid = fork();
	if (c->pid == 0)
		become(c, argv, fd, parent);
	close(fd);
	if (c->pid < 0) {
		c->pid = 0;
		return ST_IO;
	}
	setpgid(c->pid, c->pid);
	return ST_OK;
}

void child_stop(struct child *c)
{
	if (c->pid)
		kill(c->pid, c->stop_signal);
	c->asked = true;
}

void child_kill(struct child *c)
{
	if (c->pid)
		kill(-c->pid, SIGKILL);
}

void child_ended(struct child *c)
{
	int64_t now = clock_mono_ms();

	kill(-c->pid, SIGKILL);
	c->early = now - c->started_ms < EARLY_MS ? c->early + 1 : 1;
	c->due_ms = now + (int64_t)AGAIN_MS * c->early;
	c->pid = 0;
}

void child_last_line(const struct child *c, char *out, size_t size)
{
	struct buf text;
	const char *s, *line;
	size_t len;

	out[0] = '\0';
	if (file_read(c->log, LOG_READ_MAX, &text) == ST_OK) {
		s = buf_str(&text);
		len = strlen(s);
		while (len && s[len - 1] == '\n')
			len--;
		line = s + len;
		while (line > s && line[-1] != '\n')
			line--;
		log_safe(out, size, line, (size_t)(s + len - line));
	}
	buf_free(&text);
}
