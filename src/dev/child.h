/* SPDX-License-Identifier: MIT */
/*
 * Children of a supervisor: started, watched, started again, ended.
 *
 * Each leads a process group of its own, so that what it has started can be ended
 * with it, and gets SIGTERM from the kernel when the supervisor dies without a
 * word. Its output goes to a log file.
 */
#ifndef QUARRY_DEV_CHILD_H
#define QUARRY_DEV_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

#define CHILD_ARGS_MAX 12
#define CHILD_PATH_SIZE 1024

struct child {
	const char *name;
	char program[CHILD_PATH_SIZE];
	const char *args[CHILD_ARGS_MAX];	/* after the program; NULL ends */
	char log[CHILD_PATH_SIZE];
	int stop_signal;
	pid_t pid;		/* 0: it does not run */
	int64_t started_ms;
	int64_t due_ms;		/* when it is to be started again */
	int early;		/* ends in a row, soon after the start */
	bool asked;		/* to stop */
};

/* ST_IO: no process can be made, or no log. */
NODISCARD enum status child_start(struct child *c);
/* Asks it to stop, if it runs. */
void child_stop(struct child *c);
/* Ends it and all it has started. */
void child_kill(struct child *c);
/* Notes its end: the rest of its group is ended, too. */
void child_ended(struct child *c);
/* The last line of its log, cut to fit. */
void child_last_line(const struct child *c, char *out, size_t size);

#endif
