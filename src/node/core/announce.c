/* SPDX-License-Identifier: MIT */
/* See announce.h. */
#include "node/core/announce.h"

#include <errno.h>
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

enum status announce_order(const struct node *n, const char *order)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	enum status st = ST_OK;
	int fd;

	if (!announce_path(at.sun_path, sizeof(at.sun_path), node_db_path(n)))
		return ST_NOT_FOUND;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ST_IO;
	if (sendto(fd, order, strlen(order), MSG_DONTWAIT | MSG_NOSIGNAL,
		   (struct sockaddr *)&at, sizeof(at)) < 0)
		st = errno == EAGAIN ? ST_BUSY : ST_NOT_FOUND;
	close(fd);
	return st;
}

void announce_nudge(const struct node *n)
{
	/* nobody listening is no failure */
	enum status st = announce_order(n, "news");

	(void)st;
}
