/* SPDX-License-Identifier: MIT */
/*
 * What went wrong in the environment.
 *
 * Quarry has three kinds of failure. Bad data is a verdict
 * (primitives/verdict.h), a bad environment is a status (here), a bad program
 * is BUG() (base/bug.h). A status never says anything about the validity of a
 * block or transaction: whoever gets one rolls back and may try again.
 */
#ifndef QUARRY_BASE_STATUS_H
#define QUARRY_BASE_STATUS_H

#define NODISCARD __attribute__((warn_unused_result))

enum status {
	ST_OK = 0,
	ST_NOT_FOUND,	/* the thing asked for is not there */
	ST_BUSY,	/* a lock or a limit; the same call may succeed later */
	ST_STALE,	/* the tip moved while we worked: start over */
	ST_CANCELLED,	/* a signal or the caller asked to stop */
	ST_TIMEOUT,	/* the time allowed is used up */
	ST_IO,		/* read, write or open failed */
	ST_FULL,	/* the disk, or a configured limit of space, is full */
	ST_CORRUPT,	/* stored data contradicts itself */
	ST_NOMEM,
	ST_TOO_BIG,	/* larger than the bound the caller gave */
	ST_PARSE,	/* text or bytes that are not what they should be */
	ST_DENIED,	/* permission, or forbidden by configuration */
	ST_VERSION,	/* a database this program does not know */
	ST_REMOTE,	/* another machine failed or misbehaved */
	ST_USAGE,	/* the user's arguments or configuration are wrong */
};

/* A short lower-case phrase, never NULL: "database is busy". */
const char *status_text(enum status st);

#endif
