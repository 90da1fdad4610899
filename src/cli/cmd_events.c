/* SPDX-License-Identifier: MIT */
/* quarry events: follows the event table of the file itself; a message a line, as
 * webhooks have them in their list. Needs no program that runs. */
#include <stdio.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "feed/event_feed.h"
#include "node/query/query.h"

#define ROWS_A_TIME 64
#define LOOK_MS 50
#define ARENA_MAX ((size_t)32 << 20)

struct follow {
	struct node *node;
	struct event_want want;
	struct event_feed feed;
	struct arena arena;
	int64_t last;		/* the newest row */
};

static void say(const char *name, int64_t id, uint32_t nth, const char *json)
{
	printf("{\"event\":\"%s\",\"id\":\"%lld-%u\",\"data\":%s}\n", name,
	       (long long)id, nth, json);
}

static void say_lost(struct event_want *w, int64_t next)
{
	char json[80];

	snprintf(json, sizeof(json), "{\"after\":%lld,\"next\":%lld}",
		 (long long)w->after, (long long)next);
	say("lost", next, 0, json);
	w->after = next - 1;
	w->skip = 0;
}

static enum status say_row(struct follow *f, const struct event_info *row)
{
	enum status st = event_feed_row(&f->feed, row);
	uint32_t nth = 0;

	for (uint32_t i = 0; st == ST_OK && i < f->feed.n; i++) {
		const struct event_item *e = &f->feed.item[i];

		if (event_item_for(e, f->want.kinds, f->want.watch, f->want.n) &&
		    ++nth > f->want.skip)
			say(e->name, row->id, nth, e->json);
	}
	if (st == ST_OK) {
		f->want.after = row->id;
		f->want.skip = 0;
	}
	return st;
}

/* All there are. */
static enum status catch_up(struct follow *f)
{
	struct event_info *row;
	uint32_t n = ROWS_A_TIME;
	enum status st = query_last_event(f->node, &f->last);

	if (st == ST_OK && f->want.after > f->last)
		say_lost(&f->want, f->last + 1);
	while (st == ST_OK && n == ROWS_A_TIME && !cli_stopped()) {
		arena_reset(&f->arena);
		st = query_events(f->node, f->want.after, ROWS_A_TIME, &f->arena,
				  &row, &n);
		for (uint32_t i = 0; st == ST_OK && i < n; i++) {
			if (event_is_gap(f->want.after, &row[i]))
				say_lost(&f->want, row[i].id);
			st = say_row(f, &row[i]);
		}
	}
	return st;
}

static enum status follow(struct follow *f, bool stay)
{
	enum status st = ST_OK;
	bool changed = true;

	if (!f->want.resumed)
		st = query_last_event(f->node, &f->want.after);
	while (st == ST_OK && !cli_stopped()) {
		if (changed)
			st = catch_up(f);
		/* whoever reads has gone */
		if (fflush(stdout) != 0 || !stay)
			break;
		clock_sleep_ms(LOOK_MS);
		if (st == ST_OK)
			st = node_changed(f->node, &changed);
	}
	return st;
}

static int run(const struct opt_program *p, const struct conf *c, const char *since,
	       bool stay)
{
	char why[EVENT_WHY_SIZE];
	struct follow f = {0};
	struct watches w;
	enum status st;
	int code = cli_open(p, c, true, &f.node);

	if (code >= 0)
		return code;
	st = watches_init(&w);
	if (st == ST_OK)
		st = event_want_text(&f.want, p->n_operands ? p->operand[0] : "",
				     node_params(f.node), &w, why);
	if (st == ST_USAGE) {
		code = opt_usage(p, "%s", why);
	} else if (st == ST_OK && since && !event_want_place(&f.want, since)) {
		code = opt_usage(p, "--since is the id of an event, as it is printed");
	} else if (st == ST_OK) {
		event_feed_init(&f.feed, f.node, &w);
		arena_init(&f.arena, ARENA_MAX);
		cli_catch_stop();
		st = follow(&f, stay);
		event_feed_free(&f.feed);
		arena_free(&f.arena);
	}
	if (code < 0)
		code = st == ST_OK ? 0 : cli_status(p, f.node, st);
	watches_free(&w);
	node_close(f.node);
	return code;
}

int cmd_events(int argc, char **argv)
{
	const char *since = NULL;
	bool now = false;
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("since", "ID", &since,
			 "begin after this event instead of at the newest"),
		OPT_FLAG("until-now", &now, "end when there is nothing more"),
	};
	struct opt_program p = {
		.name = "quarry events",
		.operands = "[FILTER]",
		.about = "Prints what happens, one JSON object a line, until it is "
			 "interrupted. FILTER is as the query of /events: "
			 "\"blocks&address=A\"; without it blocks.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.max_operands = 1,
	};
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = run(&p, &c, since, !now);
	conf_free(&c);
	return code;
}
