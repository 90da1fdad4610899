/* SPDX-License-Identifier: MIT */
/*
 * The WebSocket (RFC 6455) of mempool's API, by libwebsockets: the only file that
 * includes it is ws_serve.c. The web server passes connections on that ask for
 * the upgrade.
 *
 * It is a process of quarry.fcgi and no program of its own: it shows the same JSON
 * as the REST paths with the same code, master.c starts it again should it end, and
 * nothing more is to be installed. It is not the process of /events: the library
 * has a loop of its own, and reads frames of strangers, so that what befalls it
 * befalls nobody else.
 */
#ifndef QUARRY_FCGI_WS_WS_SERVE_H
#define QUARRY_FCGI_WS_WS_SERVE_H

#include <signal.h>

#include "fcgi/http/app.h"

/* Serves until *stop. ST_IO: the socket is of no use, or the library cannot
 * begin. */
NODISCARD enum status ws_serve(struct app *app, int listen_fd,
			       const volatile sig_atomic_t *stop);

#endif
