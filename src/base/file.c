/* SPDX-License-Identifier: MIT */
/* See file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

static enum status of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return ST_NOT_FOUND;
	case EEXIST:
		return ST_BUSY;
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
		return ST_DENIED;
	case ENOSPC:
	case EDQUOT:
		return ST_FULL;
	default:
		return ST_IO;
	}
}

/* --- reading --- */

static enum status read_all(int fd, struct buf *b)
{
	uint8_t chunk[16384];
	enum status st = ST_OK;
	ssize_t n;

	while (st == ST_OK && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return of_errno();
		buf_add(b, chunk, (size_t)n);
		st = buf_status(b);
	}
	return st;
}

enum status file_read(const char *path, size_t max, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st;

	buf_init(b, max);
	if (fd < 0)
		return of_errno();
	st = read_all(fd, b);
	close(fd);
	return st;
}

enum status file_read_private(const char *path, size_t max, struct buf *b)
{
	/* not held up by a pipe, nor led elsewhere by a link */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat s;
	enum status st = ST_DENIED;

	buf_init(b, max);
	if (fd < 0)
		return of_errno();
	if (fstat(fd, &s))
		st = of_errno();
	else if (S_ISREG(s.st_mode) && !(s.st_mode & 077))
		st = read_all(fd, b);
	close(fd);
	return st;
}

/* --- writing --- */

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

/* So that the name is on the disk, too. */
static enum status sync_folder(const char *path)
{
	char folder[PATH_SIZE];
	enum status st;
	int fd;

	if (!file_beside(folder, sizeof(folder), path, "."))
		return ST_TOO_BIG;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return of_errno();
	st = fsync(fd) ? of_errno() : ST_OK;
	close(fd);
	return st;
}

static enum status publish(const char *path, const void *p, size_t n,
			   unsigned mode, bool fresh)
{
	char tmp[PATH_SIZE];
	enum status st;
	int fd, len = snprintf(tmp, sizeof(tmp), "%s.%ld.new", path, (long)getpid());

	if (len < 0 || (size_t)len >= sizeof(tmp))
		return ST_TOO_BIG;
	/* what a crash left is nobody's */
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  (mode_t)mode);
	if (fd < 0)
		return of_errno();
	st = write_all(fd, p, n);
	if (close(fd) && st == ST_OK)
		st = of_errno();
	/* link(2) does not replace, rename(2) does */
	if (st == ST_OK && (fresh ? link(tmp, path) : rename(tmp, path)))
		st = of_errno();
	if (st != ST_OK || fresh)
		unlink(tmp);
	return st == ST_OK ? sync_folder(path) : st;
}

enum status file_replace(const char *path, const void *p, size_t n, unsigned mode)
{
	return publish(path, p, n, mode, false);
}

enum status file_create(const char *path, const void *p, size_t n, unsigned mode)
{
	return publish(path, p, n, mode, true);
}

bool file_beside(char *out, size_t size, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int n = snprintf(out, size, "%.*s%s", slash ? (int)(slash - path) + 1 : 0,
			 path, name);

	return n >= 0 && (size_t)n < size;
}
