/* SPDX-License-Identifier: MIT */
#include "fcgi/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEMD_FIRST_FD 3

static bool is_listening(int fd)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

/* A socket that systemd passed, or -1. */
static int from_systemd(int which)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	if (!pid || !fds || strtol(pid, NULL, 10) != (long)getpid() ||
	    strtol(fds, NULL, 10) <= which || !is_listening(SYSTEMD_FIRST_FD + which))
		return -1;
	fcntl(SYSTEMD_FIRST_FD + which, F_SETFD, FD_CLOEXEC);
	return SYSTEMD_FIRST_FD + which;
}

/* Whether somebody answers at the address. */
static bool is_served(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool served;

	if (fd < 0)
		return false;
	served = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0 ||
		 errno == EAGAIN;
	close(fd);
	return served;
}

static enum status listen_make(struct listen_socket *ls, const char *path,
			       char error[LISTEN_ERROR_SIZE])
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct stat meta;
	mode_t old;
	int fd, rc;

	if (strlen(path) >= sizeof(sa.sun_path)) {
		snprintf(error, LISTEN_ERROR_SIZE,
			 "The socket's path is longer than %zu bytes; choose a "
			 "shorter one with --socket.", sizeof(sa.sun_path) - 1);
		return ST_USAGE;
	}
	memcpy(sa.sun_path, path, strlen(path) + 1);
	if (lstat(path, &meta) == 0) {
		if (!S_ISSOCK(meta.st_mode)) {
			snprintf(error, LISTEN_ERROR_SIZE,
				 "%.160s is there and is no socket; choose another "
				 "path with --socket.", path);
			return ST_USAGE;
		}
		if (is_served(&sa)) {
			snprintf(error, LISTEN_ERROR_SIZE,
				 "Another program serves %.160s already; stop it or "
				 "choose another path with --socket.", path);
			return ST_BUSY;
		}
		unlink(path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	old = umask(0117);
	rc = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&sa, sizeof(sa));
	umask(old);
	if (rc != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
		snprintf(error, LISTEN_ERROR_SIZE, "Cannot listen at %.160s: %s.",
			 path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return ST_IO;
	}
	ls->fd = fd;
	memcpy(ls->made, sa.sun_path, sizeof(ls->made));
	return ST_OK;
}

enum status listen_open(struct listen_socket *ls, const char *path,
			char error[LISTEN_ERROR_SIZE])
{
	*ls = (struct listen_socket){.fd = -1};
	ls->fd = from_systemd(0);
	if (ls->fd < 0 && is_listening(STDIN_FILENO)) {
		/* Keep it away from fd 0, where a reader might look. */
		ls->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	}
	if (ls->fd >= 0)
		return ST_OK;
	if (!path || !*path) {
		snprintf(error, LISTEN_ERROR_SIZE,
			 "No socket was passed and none is configured; give "
			 "--socket PATH or the key socket.");
		return ST_USAGE;
	}
	return listen_make(ls, path, error);
}

enum status listen_open_beside(struct listen_socket *ls, const char *path,
			       unsigned which, const char *end,
			       char error[LISTEN_ERROR_SIZE])
{
	char beside[128];

	*ls = (struct listen_socket){.fd = -1};
	ls->fd = from_systemd((int)which);
	if (ls->fd >= 0)
		return ST_OK;
	snprintf(beside, sizeof(beside), "%.110s%s", path, end);
	return listen_make(ls, beside, error);
}

void listen_close(struct listen_socket *ls)
{
	if (ls->fd >= 0)
		close(ls->fd);
	if (ls->made[0])
		unlink(ls->made);
	*ls = (struct listen_socket){.fd = -1};
}
