/* SPDX-License-Identifier: MIT */
/* See file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum status of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return ST_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return ST_DENIED;
	case ENOSPC:
	case EDQUOT:
		return ST_FULL;
	default:
		return ST_IO;
	}
}

enum status file_read(const char *path, size_t max, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t chunk[16384];
	enum status st = ST_OK;
	ssize_t n;

	buf_init(b, max);
	if (fd < 0)
		return of_errno();
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			st = of_errno();
			break;
		}
		buf_add(b, chunk, (size_t)n);
		st = buf_status(b);
		if (st != ST_OK)
			break;
	}
	close(fd);
	return st;
}

static enum status write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return of_errno();
		p += w;
		n -= (size_t)w;
	}
	return fsync(fd) ? of_errno() : ST_OK;
}

enum status file_replace(const char *path, const void *p, size_t n,
			 unsigned mode)
{
	char tmp[4096];
	enum status st;
	int fd, len = snprintf(tmp, sizeof(tmp), "%s.new", path);

	if (len < 0 || (size_t)len >= sizeof(tmp))
		return ST_TOO_BIG;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return of_errno();
	st = write_all(fd, p, n);
	if (close(fd) && st == ST_OK)
		st = ST_IO;
	if (st == ST_OK && rename(tmp, path))
		st = of_errno();
	if (st != ST_OK)
		unlink(tmp);
	return st;
}

bool file_beside(char *out, size_t size, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int n = snprintf(out, size, "%.*s%s", slash ? (int)(slash - path) + 1 : 0,
			 path, name);

	return n >= 0 && (size_t)n < size;
}
