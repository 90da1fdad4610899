/* SPDX-License-Identifier: MIT */
/* Shared by quarry-resolve and quarry-relay, so that both read the same keys. */
#include "sync/setup.h"

#include <stdio.h>
#include <string.h>

#include "node/net/peers.h"

enum status setup_own_url(struct url *own, const struct conf *c,
			  char error[CONF_ERROR_SIZE])
{
	const char *text = conf_text(c, CONF_PUBLIC_URL), *why;

	memset(own, 0, sizeof(*own));
	if (!*text || url_parse(own, text, strlen(text), true, &why) == ST_OK)
		return ST_OK;
	snprintf(error, CONF_ERROR_SIZE, "public_url is %.200s: %s.", text, why);
	return ST_PARSE;
}

void setup_guard(struct net_guard *g, const struct conf *c, const struct url *own)
{
	net_guard_init(g, conf_bool(c, CONF_ALLOW_PRIVATE_PEERS));
	if (own->text[0])
		net_guard_add_own(g, own->host, own->port);
}

/* Parses and remembers one. */
static enum status add_peer(struct node *n, struct url *u, const char *text,
			    bool allow_http, char error[CONF_ERROR_SIZE])
{
	const char *why;
	int64_t id;
	bool added;
	enum status st;

	if (url_is_p2p(text))
		st = url_parse_p2p(u, text, strlen(text),
				   node_params(n)->p2p_port, &why);
	else
		st = url_parse(u, text, strlen(text), allow_http, &why);
	if (st != ST_OK) {
		snprintf(error, CONF_ERROR_SIZE, "The peer %.200s: %s.", text, why);
		return st;
	}
	st = peers_add(n, u->text, "operator", &id, &added);
	if (st != ST_OK)
		snprintf(error, CONF_ERROR_SIZE,
			 "The peer %.200s cannot be added: %s.", u->text,
			 status_text(st));
	return st;
}

enum status setup_peers(struct node *n, const struct conf *c,
			void (*each)(void *user, const char *url), void *user,
			char error[CONF_ERROR_SIZE])
{
	bool allow_http = conf_bool(c, CONF_ALLOW_HTTP_PEERS);

	for (size_t i = 0; i < conf_count(c, CONF_PEER); i++) {
		struct url u;
		enum status st = add_peer(n, &u, conf_at(c, CONF_PEER, i),
					  allow_http, error);

		if (st != ST_OK)
			return st;
		if (each)
			each(user, u.text);
	}
	return ST_OK;
}
