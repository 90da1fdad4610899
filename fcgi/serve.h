/* SPDX-License-Identifier: MIT */
/*
 * A worker: accepts FastCGI requests on a shared listening socket, one after
 * another, until told to stop. The only file that knows libfcgi.
 *
 * The listening socket has a receive timeout, so accept() returns twice a second
 * and the stop flag is seen even when the signal came just before accept();
 * normally the signal itself interrupts it. A worker finishes the request it has
 * in hand. An accepted connection has timeouts too: a web server that stops
 * reading or writing cannot hold a worker for ever.
 */
#ifndef QUARRY_FCGI_SERVE_H
#define QUARRY_FCGI_SERVE_H

#include <signal.h>

#include "fcgi/http/app.h"

/* Serves until *stop is set. ST_IO when the library cannot be started or the
 * socket is of no use. */
NODISCARD enum status serve_run(struct app *app, int listen_fd,
				const volatile sig_atomic_t *stop);

/* The same for /events, in the one process that does it: see hub.h. */
NODISCARD enum status serve_events(struct app *app, int listen_fd,
				   const volatile sig_atomic_t *stop);

#endif
