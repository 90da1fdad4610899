/* SPDX-License-Identifier: MIT */
/* The server itself: help, uptime and the like. */
#include "base/clock.h"
#include "fcgi/rpc_args.h"

bool rpc_help(struct rpc_call *c)
{
	const struct rpc_method *m;
	const char *text;

	if (!rpc_has(c, 0)) {
		text = rpc_help_list(c->arena);
	} else if ((m = rpc_method_find(rpc_arg_str(c, 0)))) {
		text = rpc_help_method(c->arena, m);
	} else {
		struct buf b;

		buf_init(&b, 4096);
		buf_printf(&b, "help: unknown command: %.1000s",
			   rpc_arg_str(c, 0));
		text = arena_strdup(c->arena, buf_str(&b));
		buf_free(&b);
	}
	if (!text)
		return rpc_fail_status(c, ST_NOMEM);
	json_str(c->w, text);
	return true;
}

bool rpc_uptime(struct rpc_call *c)
{
	json_int(c->w, (clock_mono_ms() - c->app->started_ms) / 1000);
	return true;
}

bool rpc_echo(struct rpc_call *c)
{
	json_arr_begin(c->w);
	for (unsigned i = 0; i < c->n_arg; i++)
		json_echo(c->w, c->arg[i]);
	json_arr_end(c->w);
	return true;
}
