/* SPDX-License-Identifier: MIT */
/*
 * Delivers webhooks (hooks/hooks.h), in a process of its own that quarry-relay
 * starts once there is a hooks.db: neither a slow receiver nor a name that does
 * not resolve keeps a block waiting.
 *
 * Each webhook reads the event table from its own place. What its filter lets
 * through is POSTed as JSON, several events at once, one delivery at a time, and
 * its place moves on when the receiver has said 2xx: every event arrives at least
 * once, and in order. A delivery that fails is tried again, after a second at
 * first and never after more than an hour; a webhook that fails for as long as
 * webhook_days says, or answers 410, is given up.
 */
#ifndef QUARRY_RELAY_WEBHOOKS_H
#define QUARRY_RELAY_WEBHOOKS_H

#include <signal.h>
#include <sys/types.h>

#include "base/conf.h"
#include "base/opt.h"

/* What quarry-relay --webhooks does, until *stop; gives the exit code. */
int webhooks_run(const struct opt_program *program, const struct conf *conf,
		 const volatile sig_atomic_t *stop);

struct webhooks_child {
	char *const *argv;	/* the relay's own */
	const char *db;
	pid_t pid;		/* 0: it does not run */
	int64_t look_ms;
};
/* Starts the process when there are webhooks and it does not run. Cheap. */
void webhooks_mind(struct webhooks_child *c);
/* Ends it. */
void webhooks_end(struct webhooks_child *c);

#endif
