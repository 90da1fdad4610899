/* SPDX-License-Identifier: MIT */
/* quarry: finds the command, and what all commands share. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "node/pool/policy.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
#define C(function, name, help) {name, function, help},
#include "cli/cmds.def"
#undef C
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static volatile sig_atomic_t stop_flag;

static void on_stop(int sig)
{
	(void)sig;
	stop_flag = 1;
}

void cli_catch_stop(void)
{
	struct sigaction sa = {.sa_handler = on_stop};

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

bool cli_stopped(void)
{
	return stop_flag;
}

static int open_node(const struct opt_program *p, const struct conf *c,
		     bool readonly, bool bulk, struct node **n)
{
	struct node_options o = {
		.db_path = conf_text(c, CONF_DB),
		.readonly = readonly,
		.short_lived = true,
		.bulk = bulk,
		.busy_ms = 30000,
		.app_name = "quarry",
	};
	char error[NODE_ERROR_SIZE];

	if (node_open(n, &o, error) != ST_OK)
		return opt_failed(p, "%s", error);
	if (node_configure(*n, c, error) != ST_OK) {
		node_close(*n);
		return opt_failed(p, "%s", error);
	}
	return -1;
}

int cli_open(const struct opt_program *p, const struct conf *c, bool readonly,
	     struct node **n)
{
	return open_node(p, c, readonly, false, n);
}

int cli_open_bulk(const struct opt_program *p, const struct conf *c,
		  struct node **n)
{
	return open_node(p, c, false, true, n);
}

int cli_status(const struct opt_program *p, const struct node *n, enum status st)
{
	const char *why = n ? node_error(n) : "";

	if (st == ST_CANCELLED)
		return opt_failed(p, "Stopped; run it again to go on.");
	if (*why && strcmp(why, "not an error") != 0)
		return opt_failed(p, "%s: %s (%s).",
				  n ? node_db_path(n) : "", status_text(st),
				  why);
	return opt_failed(p, "%s%s%s.", n ? node_db_path(n) : "",
			  n ? ": " : "", status_text(st));
}

static void print_help(void)
{
	printf("Usage: quarry COMMAND [OPTION...]\n"
	       "A node with Bitcoin's rules whose chain is one SQLite file.\n\n"
	       "Commands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].help);
	printf("\nquarry COMMAND --help says more about each.\n");
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";

	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
	    !strcmp(name, "help")) {
		print_help();
		return argc > 1 ? 0 : EXIT_USAGE;
	}
	if (!strcmp(name, "--version")) {
		printf("quarry %s\n", PACKAGE_VERSION);
		return 0;
	}
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "quarry: there is no command %.60s. Try quarry --help.\n",
		name);
	return EXIT_USAGE;
}
