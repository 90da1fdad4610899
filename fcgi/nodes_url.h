/* SPDX-License-Identifier: MIT */
/*
 * What /nodes/register takes for a node: URL or bare HOST[:PORT], made into one
 * form, https://host:port, lower case, port always written. No user, path,
 * query or fragment. Whether the address may be contacted is judged when a
 * connection is made, not here.
 */
#ifndef QUARRY_FCGI_NODES_URL_H
#define QUARRY_FCGI_NODES_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "node/peers.h"

enum nodes_url_result {
	NODES_URL_OK,
	NODES_URL_INVALID,
	NODES_URL_HTTP,		/* http, and only https is allowed */
};

enum nodes_url_result nodes_url_normalise(char out[PEERS_URL_MAX],
					  const char *text, size_t len,
					  bool allow_http);

#endif
