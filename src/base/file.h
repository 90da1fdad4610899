/* SPDX-License-Identifier: MIT */
/* Small files as a whole. */
#ifndef QUARRY_BASE_FILE_H
#define QUARRY_BASE_FILE_H

#include "base/buf.h"

/* Reads a file of at most max bytes into b, which it initialises and the caller
 * frees, whatever comes back. ST_NOT_FOUND, ST_DENIED, ST_IO, ST_TOO_BIG. */
NODISCARD enum status file_read(const char *path, size_t max, struct buf *b);
/* Writes a file under another name beside it, syncs it, and renames: readers see
 * the old or the new one, never half. mode as in open(2). */
NODISCARD enum status file_replace(const char *path, const void *p, size_t n,
				   unsigned mode);
/* The path of `name` in the folder of the file `path`. False: longer than size. */
NODISCARD bool file_beside(char *out, size_t size, const char *path,
			   const char *name);

#endif
