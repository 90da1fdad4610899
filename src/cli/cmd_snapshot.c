/* SPDX-License-Identifier: MIT */
/* quarry snapshot: states of a database under a name, while programs run. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "node/core/announce.h"
#include "node/lab/shot.h"

#define LIST_MAX ((size_t)16 << 20)

static void print_shot(const struct shot_info *s)
{
	char hash[HASH_TEXT_SIZE], when[32];
	time_t at = s->saved_at;
	struct tm tm;

	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", localtime_r(&at, &tm));
	printf("%-20s height %u %s  %s  %lld bytes\n", s->name, s->height,
	       hash256_text(hash, &s->tip.h), when, (long long)s->bytes);
}

static int list(const struct opt_program *p, struct node *n)
{
	char error[NODE_ERROR_SIZE];
	struct shot_info *s;
	struct arena a;
	size_t count;
	int code = 0;

	arena_init(&a, LIST_MAX);
	if (shot_list(n, &a, &s, &count, error) != ST_OK)
		code = opt_failed(p, "%s", error);
	for (size_t i = 0; !code && i < count; i++)
		print_shot(&s[i]);
	arena_free(&a);
	return code;
}

static int run(const struct opt_program *p, struct node *n)
{
	const char *what = p->operand[0];
	const char *name = p->n_operands > 1 ? p->operand[1] : NULL;
	char error[NODE_ERROR_SIZE];
	struct shot_info s;
	bool branch = strcmp(what, "branch") == 0;
	enum status st;

	if (strcmp(what, "list") == 0 && !name)
		return list(p, n);
	if (!name || p->n_operands != 2 + branch)
		return opt_usage(p, "say save, load or delete NAME, branch NAME "
				    "FILE, or list");
	if (strcmp(what, "save") == 0)
		st = shot_save(n, name, &s, error);
	else if (strcmp(what, "load") == 0)
		st = shot_load(n, name, &s, error);
	else if (strcmp(what, "delete") == 0)
		st = shot_delete(n, name, error);
	else if (branch)
		st = shot_branch(n, name, p->operand[2], error);
	else
		return opt_usage(p, "there is no %.20s; say save, load, list, "
				    "branch or delete", what);
	if (st != ST_OK)
		return opt_failed(p, "%s", error);
	if (strcmp(what, "save") == 0 || strcmp(what, "load") == 0)
		print_shot(&s);
	announce_nudge(n);
	return 0;
}

int cmd_snapshot(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry snapshot",
		.operands = "save|load|list|branch|delete [NAME [FILE]]",
		.about = "Keeps the state of a database under a name, and brings it "
			 "back, while programs have it open. branch makes a database "
			 "of its own of it.",
		.opts = opts,
		.n_opts = 1,
		.min_operands = 1,
		.max_operands = 3,
	};
	struct node *n = NULL;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = cli_open(&p, &c, false, &n);
	if (code < 0)
		code = run(&p, n);
	node_close(n);
	conf_free(&c);
	return code;
}
