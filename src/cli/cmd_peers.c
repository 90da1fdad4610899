/* SPDX-License-Identifier: MIT */
/*
 * quarry peers: the other nodes that the database knows, over HTTPS
 * (https://HOST:PORT) and by Bitcoin's protocol (bitcoin://HOST:PORT, or an
 * address or range when it is about bans). A relay that runs follows at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/url.h"
#include "cli/cli.h"
#include "node/net/p2pquery.h"
#include "node/net/peers.h"

#define ARENA_MAX ((size_t)64 << 20)
#define BITCOIN "bitcoin://"
#define REFRESH_MS 200

/* What the operand names. */
struct who {
	const char *text;		/* normalised */
	bool https;
	bool is_range;
	struct net_subnet range;	/* when is_range */
	char node[64];			/* HOST:PORT of Bitcoin's protocol, or "" */
	struct url url;
};

static void list_https(const struct peer_info *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		printf("%-40s %-8s %5lld", v[i].url, peer_state_name(v[i].state),
		       (long long)v[i].score);
		if (v[i].height >= 0)
			printf("  height %lld", (long long)v[i].height);
		printf("%s%s\n", v[i].why[0] ? "  " : "", v[i].why);
	}
}

static void list_connections(const struct connection *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		printf(BITCOIN "%-30s %s %s", v[i].addr, v[i].kind,
		       v[i].agent[0] ? v[i].agent : "(no version yet)");
		if (v[i].synced_headers >= 0)
			printf("  height %lld", (long long)v[i].synced_headers);
		if (v[i].ping_us >= 0)
			printf("  ping %.1f ms", (double)v[i].ping_us / 1000);
		printf("  in %lld B, out %lld B%s%s\n", (long long)v[i].bytes_in,
		       (long long)v[i].bytes_out, v[i].why[0] ? "  " : "",
		       v[i].why);
	}
}

static void list_bans(const struct ban *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		char until[32];
		time_t t = (time_t)v[i].until;
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(until, sizeof(until), "%Y-%m-%d %H:%M UTC", &tm);
		printf("%-40s %s until %s%s%s\n", v[i].subnet,
		       v[i].by_rule ? "shut out" : "banned", until,
		       v[i].why[0] ? "  " : "", v[i].why);
	}
}

static int list(const struct opt_program *p, struct node *n)
{
	struct connection *c;
	struct peer_info *v;
	const char **added;
	struct ban *b;
	struct arena a;
	uint32_t count;
	enum status st = node_net_refresh(n, REFRESH_MS);

	arena_init(&a, ARENA_MAX);
	/* a relay that is busy has older news, which will do */
	if (st == ST_OK || st == ST_TIMEOUT || st == ST_BUSY)
		st = peers_list(n, &a, &v, &count);
	if (st == ST_OK) {
		list_https(v, count);
		st = node_net_connections(n, &a, &c, &count);
	}
	if (st == ST_OK) {
		list_connections(c, count);
		st = node_net_added(n, &a, &added, &count);
	}
	for (uint32_t i = 0; st == ST_OK && i < count; i++)
		printf(BITCOIN "%-30s added by hand\n", added[i]);
	if (st == ST_OK)
		st = node_net_bans(n, &a, &b, &count);
	if (st == ST_OK)
		list_bans(b, count);
	arena_free(&a);
	return st == ST_OK ? 0 : cli_status(p, n, st);
}

static int unknown(const struct opt_program *p, const struct who *w)
{
	return opt_failed(p, "%s is not known here.", w->text);
}

static int wrong_kind(const struct opt_program *p, const char *verb,
		      const char *wanted)
{
	return opt_usage(p, "%s takes %s", verb, wanted);
}

