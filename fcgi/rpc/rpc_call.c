/* SPDX-License-Identifier: MIT */
/* From a method's name and whatever params a client sent to the handler. */
#include <stdio.h>

#include "accounts/role.h"
#include "base/bug.h"
#include "base/clock.h"
#include "fcgi/rpc/rpc_args.h"

#define ARG(names, type, need, fallback, help) \
	{names, RPC_##type, RPC_NEED_##need, false, fallback, help}
#define OPTION(names, type, fallback, help) \
	{names, RPC_##type, false, true, fallback, help}
#define RPC_NEED_MUST true
#define RPC_NEED_MAY false
#define NONE {NULL, RPC_ANY, false, false, NULL, NULL}

#define METHOD(category, name, handler, role, result, about, ...) \
	static const struct rpc_arg args_##handler[] = {__VA_ARGS__, NONE};
#include "fcgi/rpc/rpc_methods.def"
#undef METHOD

static const struct rpc_method methods[] = {
#define METHOD(category, name, handler, role, result, about, ...)           \
	{RPC_##category, name, rpc_##handler, RPC_##role, args_##handler,  \
	 result, about},
#include "fcgi/rpc/rpc_methods.def"
#undef METHOD
};

const struct rpc_method *rpc_method_at(size_t i)
{
	return i < sizeof(methods) / sizeof(methods[0]) ? &methods[i] : NULL;
}

const struct rpc_method *rpc_method_find(const char *name)
{
	const struct rpc_method *m;

	for (size_t i = 0; (m = rpc_method_at(i)); i++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

const char *rpc_role_name(enum rpc_role role)
{
	static const char *const name[] = {
		[RPC_READ] = "read", [RPC_WRITE] = "write",
		[RPC_ADMIN] = "admin", [RPC_LAB] = "lab",
	};

	return name[role];
}

unsigned rpc_method_needs(const struct rpc_method *m)
{
	if (m->category == RPC_WALLET)
		return ROLE_ADMIN;
	switch (m->role) {
	case RPC_READ:
		return ROLE_READ;
	case RPC_WRITE:
		return ROLE_BROADCAST;
	case RPC_ADMIN:
		return ROLE_ADMIN;
	case RPC_LAB:
		return ROLE_MINE;
	}
	return ROLE_ADMIN;
}

bool rpc_fail(struct rpc_call *c, int code, const char *fmt, ...)
{
	char text[RPC_MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->code = code;
	c->message = arena_strdup(c->arena, text);
	if (!c->message)
		c->message = "out of memory";
	return false;
}

static bool fail_text(struct rpc_call *c, int code, const char *text)
{
	c->code = code;
	c->message = text ? text : "out of memory";
	return false;
}

bool rpc_fail_status(struct rpc_call *c, enum status st)
{
	return rpc_fail(c, st == ST_NOMEM ? RPC_OUT_OF_MEMORY : RPC_DATABASE_ERROR,
			"The node could not do it: %s", status_text(st));
}

bool rpc_wait(struct rpc_call *c, int64_t timeout_ms)
{
	if (!c->wait || !c->wait->possible)
		return false;
	if (timeout_ms && clock_mono_ms() - c->wait->since_ms >= timeout_ms)
		return false;
	c->wait->parked = true;
	return true;
}

/* --- arguments by name --- */

/* Whether key is one of the names "a|b". */
static bool is_named(const char *names, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = names;; p++) {
		size_t len = strcspn(p, "|");

		if (len == n && memcmp(p, key, n) == 0)
			return true;
		p += len;
		if (!*p)
			return false;
	}
}

/* The index of the argument with that name; -1. */
static int arg_by_name(const struct rpc_method *m, const char *key)
{
	for (int i = 0; m->args[i].names; i++)
		if (is_named(m->args[i].names, key))
			return i;
	return -1;
}

/* Where argument i of the table stands among positional ones. */
static unsigned position(const struct rpc_method *m, int i)
{
	unsigned at = 0;

	for (int k = 0; k < i; k++)
		at += !m->args[k].named_only;
	return at;
}

/* The options object that named-only arguments make up: as text, parsed again,
 * since a value cannot be put together otherwise. */
static bool make_options(struct rpc_call *c, const struct json_value *params,
			 struct json_doc *made, bool *any)
{
	char error[JSON_ERROR_SIZE];
	const struct json_value *item;
	struct json_writer w;
	struct buf b;
	const char *key;
	void *pos = NULL;
	enum status st;

	*any = false;
	buf_init(&b, (size_t)32 << 20);
	json_begin(&w, &b);
	json_obj_begin(&w);
	while (json_next(params, &pos, &key, &item)) {
		int i = arg_by_name(c->method, key);

		if (i < 0 || !c->method->args[i].named_only)
			continue;
		*any = true;
		json_key(&w, key);
		json_echo(&w, item);
	}
	json_obj_end(&w);
	st = buf_status(&b);
	if (st == ST_OK && *any)
		st = json_doc_parse(made, b.p, b.len, b.len, error);
	buf_free(&b);
	return st == ST_OK || rpc_fail_status(c, st);
}

static bool args_by_name(struct rpc_call *c, const struct json_value *params,
			 struct json_doc *options)
{
	const struct json_value *list = NULL, *item;
	const struct rpc_arg *args = c->method->args;
	const char *key, *first = NULL;
	unsigned low = RPC_ARGS_MAX;
	bool any_option;
	void *pos = NULL;

	while (json_next(params, &pos, &key, &item)) {
		int i = arg_by_name(c->method, key);
		unsigned at;

		if (i < 0 && strcmp(key, "args") == 0 &&
		    json_kind(item) == JSON_KIND_ARRAY) {
			list = item;
			continue;
		}
		if (i < 0)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Unknown named parameter %s", key);
		if (args[i].named_only)
			continue;
		at = position(c->method, i);
		if (c->arg[at])
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Parameter %s specified multiple times",
					key);
		c->arg[at] = item;
		if (at + 1 > c->n_arg)
			c->n_arg = at + 1;
		if (at < low) {
			low = at;
			first = args[i].names;
		}
	}
	if (!make_options(c, params, options, &any_option))
		return false;
	for (int i = 0; any_option && args[i].names; i++) {
		unsigned at = position(c->method, i);

		if (args[i].type != RPC_OPTIONS)
			continue;
		if (c->arg[at])
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Parameter %s conflicts with parameter %s",
					args[i].names, args[0].names);
		c->arg[at] = options->root;
		if (at + 1 > c->n_arg)
			c->n_arg = at + 1;
	}
	if (!list)
		return true;
	if (json_count(list) > low)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Parameter %s specified twice both as positional "
				"and named argument", first);
	for (unsigned i = 0; i < json_count(list) && i < RPC_ARGS_MAX; i++)
		c->arg[i] = json_at(list, i);
	if (json_count(list) > c->n_arg)
		c->n_arg = json_count(list);
	return true;
}

/* --- their number and types --- */

static bool count_is_right(const struct rpc_call *c)
{
	unsigned most = 0, least = 0;

	for (const struct rpc_arg *a = c->method->args; a->names; a++) {
		if (a->named_only)
			continue;
		most++;
		if (a->required)
			least = most;
	}
	return c->n_arg >= least && c->n_arg <= most;
}

static const char *expected_type(enum rpc_type t)
{
	switch (t) {
	case RPC_STR:
	case RPC_HEX:
		return "string";
	case RPC_NUM:
		return "number";
	case RPC_BOOL:
		return "bool";
	case RPC_OBJ:
	case RPC_KEYS:
	case RPC_OPTIONS:
		return "object";
	case RPC_ARR:
		return "array";
	case RPC_AMOUNT:
	case RPC_RANGE:
	case RPC_LEVEL:
	case RPC_BLOCK:
	case RPC_ANY:
		break;
	}
	return NULL;
}

static bool types_are_right(struct rpc_call *c)
{
	struct buf b;
	unsigned at = 0;
	bool good = true;

	buf_init(&b, 8192);
	buf_text(&b, "Wrong type passed:\n{");
	for (const struct rpc_arg *a = c->method->args; a->names; a++) {
		const char *want = expected_type(a->type);
		const struct json_value *v;

		if (a->named_only)
			continue;
		v = c->arg[at++];
		if (!want || (!v && !a->required) ||
		    strcmp(rpc_type_of(v), want) == 0)
			continue;
		buf_printf(&b, "%s\n    \"Position %u (%s)\": \"JSON value of "
			   "type %s is not of expected type %s\"",
			   good ? "" : ",", at, a->names, rpc_type_of(v), want);
		good = false;
	}
	buf_text(&b, "\n}");
	if (!good)
		fail_text(c, RPC_TYPE_ERROR,
			  arena_strdup(c->arena, buf_str(&b)));
	buf_free(&b);
	return good;
}

static bool take_args(struct rpc_call *c, const struct json_value *params,
		      struct json_doc *options)
{
	if (json_kind(params) == JSON_KIND_OBJECT) {
		if (!args_by_name(c, params, options))
			return false;
	} else {
		c->n_arg = json_count(params);
		for (unsigned i = 0; i < c->n_arg && i < RPC_ARGS_MAX; i++)
			c->arg[i] = json_at(params, i);
	}
	for (unsigned i = 0; i < RPC_ARGS_MAX; i++)
		if (json_kind(c->arg[i]) == JSON_KIND_NULL)
			c->arg[i] = NULL;
	if (!count_is_right(c))
		return fail_text(c, RPC_MISC_ERROR,
				 rpc_help_method(c->arena, c->method));
	return types_are_right(c);
}

static bool run(struct rpc_call *c)
{
	bool snapshot = c->method->role == RPC_READ;
	bool good;

	if (c->method->role == RPC_LAB && !app_is_playground(c->app))
		return rpc_fail(c, RPC_MISC_ERROR,
				"%s is for regression testing (-regtest mode) only",
				c->method->name);
	if (snapshot) {
		enum status st = node_snapshot(c->node);

		if (st != ST_OK)
			return rpc_fail_status(c, st);
	}
	good = c->method->handler(c);
	if (snapshot)
		node_snapshot_end(c->node);
	if (good && !(c->wait && c->wait->parked))
		BUG_ON(!c->w->done && buf_status(c->w->b) == ST_OK);
	BUG_ON(!good && !c->code);
	return good;
}

bool rpc_execute(struct rpc_call *c, const char *method,
		 const struct json_value *params)
{
	struct json_doc options = {0};
	bool good;

	c->method = rpc_method_find(method);
	if (!c->method)
		return rpc_fail(c, RPC_METHOD_NOT_FOUND, "Method not found");
	good = take_args(c, params, &options) && run(c);
	json_doc_free(&options);
	return good;
}
