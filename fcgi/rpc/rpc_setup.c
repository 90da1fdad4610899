/* SPDX-License-Identifier: MIT */
#include "fcgi/rpc/rpc_setup.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

static enum status fail(enum status st, char error[RPC_SETUP_ERROR_SIZE],
			const char *what)
{
	if (st != ST_OK)
		snprintf(error, RPC_SETUP_ERROR_SIZE, "%s (%s).", what,
			 status_text(st));
	return st;
}

static bool cookie_path(char out[RPC_COOKIE_PATH_MAX], const struct conf *conf)
{
	const char *name = conf_text(conf, CONF_RPCCOOKIEFILE);

	/* as Core: a relative path is one of the state's folder */
	if (*name == '/')
		return (size_t)snprintf(out, RPC_COOKIE_PATH_MAX, "%s", name) <
		       RPC_COOKIE_PATH_MAX;
	return file_beside(out, RPC_COOKIE_PATH_MAX, conf_text(conf, CONF_DB),
			   *name ? name : ".cookie");
}

static enum status add_lines(struct rpc_users *u, const struct conf *conf,
			     enum conf_key key,
			     enum status (*add)(struct rpc_users *,
						const char *))
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < conf_count(conf, key); i++)
		st = add(u, conf_at(conf, key, i));
	return st;
}

static enum status fill(struct rpc_users *u, const struct conf *conf,
			char cookie[RPC_COOKIE_PATH_MAX],
			char error[RPC_SETUP_ERROR_SIZE])
{
	enum status st;

	if (*conf_text(conf, CONF_RPCPASSWORD)) {
		st = rpc_users_add(u, conf_text(conf, CONF_RPCUSER),
				   conf_text(conf, CONF_RPCPASSWORD));
		if (st != ST_OK)
			return fail(st, error, "rpcuser is a name without a "
				    "colon, of at most 256 bytes");
	} else {
		st = cookie_path(cookie, conf) ? rpc_users_cookie(u, cookie)
					       : ST_TOO_BIG;
		if (st != ST_OK) {
			cookie[0] = '\0';
			return fail(st, error, "The RPC cookie cannot be written; "
				    "set rpccookiefile to a file that can, or "
				    "rpcpassword");
		}
	}
	st = add_lines(u, conf, CONF_RPCAUTH, rpc_users_add_hashed);
	if (st != ST_OK)
		return fail(st, error, "An rpcauth is NAME:SALT$HASH, its hash 64 "
			    "hexadecimal digits");
	st = add_lines(u, conf, CONF_RPCWHITELIST, rpc_users_restrict);
	if (st != ST_OK)
		return fail(st, error, "An rpcwhitelist is NAME:method,method");
	rpc_users_restrict_others(u, conf_bool(conf, CONF_RPCWHITELISTDEFAULT));
	return ST_OK;
}

enum status rpc_setup(struct rpc_users **out, const struct conf *conf,
		      char cookie[RPC_COOKIE_PATH_MAX],
		      char error[RPC_SETUP_ERROR_SIZE])
{
	enum status st = ST_NOMEM;

	cookie[0] = '\0';
	*out = rpc_users_new();
	if (!*out)
		return fail(st, error, "There is no memory for the RPC users");
	st = fill(*out, conf, cookie, error);
	if (st != ST_OK) {
		rpc_setup_end(*out, cookie);
		*out = NULL;
	}
	return st;
}

void rpc_setup_end(struct rpc_users *u, const char *cookie)
{
	if (u && *cookie)
		rpc_users_cookie_remove(u, cookie);
	rpc_users_free(u);
}
