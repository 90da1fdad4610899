/* SPDX-License-Identifier: MIT */
/* quarry filters: the index of block filters for light clients. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "node/query/filter.h"

static int show(const struct opt_program *p, struct node *n)
{
	struct filter_state s;
	enum status st = node_filter_state(n, &s);

	if (st != ST_OK)
		return cli_status(p, n, st);
	if (!s.on)
		printf("off\n");
	else
		printf("on, %s height %u\n", s.complete ? "complete at"
							: "only up to",
		       s.height);
	return 0;
}

static bool on_progress(void *arg, uint32_t height, uint32_t tip)
{
	char text[40];

	(void)tip;
	snprintf(text, sizeof(text), "height %u", height);
	progress_show(arg, height, text, height, "blocks");
	return !cli_stopped();
}

static int turn_on(const struct opt_program *p, struct node *n)
{
	struct progress pr;
	struct node_tip tip;
	enum status st = node_tip(n, &tip);

	cli_catch_stop();
	progress_begin(&pr, st == ST_OK ? tip.height : 0);
	if (st == ST_OK)
		st = node_filter_build(n, on_progress, &pr);
	progress_end(&pr);
	return st == ST_OK ? show(p, n) : cli_status(p, n, st);
}

static int turn_off(const struct opt_program *p, struct node *n)
{
	enum status st = node_filter_drop(n);

	return st == ST_OK ? show(p, n) : cli_status(p, n, st);
}

int cmd_filters(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry filters",
		.operands = "[on|off]",
		.about = "Says whether the database has block filters for light "
			 "clients (BIP158), which a new one does; makes them, or "
			 "takes them away.",
		.opts = opts,
		.n_opts = 1,
		.max_operands = 1,
	};
	int (*run)(const struct opt_program *p, struct node *n) = show;
	struct node *n = NULL;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0 && p.n_operands) {
		if (!strcmp(p.operand[0], "on"))
			run = turn_on;
		else if (!strcmp(p.operand[0], "off"))
			run = turn_off;
		else
			code = opt_usage(&p, "say on, off or nothing");
	}
	if (code < 0)
		code = cli_open(&p, &c, run == show, &n);
	if (code < 0)
		code = run(&p, n);
	node_close(n);
	conf_free(&c);
	return code;
}
