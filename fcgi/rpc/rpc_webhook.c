/* SPDX-License-Identifier: MIT */
/* Webhooks over RPC; quarry-relay delivers them. */
#include "base/hex.h"
#include "fcgi/rpc/rpc_args.h"
#include "feed/hook_new.h"

/* Opened for each call: they are rare, and no worker keeps secrets open. */
static bool open_hooks(struct rpc_call *c, struct hooks **out)
{
	char path[4096], error[HOOKS_ERROR_SIZE];
	enum status st = ST_TOO_BIG;

	if (hooks_path(path, sizeof(path), conf_text(c->app->conf, CONF_DB)))
		st = hooks_open(out, path, true, error);
	return st == ST_OK || rpc_fail(c, RPC_MISC_ERROR,
				       "hooks.db cannot be opened: %s",
				       status_text(st));
}

bool rpc_addwebhook(struct rpc_call *c)
{
	char why[HOOK_WHY_SIZE];
	struct hooks *h;
	struct hook k;
	enum status st = hook_new(&k, c->app->node, rpc_arg_str(c, 0),
				  rpc_has(c, 1) ? rpc_arg_str(c, 1) : "",
				  rpc_has(c, 2) ? rpc_arg_str(c, 2) : "",
				  conf_bool(c->app->conf, CONF_WEBHOOK_PRIVATE),
				  why);

	if (st == ST_USAGE)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "%s", why);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (!open_hooks(c, &h))
		return false;
	st = hooks_add(h, &k);
	hooks_close(h);
	if (st == ST_TOO_BIG)
		return rpc_fail(c, RPC_MISC_ERROR, "There are %d webhooks already",
				HOOKS_MAX);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(c->w);
	json_put_int(c->w, "id", k.id);
	json_put_hex(c->w, "secret", k.secret, sizeof(k.secret));
	json_obj_end(c->w);
	return true;
}

bool rpc_listwebhooks(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct hook k = {.id = 0};
	struct hooks *h;
	enum status st;

	if (!open_hooks(c, &h))
		return false;
	json_arr_begin(w);
	while ((st = hooks_next(h, k.id, &k)) == ST_OK) {
		json_obj_begin(w);
		json_put_int(w, "id", k.id);
		json_put_str(w, "url", k.url);
		json_put_str(w, "filter", k.filter);
		json_put_str(w, "state", k.dead ? "dead" : k.failing ? "failing" :
							  "active");
		json_put_int(w, "cursor", k.cursor);
		json_put_int(w, "sent", k.sent);
		json_put_uint(w, "fails", k.fails);
		json_put_int(w, "created", k.created);
		json_put_int(w, "tried", k.tried);
		json_put_str(w, "last", k.last);
		json_obj_end(w);
	}
	json_arr_end(w);
	hooks_close(h);
	return st == ST_NOT_FOUND ? true : rpc_fail_status(c, st);
}

bool rpc_removewebhook(struct rpc_call *c)
{
	struct hooks *h;
	enum status st;
	int64_t id;

	if (!rpc_arg_int(c, 0, 0, 1, INT64_MAX, &id) || !open_hooks(c, &h))
		return false;
	st = hooks_remove(h, id);
	hooks_close(h);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "There is no such webhook");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}
