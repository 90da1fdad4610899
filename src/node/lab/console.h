/* SPDX-License-Identifier: MIT */
/*
 * Other people's SQL over the v1_ views, caged (db/db_console.h). For a process of
 * its own.
 */
#ifndef QUARRY_NODE_LAB_CONSOLE_H
#define QUARRY_NODE_LAB_CONSOLE_H

#include "base/sqlresult.h"
#include "node/core/node.h"

struct console;

/* memory_bytes: what SQLite may use in this process from now on. */
NODISCARD enum status console_open(struct console **out, const char *db_path,
				   size_t memory_bytes,
				   char error[NODE_ERROR_SIZE]);
void console_close(struct console *c);	/* NULL is fine */

/* Begins to read one state, which is settled when this returns. */
NODISCARD enum status console_begin(struct console *c);
/* The views there are: rows of a name and its columns' names, with commas. */
NODISCARD enum status console_views(struct console *c,
				    const struct cell_sink *sink);
/* One statement, or with explain its plan. ST_OK when *result says how it
 * ended. */
NODISCARD enum status console_run(struct console *c, const char *sql, size_t len,
				  bool explain, const struct sql_limits *limits,
				  const struct cell_sink *sink,
				  struct sql_result *result);
void console_end(struct console *c);

#endif
