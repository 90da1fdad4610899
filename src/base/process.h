/* SPDX-License-Identifier: MIT */
/*
 * Runs another program to its end: arguments as a vector (no shell), standard
 * input empty, standard output captured up to a limit, standard error passed
 * on, and a time limit after which it gets SIGTERM and then SIGKILL. Open files
 * of this process are not passed on.
 */
#ifndef QUARRY_BASE_PROCESS_H
#define QUARRY_BASE_PROCESS_H

#include <stdbool.h>

#include "base/buf.h"

struct process_result {
	int code;		/* exit code; -1 when a signal ended it */
	bool timed_out;
};

/* argv[0] is the program's path; argv ends with NULL. What it prints is appended
 * to out; once out is full the rest is read and dropped. ST_OK whenever the
 * program ran, ST_NOT_FOUND when it could not be started, ST_IO else. */
NODISCARD enum status process_run(const char *const argv[], int64_t limit_ms,
				  struct buf *out, struct process_result *r);
/* The path of a program beside the running one, in `out`; false when there is
 * none that may be executed. */
bool process_sibling(char *out, size_t size, const char *name);

#endif
