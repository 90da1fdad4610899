/* SPDX-License-Identifier: MIT */
/* What `help` prints, all of it from the table. */
#include "fcgi/rpc/rpc.h"

#define HELP_MAX 65536
#define WIDTH 78

static const char *const category_name[] = {
	[RPC_BLOCKCHAIN] = "Blockchain",
	[RPC_CONTROL] = "Control",
	[RPC_MINING] = "Mining",
	[RPC_NETWORK] = "Network",
	[RPC_RAWTRANSACTIONS] = "Rawtransactions",
	[RPC_SIGNER] = "Signer",
	[RPC_UTIL] = "Util",
	[RPC_WALLET] = "Wallet",
};

static const char *type_text(enum rpc_type t)
{
	static const char *const text[] = {
		[RPC_STR] = "string", [RPC_HEX] = "string",
		[RPC_NUM] = "numeric", [RPC_BOOL] = "boolean",
		[RPC_OBJ] = "json object", [RPC_KEYS] = "json object",
		[RPC_ARR] = "json array", [RPC_AMOUNT] = "numeric or string",
		[RPC_RANGE] = "numeric or array", [RPC_LEVEL] = "numeric",
		[RPC_BLOCK] = "string or numeric", [RPC_ANY] = "several types",
		[RPC_OPTIONS] = "json object",
	};

	return text[t];
}

/* The first of an argument's names, as the usage line shows it. */
static void usage_name(struct buf *b, const struct rpc_arg *a)
{
	int n = (int)strcspn(a->names, "|");

	switch (a->type) {
	case RPC_STR:
	case RPC_HEX:
		buf_printf(b, "\"%.*s\"", n, a->names);
		return;
	case RPC_ARR:
		buf_printf(b, "[%.*s,...]", n, a->names);
		return;
	case RPC_OBJ:
	case RPC_KEYS:
		buf_printf(b, "{%.*s,...}", n, a->names);
		return;
	case RPC_NUM:
	case RPC_BOOL:
	case RPC_AMOUNT:
	case RPC_RANGE:
	case RPC_LEVEL:
	case RPC_BLOCK:
	case RPC_ANY:
	case RPC_OPTIONS:
		break;
	}
	buf_printf(b, "%.*s", n, a->names);
}

static void usage(struct buf *b, const struct rpc_method *m)
{
	bool open = false;

	buf_text(b, m->name);
	for (const struct rpc_arg *a = m->args; a->names; a++) {
		if (a->named_only)
			continue;
		if (!a->required && !open)
			buf_text(b, " (");
		if (a->required && open)
			buf_text(b, " )");
		open = !a->required;
		buf_text(b, " ");
		usage_name(b, a);
	}
	buf_text(b, open ? " )" : "");
}

/* Text in lines of at most WIDTH, each after `indent` blanks. */
static void wrapped(struct buf *b, const char *text, int indent)
{
	int column = 0;

	while (*text) {
		int n = (int)strcspn(text, " \n");

		if (column && column + 1 + n > WIDTH - indent) {
			buf_text(b, "\n");
			column = 0;
		}
		if (column == 0)
			buf_printf(b, "%*s", indent, "");
		else
			buf_text(b, " ");
		buf_printf(b, "%.*s", n, text);
		column += n + (column > 0);
		text += n;
		if (*text == '\n') {
			buf_text(b, "\n");
			column = 0;
		}
		text += *text != '\0';
	}
	buf_text(b, "\n");
}

static void arguments(struct buf *b, const struct rpc_method *m)
{
	unsigned at = 0;

	if (m->args[0].names)
		buf_text(b, "\nArguments:\n");
	for (const struct rpc_arg *a = m->args; a->names; a++) {
		int n = (int)strcspn(a->names, "|");

		if (a->named_only)
			buf_text(b, "   ");
		else
			buf_printf(b, "%u. ", ++at);
		buf_printf(b, "%.*s (%s, %s", n, a->names, type_text(a->type),
			   a->required ? "required" : "optional");
		if (a->fallback[0])
			buf_printf(b, ", default=%s", a->fallback);
		buf_text(b, ")\n");
		wrapped(b, a->help, 5);
		if (a->names[n])
			buf_printf(b, "     Also called %s\n", a->names + n + 1);
	}
}

static const char *keep(struct arena *a, struct buf *b)
{
	const char *text = NULL;

	if (buf_status(b) == ST_OK)
		text = arena_strdup(a, buf_str(b));
	buf_free(b);
	return text;
}

const char *rpc_help_method(struct arena *a, const struct rpc_method *m)
{
	struct buf b;

	buf_init(&b, HELP_MAX);
	usage(&b, m);
	buf_text(&b, "\n\n");
	wrapped(&b, m->about, 0);
	arguments(&b, m);
	buf_text(&b, "\nResult:\n");
	wrapped(&b, m->result, 0);
	return keep(a, &b);
}

/* Of a category, by the alphabet; after NULL the first. */
static const struct rpc_method *next_method(unsigned category,
					    const struct rpc_method *after)
{
	const struct rpc_method *m, *best = NULL;

	for (size_t i = 0; (m = rpc_method_at(i)); i++) {
		if (m->category == category &&
		    (!after || strcmp(m->name, after->name) > 0) &&
		    (!best || strcmp(m->name, best->name) < 0))
			best = m;
	}
	return best;
}

const char *rpc_help_list(struct arena *a)
{
	const struct rpc_method *m;
	struct buf b;

	buf_init(&b, HELP_MAX);
	for (unsigned k = 0; k < RPC_HIDDEN; k++) {
		bool any = false;

		for (m = NULL; (m = next_method(k, m));) {
			if (!any)
				buf_printf(&b, "%s== %s ==", b.len ? "\n\n" : "",
					   category_name[k]);
			any = true;
			buf_text(&b, "\n");
			usage(&b, m);
		}
	}
	return keep(a, &b);
}
