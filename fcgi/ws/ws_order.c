/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_order.h"

#include "base/hex.h"
#include "feed/watch.h"
#include "json/read.h"
#include "primitives/address.h"

#define TOO_MANY "At most 100 can be followed at a time."
#define BAD_ADDRESS "That is no address of this network."
#define BAD_SCRIPT "A script is written in hexadecimal digits, at most 510."

static enum status read_action(struct ws_order *o, const struct json_value *root)
{
	static const struct {
		const char *name;
		unsigned want;
	} kinds[] = {
		{"blocks", WS_WANT_BLOCKS},
		{"mempool-blocks", WS_WANT_POOL_BLOCKS},
		{"stats", WS_WANT_STATS},
		{"live-2h-chart", WS_WANT_CHART},
	};
	const struct json_value *data = json_get_array(root, "data");
	const char *action, *kind;
	size_t len, n = json_count(data);

	if (!json_get_str(root, "action", &action, &len))
		return ST_OK;
	if (strcmp(action, "init") == 0)
		o->has |= WS_INIT;
	if (strcmp(action, "ping") == 0)
		o->has |= WS_PING;
	if (strcmp(action, "want") != 0 || !data)
		return ST_OK;
	o->has |= WS_WANT;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; json_as_str(json_at(data, i), &kind, &len) &&
		     k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (strcmp(kind, kinds[k].name) == 0)
				o->wants |= kinds[k].want;
	return ST_OK;
}

/* Its script in out. ST_USAGE: not one of this network, or nothing to look for. */
static enum status read_address(const struct params *p, const char *text,
				size_t len, struct arena *a,
				struct ws_script *out)
{
	enum status st = ST_USAGE;
	struct buf script;

	buf_init(&script, WATCH_BYTES_MAX);
	if (address_to_script(&script, p, text, len) == ADDRESS_OK) {
		out->name = arena_strdup(a, text);
		out->script = bytes_of(arena_copy(a, script.p, script.len),
				       script.len);
		st = out->name && out->script.p ? ST_OK : ST_NOMEM;
	}
	buf_free(&script);
	return st;
}

static enum status read_script(const struct params *p, const char *text,
			       size_t len, struct arena *a,
			       struct ws_script *out)
{
	uint8_t *bytes = arena_alloc(a, len / 2 + 1, 1);

	(void)p;
	if (!bytes)
		return ST_NOMEM;
	if (!len || len > 2 * WATCH_BYTES_MAX || len % 2 ||
	    !hex_parse(bytes, len / 2, text, len))
		return ST_USAGE;
	out->name = arena_strdup(a, text);
	out->script = bytes_of(bytes, len / 2);
	return out->name ? ST_OK : ST_NOMEM;
}

struct list {
	const char *key, *bad;
	unsigned flag;
	enum status (*read)(const struct params *p, const char *text, size_t len,
			    struct arena *a, struct ws_script *out);
};

/* All or none: the old list stays when something in the new one is wrong. */
static enum status read_list(struct ws_order *o, const struct list *l,
			     const struct json_value *root,
			     const struct params *p, struct arena *a,
			     struct ws_script **out, unsigned *count,
			     const char **error)
{
	const struct json_value *list = json_get_array(root, l->key);
	size_t n = json_count(list), len;
	const char *text;

	if (!list)
		return ST_OK;
	if (n > WS_NAMES_MAX) {
		*error = TOO_MANY;
		return ST_OK;
	}
	*out = arena_array(a, n + 1, struct ws_script);
	if (!*out)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++) {
		enum status st = ST_USAGE;

		if (json_as_str(json_at(list, i), &text, &len))
			st = l->read(p, text, len, a, &(*out)[i]);
		if (st == ST_USAGE)
			*error = l->bad;
		if (st != ST_OK)
			return st == ST_USAGE ? ST_OK : st;
	}
	*count = (unsigned)n;
	o->has |= l->flag;
	return ST_OK;
}

static enum status read_one(struct ws_order *o, const struct json_value *root,
			    const struct params *p, struct arena *a)
{
	const char *text;
	enum status st;
	size_t len;

	if (!json_get_str(root, "track-address", &text, &len))
		return ST_OK;
	if (strcmp(text, "stop") == 0) {
		o->has |= WS_ADDRESS;
		return ST_OK;
	}
	st = read_address(p, text, len, a, &o->address);
	if (st == ST_OK)
		o->has |= WS_ADDRESS;
	if (st == ST_USAGE)
		o->address_error = BAD_ADDRESS;
	return st == ST_USAGE ? ST_OK : st;
}

static void read_tx(struct ws_order *o, const struct json_value *root)
{
	const char *text;
	size_t len;

	if (json_get_hash(root, "track-tx", &o->txid.h)) {
		o->has |= WS_TX;
	} else if (json_get_str(root, "track-tx", &text, &len) &&
		   strcmp(text, "stop") == 0) {
		o->has |= WS_TX;
		o->stop_tx = true;
	}
}

static void read_rbf(struct ws_order *o, const struct json_value *root)
{
	const struct json_value *rbf = json_get(root, "track-rbf");
	const struct json_value *summary = json_get(root, "track-rbf-summary");
	const char *text;
	size_t len;

	if (rbf) {
		o->has |= WS_RBF;
		if (json_as_str(rbf, &text, &len))
			o->rbf = strcmp(text, "all") == 0 ? WS_WANT_RBF
				 : strcmp(text, "fullRbf") == 0 ? WS_WANT_FULL_RBF
								: 0;
	}
	if (summary) {
		o->has |= WS_SUMMARY;
		(void)json_get_bool(root, "track-rbf-summary", &o->summary);
	}
}

static enum status read_root(struct ws_order *o, const struct json_value *root,
			     const struct params *p, struct arena *a)
{
	static const struct list addresses = {
		"track-addresses", BAD_ADDRESS, WS_ADDRESSES, read_address,
	}, scripts = {
		"track-scriptpubkeys", BAD_SCRIPT, WS_SCRIPTS, read_script,
	};
	enum status st = read_action(o, root);

	if (json_kind(root) != JSON_KIND_OBJECT)
		return ST_PARSE;
	if (st == ST_OK)
		st = read_one(o, root, p, a);
	if (st == ST_OK)
		st = read_list(o, &addresses, root, p, a, &o->addresses,
			       &o->n_addresses, &o->addresses_error);
	if (st == ST_OK)
		st = read_list(o, &scripts, root, p, a, &o->scripts,
			       &o->n_scripts, &o->scripts_error);
	read_tx(o, root);
	read_rbf(o, root);
	if (json_get_int(root, "track-mempool-block", &o->pool_block) &&
	    o->pool_block >= -1 && o->pool_block <= INT32_MAX)
		o->has |= WS_POOL_BLOCK;
	if (json_get(root, "refresh-blocks"))
		o->has |= WS_REFRESH;
	return st;
}

enum status ws_order_read(struct ws_order *o, const struct params *p,
			  struct bytes text, struct arena *a)
{
	char why[JSON_ERROR_SIZE];
	struct json_doc d;
	enum status st;

	*o = (struct ws_order){.pool_block = -1};
	st = json_doc_parse(&d, text.p, text.len, WS_ORDER_MAX, why);
	if (st == ST_OK)
		st = read_root(o, d.root, p, a);
	json_doc_free(&d);
	return st;
}
