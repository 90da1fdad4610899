/* SPDX-License-Identifier: MIT */
/*
 * One line on a terminal that says how far a long job is, how fast it goes and
 * when it will be done. Silent where standard error is no terminal.
 */
#ifndef QUARRY_CLI_PROGRESS_H
#define QUARRY_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool tty;
	int64_t start_ms, shown_ms;
	uint64_t total;		/* 0: unknown */
};

void progress_begin(struct progress *p, uint64_t total);
/* done of total; text is what comes before the rate: "height 2100". rate: items
 * so far, called `unit`. Shows at most five times a second. */
void progress_show(struct progress *p, uint64_t done, const char *text,
		   uint64_t items, const char *unit);
/* Clears the line. */
void progress_end(struct progress *p);

#endif
