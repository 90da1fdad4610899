/* SPDX-License-Identifier: MIT */
/* The server itself: help, uptime and the like. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fcgi/rpc/rpc_args.h"

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
	int64_t moved_s = node_now_s(c->node) - clock_wall_s();

	/* a laboratory's clock may be ahead */
	json_int(c->w, (clock_mono_ms() - c->app->started_ms) / 1000 +
			       (moved_s > 0 ? moved_s : 0));
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

bool rpc_echojson(struct rpc_call *c)
{
	return rpc_echo(c);
}

bool rpc_getrpcinfo(struct rpc_call *c)
{
	struct json_writer *w = c->w;

	json_obj_begin(w);
	json_key(w, "active_commands");
	json_arr_begin(w);
	json_obj_begin(w);
	json_put_str(w, "method", c->method->name);
	json_put_int(w, "duration",
		     c->wait ? (clock_mono_ms() - c->wait->since_ms) * 1000 : 0);
	json_obj_end(w);
	json_arr_end(w);
	/* standard error, which is the journal's */
	json_put_str(w, "logpath", "");
	json_obj_end(w);
	return true;
}

static int64_t memory_kib(const char *name)
{
	char line[128];
	size_t n = strlen(name);
	int64_t kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, n) == 0)
			kib = strtoll(line + n, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

bool rpc_getmemoryinfo(struct rpc_call *c)
{
	const char *mode = rpc_has(c, 0) ? rpc_arg_str(c, 0) : "stats";
	struct json_writer *w = c->w;
	int64_t locked = memory_kib("VmLck:") * 1024;

	if (strcmp(mode, "mallocinfo") == 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"mallocinfo mode not available");
	if (strcmp(mode, "stats") != 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "unknown mode %.200s",
				mode);
	/* of memory kept from being swapped, in Core's words */
	json_obj_begin(w);
	json_key(w, "locked");
	json_obj_begin(w);
	json_put_int(w, "used", locked);
	json_put_int(w, "free", 0);
	json_put_int(w, "total", locked);
	json_put_int(w, "locked", locked);
	json_put_int(w, "chunks_used", locked > 0);
	json_put_int(w, "chunks_free", 0);
	json_obj_end(w);
	json_obj_end(w);
	return true;
}

/* Core's categories: Quarry logs by level (QUARRY_LOG), none by category. */
bool rpc_logging(struct rpc_call *c)
{
	static const char *const name[] = {
		"addrman", "bench", "blockstorage", "cmpctblock", "coindb",
		"estimatefee", "http", "i2p", "ipc", "leveldb", "libevent",
		"mempool", "mempoolrej", "net", "proxy", "prune", "qt", "rand",
		"reindex", "rpc", "scan", "selectcoins", "tor", "txpackages",
		"txreconciliation", "validation", "walletdb", "zmq",
	};
	const size_t n = sizeof(name) / sizeof(name[0]);

	for (unsigned i = 0; i < 2; i++) {
		for (size_t k = 0; k < json_count(c->arg[i]); k++) {
			const char *s;
			size_t len, at = 0;

			if (!rpc_value_str(c, json_at(c->arg[i], k), &s, &len))
				return false;
			while (at < n && strcmp(name[at], s) != 0)
				at++;
			if (at == n && strcmp(s, "all") != 0 &&
			    strcmp(s, "1") != 0 && strcmp(s, "0") != 0 &&
			    strcmp(s, "none") != 0)
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"unknown logging category %.200s",
						s);
		}
	}
	json_obj_begin(c->w);
	for (size_t i = 0; i < n; i++)
		json_put_bool(c->w, name[i], false);
	json_obj_end(c->w);
	return true;
}

bool rpc_getzmqnotifications(struct rpc_call *c)
{
	json_arr_begin(c->w);
	json_arr_end(c->w);
	return true;
}
