/* SPDX-License-Identifier: MIT */
/* Small files as a whole. */
#ifndef QUARRY_BASE_FILE_H
#define QUARRY_BASE_FILE_H

#include "base/buf.h"

/* Reads a file of at most max bytes into b, which it initialises and the caller
 * frees, whatever comes back. ST_NOT_FOUND, ST_DENIED, ST_IO, ST_TOO_BIG. */
NODISCARD enum status file_read(const char *path, size_t max, struct buf *b);
/* The same of a file that holds a secret: refuses (ST_DENIED) one that others may
 * read, a link, and what is no file. */
NODISCARD enum status file_read_private(const char *path, size_t max,
					struct buf *b);
/* Writes a file under another name beside it, syncs it, renames it and syncs the
 * folder: readers see the old or the new one, never half, a crash included. mode as
 * in open(2). */
NODISCARD enum status file_replace(const char *path, const void *p, size_t n,
				   unsigned mode);
/* The same, where there is no such file; ST_BUSY: there is. */
NODISCARD enum status file_create(const char *path, const void *p, size_t n,
				  unsigned mode);
/* The path of `name` in the folder of the file `path`. False: longer than size. */
NODISCARD bool file_beside(char *out, size_t size, const char *path,
			   const char *name);

#endif
