/* SPDX-License-Identifier: MIT */
/*
 * The listening socket, in any of three ways:
 *
 * 1. systemd passed it: LISTEN_PID is this process (fd 3, and fd 4 for SQL);
 * 2. spawn-fcgi, inetd or StandardInput=socket passed it as fd 0;
 * 3. nobody did: a unix socket is made at the configured path, mode 0660, with
 *    a backlog large enough that nginx is not refused under load. A socket file
 *    that a dead process left is replaced; one that somebody serves is not.
 */
#ifndef QUARRY_FCGI_LISTEN_H
#define QUARRY_FCGI_LISTEN_H

#include "base/status.h"

#define LISTEN_BACKLOG 4096
#define LISTEN_ERROR_SIZE 256

struct listen_socket {
	int fd;
	char made[108];		/* the path to unlink at the end; "": not ours */
};

/* path may be NULL when a socket is passed. error: one sentence. */
NODISCARD enum status listen_open(struct listen_socket *ls, const char *path,
				  char error[LISTEN_ERROR_SIZE]);
/* One more, for other processes: the which-th (from 0) from systemd, or made
 * beside the first at path and then `end`, where nginx/make-site looks for it. */
NODISCARD enum status listen_open_beside(struct listen_socket *ls,
					 const char *path, unsigned which,
					 const char *end,
					 char error[LISTEN_ERROR_SIZE]);
void listen_close(struct listen_socket *ls);

#endif
