/* SPDX-License-Identifier: MIT */
/* quarry peers: the other nodes that the database knows. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/url.h"
#include "cli/cli.h"
#include "node/peers.h"

#define ARENA_MAX ((size_t)64 << 20)

static int list(const struct opt_program *p, struct node *n)
{
	struct peer_info *v;
	struct arena a;
	uint32_t count;
	enum status st;

	arena_init(&a, ARENA_MAX);
	st = peers_list(n, &a, &v, &count);
	for (uint32_t i = 0; st == ST_OK && i < count; i++) {
		printf("%-40s %-8s %5lld", v[i].url, peer_state_name(v[i].state),
		       (long long)v[i].score);
		if (v[i].height >= 0)
			printf("  height %lld", (long long)v[i].height);
		printf("%s%s\n", v[i].why[0] ? "  " : "", v[i].why);
	}
	arena_free(&a);
	return st == ST_OK ? 0 : cli_status(p, n, st);
}

static int add(const struct opt_program *p, struct node *n, const char *url)
{
	int64_t id;
	bool added;
	enum status st = peers_add(n, url, "operator", &id, &added);

	if (st == ST_FULL)
		return opt_failed(p, "Too many peers wait for their first "
				     "contact: remove some.");
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s %s.\n", url, added ? "was added" : "was known already");
	return 0;
}

static int drop(const struct opt_program *p, struct node *n, const char *url)
{
	enum status st = peers_remove(n, url);

	if (st == ST_NOT_FOUND)
		return opt_failed(p, "%s is not known here.", url);
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s was removed.\n", url);
	return 0;
}

static int ban(const struct opt_program *p, struct node *n, const char *url)
{
	struct peer_info peer;
	enum status st = peers_get(n, url, &peer);

	if (st == ST_NOT_FOUND)
		return opt_failed(p, "%s is not known here.", url);
	if (st == ST_OK)
		st = peers_ban(n, peer.id, "by the operator");
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s is banned for a day.\n", url);
	return 0;
}

static const struct verb {
	const char *name;
	int (*run)(const struct opt_program *p, struct node *n, const char *url);
} verbs[] = {{"add", add}, {"remove", drop}, {"ban", ban}};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* Returns -1 with *verb (NULL: list) and *url set, else the exit code. */
static int understand(const struct opt_program *p, const struct verb **verb,
		      struct url *url)
{
	const char *why;

	*verb = NULL;
	if (!strcmp(p->operand[0], "list"))
		return p->n_operands == 1 ? -1
					  : opt_usage(p, "list takes no URL");
	for (size_t i = 0; i < N_VERBS; i++) {
		if (!strcmp(p->operand[0], verbs[i].name))
			*verb = &verbs[i];
	}
	if (!*verb)
		return opt_usage(p, "say list, add, remove or ban");
	if (p->n_operands != 2)
		return opt_usage(p, "%s takes one URL", (*verb)->name);
	if (url_parse(url, p->operand[1], strlen(p->operand[1]), true, &why) !=
	    ST_OK)
		return opt_usage(p, "%.100s is no node's address: %s",
				 p->operand[1], why);
	return -1;
}

int cmd_peers(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry peers",
		.operands = "list|add URL|remove URL|ban URL",
		.about = "Lists the other nodes, or adds, removes or bans one.",
		.opts = opts,
		.n_opts = 1,
		.min_operands = 1,
		.max_operands = 2,
	};
	const struct verb *verb;
	struct node *n = NULL;
	struct url url;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = understand(&p, &verb, &url);
	if (code < 0)
		code = cli_open(&p, &c, !verb, &n);
	if (code < 0)
		code = verb ? verb->run(&p, n, url.text) : list(&p, n);
	node_close(n);
	conf_free(&c);
	return code;
}