static int add(const struct opt_program *p, struct node *n, const struct who *w)
{
	int64_t id;
	bool added = true;
	enum status st;

	if (w->https) {
		st = peers_add(n, w->text, "operator", &id, &added);
	} else if (w->node[0]) {
		st = node_net_add(n, w->node);
		added = st == ST_OK;
		if (st == ST_DENIED)
			st = ST_OK;
	} else {
		return wrong_kind(p, "add", "https://HOST:PORT or bitcoin://HOST:PORT");
	}
	if (st == ST_FULL)
		return opt_failed(p, "Too many peers wait for their first "
				     "contact: remove some.");
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s %s.\n", w->text, added ? "was added" : "was known already");
	return 0;
}

static int drop(const struct opt_program *p, struct node *n, const struct who *w)
{
	enum status st;

	if (w->https)
		st = peers_remove(n, w->text);
	else if (w->node[0])
		st = node_net_remove(n, w->node);
	else
		return wrong_kind(p, "remove",
				  "https://HOST:PORT or bitcoin://HOST:PORT");
	if (st == ST_NOT_FOUND)
		return unknown(p, w);
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s was removed.\n", w->text);
	return 0;
}

static int ban(const struct opt_program *p, struct node *n, const struct who *w)
{
	struct peer_info peer;
	enum status st;

	if (w->is_range) {
		st = node_net_ban(n, &w->range, node_now_s(n) + NODE_BAN_S,
				  "by the operator");
		if (st == ST_DENIED)
			return opt_failed(p, "%s is banned already.", w->text);
	} else if (w->https) {
		st = peers_get(n, w->text, &peer);
		if (st == ST_OK)
			st = peers_ban(n, peer.id, "by the operator");
	} else {
		return wrong_kind(p, "ban", "https://HOST:PORT, an IP address or a "
					    "range of them");
	}
	if (st == ST_NOT_FOUND)
		return unknown(p, w);
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s is banned for a day.\n", w->text);
	return 0;
}

static int unban(const struct opt_program *p, struct node *n, const struct who *w)
{
	struct peer_info peer;
	enum status st;

	if (w->is_range) {
		st = node_net_unban(n, &w->range);
	} else if (w->https) {
		st = peers_get(n, w->text, &peer);
		if (st == ST_OK && peer.state != PEER_BANNED)
			st = ST_NOT_FOUND;
		if (st == ST_OK)
			st = peers_unban(n, peer.id);
	} else {
		return wrong_kind(p, "unban", "https://HOST:PORT, an IP address or a "
					      "range of them");
	}
	if (st == ST_NOT_FOUND)
		return opt_failed(p, "%s is not banned.", w->text);
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%s is banned no more.\n", w->text);
	return 0;
}

/* Its row: over HTTPS by URL, else with the port and then without. */
static enum status row_of(struct node *n, const struct who *w, struct peer_info *out)
{
	char url[PEERS_URL_MAX];
	char *colon;
	enum status st;

	if (w->https)
		return peers_get(n, w->text, out);
	snprintf(url, sizeof(url), BITCOIN "%.100s", w->node[0] ? w->node : w->text);
	st = peers_get(n, url, out);
	colon = strrchr(url, ':');
	if (st != ST_NOT_FOUND || !w->node[0] || !colon)
		return st;
	*colon = '\0';
	return peers_get(n, url, out);
}

static int score(const struct opt_program *p, struct node *n, const struct who *w)
{
	struct peer_info peer;
	enum status st = row_of(n, w, &peer);

	if (st == ST_NOT_FOUND)
		return unknown(p, w);
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%lld of -100 to 100, %lld failures in a row\n",
	       (long long)peer.score, (long long)peer.failures);
	return 0;
}

/* Whether a ban holds for what is asked about; all of them are said. */
static bool say_bans(const struct ban *b, uint32_t n, const struct who *w)
{
	struct net_subnet s;
	struct net_addr a;
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		bool is_it = w->is_range && net_subnet_parse(&s, b[i].subnet) &&
			     s.bits <= w->range.bits;

		if (is_it) {
			a = (struct net_addr){.net = w->range.net};
			memcpy(a.host, w->range.host, sizeof(a.host));
			is_it = net_subnet_has(&s, &a);
		}
		if (is_it)
			list_bans(&b[i], 1);
		any |= is_it;
	}
	return any;
}

