/* SPDX-License-Identifier: MIT */
/* See announce.h. */
#include "node/announce.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool announce_path(char *out, size_t size, const char *db_path)
{
	int n = snprintf(out, size, "%s.news", db_path);

	return n > 0 && (size_t)n < size &&
	       (size_t)n < sizeof(((struct sockaddr_un *)0)->sun_path);
}

void announce_nudge(const struct node *n)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if (!announce_path(at.sun_path, sizeof(at.sun_path), node_db_path(n)))
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* nobody listening is no failure */
	if (sendto(fd, "n", 1, MSG_DONTWAIT | MSG_NOSIGNAL,
		   (struct sockaddr *)&at, sizeof(at)) < 0) {
		close(fd);
		return;
	}
	close(fd);
}
