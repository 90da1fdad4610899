/* SPDX-License-Identifier: MIT */
/*
 * What the commands of quarry share. A command is a function that gets its own
 * arguments (argv[0] is its name) and returns the exit code: 0 done, 1 failed
 * with one sentence, 2 wrong usage.
 */
#ifndef QUARRY_CLI_CLI_H
#define QUARRY_CLI_CLI_H

#include "base/conf.h"
#include "base/opt.h"
#include "node/core/node.h"

#define C(function, name, help) int function(int argc, char **argv);
#include "cli/cmds.def"
#undef C

/* quarry chain status. */
int chain_status(int argc, char **argv);

/* Set by SIGINT and SIGTERM once a command has asked for it. */
void cli_catch_stop(void);
bool cli_stopped(void);

/* Opens the database of --db (or of the configuration). Returns -1 with *n set,
 * else the exit code after one sentence. */
int cli_open(const struct opt_program *p, const struct conf *c, bool readonly,
	     struct node **n);
/* As cli_open, to bring many blocks. */
int cli_open_bulk(const struct opt_program *p, const struct conf *c,
		  struct node **n);
/* A status as one sentence: "quarry tip: /x/y.db: ...". Returns 1. */
int cli_status(const struct opt_program *p, const struct node *n, enum status st);

#endif
