/* SPDX-License-Identifier: MIT */
/* See progress.h. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define SHOW_EVERY_MS 200

void progress_begin(struct progress *p, uint64_t total)
{
	*p = (struct progress){
		.tty = isatty(STDERR_FILENO),
		.start_ms = clock_mono_ms(),
		.total = total,
	};
}

void progress_show(struct progress *p, uint64_t done, const char *text,
		   uint64_t items, const char *unit)
{
	int64_t now = clock_mono_ms(), took = now - p->start_ms;

	if (!p->tty || now - p->shown_ms < SHOW_EVERY_MS || took <= 0)
		return;
	p->shown_ms = now;
	fprintf(stderr, "\r%s, %llu %s/s", text,
		(unsigned long long)(items * 1000 / (uint64_t)took), unit);
	if (p->total && done && done <= p->total) {
		int64_t left = (int64_t)((double)took *
					 (double)(p->total - done) /
					 (double)done) / 1000;

		fprintf(stderr, ", %d%%, %lld:%02lld left",
			(int)(100.0 * (double)done / (double)p->total),
			(long long)(left / 60), (long long)(left % 60));
	}
	fprintf(stderr, "\033[K");
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->tty)
		fprintf(stderr, "\r\033[K");
}
