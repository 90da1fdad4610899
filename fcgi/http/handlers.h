/* SPDX-License-Identifier: MIT */
/* The handlers that routes.def names: each parses and bounds what the request
 * says, calls the node, and writes the answer. */
#ifndef QUARRY_FCGI_HTTP_HANDLERS_H
#define QUARRY_FCGI_HTTP_HANDLERS_H

#include "fcgi/http/route.h"

#define R(method, pattern, name, ...) route_handler name;
#include "fcgi/http/routes.def"
#undef R

#endif
