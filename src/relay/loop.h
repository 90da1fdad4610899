/* SPDX-License-Identifier: MIT */
/*
 * The one event loop of quarry-relay, on libevent: sockets of both protocols,
 * the socket for news, curl's sockets and timers, signals, and a tick.
 *
 * Callbacks only note what is ready; the work is done turn by turn between two
 * waits (relay_main.c), so that no callback finds another half done.
 */
#ifndef QUARRY_RELAY_LOOP_H
#define QUARRY_RELAY_LOOP_H

#include <signal.h>
#include <stdbool.h>

#include "remote/fetch.h"

struct event_base;
struct loop;

/* SIGTERM and SIGINT set *stop from now on, SIGPIPE is ignored. */
NODISCARD enum status loop_open(struct loop **out, volatile sig_atomic_t *stop);
/* After everything that waits by it is closed; NULL is fine. */
void loop_close(struct loop *l);
struct event_base *loop_base(struct loop *l);
/* f works by this loop from now on; at most one does. */
void loop_attach_fetch(struct loop *l, struct fetch *f);
/* Sets *ready whenever fd can be read. False without memory. */
NODISCARD bool loop_watch_news(struct loop *l, int fd, bool *ready);
/* Waits until something is ready, but at most so long; then takes up all that is
 * ready. 0 does not wait. */
void loop_wait(struct loop *l, int max_ms);

#endif
