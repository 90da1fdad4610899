/* SPDX-License-Identifier: MIT */
/* See console.h. */
#include "node/lab/console.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/db_console.h"

#define PREFIX "v1_"

struct console {
	struct db_console *db;
};

enum status console_open(struct console **out, const char *db_path,
			 size_t memory_bytes, char error[NODE_ERROR_SIZE])
{
	const struct db_console_options o = {
		.path = db_path,
		.prefix = PREFIX,
		.memory_bytes = memory_bytes,
	};
	struct console *c = calloc(1, sizeof(*c));
	char why[DB_ERROR_SIZE];
	enum status st;

	*out = NULL;
	if (!c)
		return ST_NOMEM;
	st = db_console_open(&c->db, &o, why);
	if (st != ST_OK) {
		snprintf(error, NODE_ERROR_SIZE, "%.*s", NODE_ERROR_SIZE - 1, why);
		free(c);
		return st;
	}
	*out = c;
	return ST_OK;
}

void console_close(struct console *c)
{
	if (!c)
		return;
	db_console_close(c->db);
	free(c);
}

enum status console_begin(struct console *c)
{
	return db_console_begin(c->db);
}

enum status console_views(struct console *c, const struct cell_sink *sink)
{
	return db_console_views(c->db, sink);
}

enum status console_run(struct console *c, const char *sql, size_t len,
			bool explain, const struct sql_limits *limits,
			const struct cell_sink *sink, struct sql_result *result)
{
	return db_console_run(c->db, sql, len, explain, limits, sink, result);
}

void console_end(struct console *c)
{
	db_console_end(c->db);
}