static int why(const struct opt_program *p, struct node *n, const struct who *w)
{
	struct peer_info peer;
	struct connection c;
	struct ban *b;
	struct arena a;
	uint32_t count;
	bool any = false;
	enum status st = node_net_refresh(n, REFRESH_MS);

	arena_init(&a, ARENA_MAX);
	st = row_of(n, w, &peer);
	if (st == ST_OK) {
		list_https(&peer, 1);
		any = true;
	}
	if (st == ST_OK || st == ST_NOT_FOUND)
		st = node_net_bans(n, &a, &b, &count);
	if (st == ST_OK) {
		any |= say_bans(b, count, w);
		st = node_net_find(n, w->node[0] ? w->node : w->text, &c);
	}
	if (st == ST_OK) {
		list_connections(&c, 1);
		any = true;
	}
	arena_free(&a);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return cli_status(p, n, st);
	return any ? 0 : unknown(p, w);
}

static const struct verb {
	const char *name;
	int (*run)(const struct opt_program *p, struct node *n, const struct who *w);
	bool reads;
} verbs[] = {
	{"add", add, false}, {"remove", drop, false}, {"ban", ban, false},
	{"unban", unban, false}, {"score", score, true}, {"why", why, true},
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* Returns -1, or the exit code after a sentence. */
static int read_who(const struct opt_program *p, const char *text, struct who *w)
{
	struct net_addr at;
	const char *reason;

	*w = (struct who){.text = text};
	if (net_subnet_parse(&w->range, text)) {
		w->is_range = true;
		return -1;
	}
	if (strncmp(text, BITCOIN, strlen(BITCOIN)) == 0) {
		const char *node = text + strlen(BITCOIN);

		if (!*node || strlen(node) > 60 || strpbrk(node, "/ \t"))
			return opt_usage(p, "%.100s is no node's address: say "
					 "bitcoin://HOST:PORT", text);
		snprintf(w->node, sizeof(w->node), "%s", node);
		if (net_addr_parse(&at, node, 1)) {
			w->range = net_subnet_of(&at);
			w->is_range = true;
		}
		return -1;
	}
	if (url_parse(&w->url, text, strlen(text), true, &reason) != ST_OK)
		return opt_usage(p, "%.100s is no node's address: %s", text, reason);
	w->https = true;
	w->text = w->url.text;
	return -1;
}

/* Returns -1 with *verb (NULL: list) and *w set, else the exit code. */
static int understand(const struct opt_program *p, const struct verb **verb,
		      struct who *w)
{
	*verb = NULL;
	if (!strcmp(p->operand[0], "list"))
		return p->n_operands == 1 ? -1
					  : opt_usage(p, "list takes no URL");
	for (size_t i = 0; i < N_VERBS; i++) {
		if (!strcmp(p->operand[0], verbs[i].name))
			*verb = &verbs[i];
	}
	if (!*verb)
		return opt_usage(p, "say list, add, remove, ban, unban, score or "
				    "why");
	if (p->n_operands != 2)
		return opt_usage(p, "%s takes one node", (*verb)->name);
	return read_who(p, p->operand[1], w);
}

int cmd_peers(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry peers",
		.operands = "list|add NODE|remove NODE|ban NODE|unban NODE|"
			    "score NODE|why NODE",
		.about = "Lists the other nodes, or adds, removes or bans one, or "
			 "says what is known against it. NODE is https://HOST:PORT, "
			 "bitcoin://HOST:PORT, an IP address or a range.",
		.opts = opts,
		.n_opts = 1,
		.min_operands = 1,
		.max_operands = 2,
	};
	const struct verb *verb = NULL;
	struct node *n = NULL;
	struct conf c;
	struct who w;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = understand(&p, &verb, &w);
	if (code < 0)
		code = cli_open(&p, &c, !verb || verb->reads, &n);
	if (code < 0)
		code = verb ? verb->run(&p, n, &w) : list(&p, n);
	node_close(n);
	conf_free(&c);
	return code;
}
