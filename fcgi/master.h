/* SPDX-License-Identifier: MIT */
/*
 * The parent of the workers: starts N of them, starts a new one for each that
 * dies, and stops them all when told.
 *
 * The worker is single-threaded and has a database connection and caches of its
 * own; a fault in one request ends one worker, not the service. One that dies
 * within a second of its start is started again only a second later, so that a
 * persistent fault does not eat the machine.
 */
#ifndef QUARRY_FCGI_MASTER_H
#define QUARRY_FCGI_MASTER_H

#include <signal.h>
#include <stdbool.h>

#include "base/status.h"

#define MASTER_WORKERS_MAX 384

/* Returns twice over: in each worker with *worker set (go and serve) and its
 * *number from 0, which whoever takes its place gets again; and in the
 * parent, *worker false, when *stop is set and all workers have ended. Signals
 * SIGTERM and SIGINT must set *stop. ST_IO when not even one worker could be
 * started. */
NODISCARD enum status master_run(unsigned workers,
				 const volatile sig_atomic_t *stop, bool *worker,
				 unsigned *number);

#endif
