/* SPDX-License-Identifier: MIT */
/*
 * /sql: one statement over the v1_ views, from anybody.
 *
 *	GET  /sql?q=SELECT...	and POST /sql with the statement as body
 *	  format=json|csv	else by the Accept header; JSON
 *	  limit=N		the first N rows
 *	  explain=1		the plan instead of the result
 *	GET  /sql		the views with their columns, and the limits
 *
 * What a statement may do is node/lab/console.h's business. It runs in processes of
 * its own (fcgi_main.c), under an alarm: SQLite cannot interrupt a single call of
 * a function, so a process that is late in spite of all limits dies and another
 * takes its place. A result that must end early though the client did not ask for
 * it says "truncated" in JSON; CSV cannot say so and is broken off.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/http/api.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/sql/sql_write.h"
#include "node/lab/console.h"

#define BYTES_MAX ((size_t)64 << 20)
#define STEPS_PER_MS 200000u
/* beyond the time that is allowed */
#define ALARM_S 3

static struct sql_limits limits_of(const struct app *app, uint64_t rows)
{
	int64_t ms = conf_int(app->conf, CONF_SQL_TIME_MS);
	uint64_t most = (uint64_t)conf_int(app->conf, CONF_SQL_ROWS);

	return (struct sql_limits){
		.time_ms = ms,
		.steps = (uint64_t)ms * STEPS_PER_MS,
		.rows = (uint32_t)(rows && rows < most ? rows : most),
		.bytes = BYTES_MAX,
	};
}

static void put_alarm(const struct app *app)
{
	alarm((unsigned)(conf_int(app->conf, CONF_SQL_TIME_MS) / 1000) + ALARM_S);
}

/* The refusal of a statement, as an answer. */
static void refuse(struct response *rs, const struct request *rq,
		   const struct sql_result *r)
{
	switch (r->end) {
	case SQLEND_REFUSED:
		error_reply(rs, rq, 403, "sql-refused", "%s", r->why);
		break;
	case SQLEND_SLOW:
		error_reply(rs, rq, 408, "sql-slow", "%s", r->why);
		break;
	case SQLEND_LARGE:
		error_reply(rs, rq, 413, "sql-large", "%s", r->why);
		break;
	case SQLEND_WRONG:
		error_reply(rs, rq, 400, "sql-error", "%s", r->why);
		break;
	case SQLEND_DONE:
	case SQLEND_CUT:
	case SQLEND_UNWANTED:
		break;
	}
}

static void run(struct app *app, const struct request *rq, struct response *rs,
		struct bytes q, bool explain, bool csv, uint64_t rows)
{
	const struct sql_limits limits = limits_of(app, rows);
	int64_t begin_ms = clock_mono_ms();
	struct sql_writer sw;
	struct cell_sink sink = sql_writer_sink(&sw, rs, csv);
	struct sql_result r;
	enum status st = console_run(app->console, (const char *)q.p, q.len, explain,
				     &limits, &sink, &r);

	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	switch (r.end) {
	case SQLEND_CUT:
		if (csv && (!rows || r.rows < rows)) {
			rs->broken = rs->streamed;
			if (!rs->broken)
				error_reply(rs, rq, 413, "sql-large", "%s", r.why);
			return;
		}
		sql_writer_end(&sw, &r, clock_mono_ms() - begin_ms);
		return;
	case SQLEND_DONE:
		sql_writer_end(&sw, &r, clock_mono_ms() - begin_ms);
		return;
	case SQLEND_UNWANTED:
		rs->broken = true;
		return;
	case SQLEND_REFUSED:
	case SQLEND_WRONG:
	case SQLEND_SLOW:
	case SQLEND_LARGE:
		refuse(rs, rq, &r);
		return;
	}
}

static void list_views(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct sql_writer sw;
	struct cell_sink sink = sql_writer_sink(&sw, rs, false);
	struct sql_result r = {.end = SQLEND_DONE};
	enum status st = console_views(app->console, &sink);

	if (st != ST_OK)
		error_status(rs, rq, st);
	else
		sql_writer_end(&sw, &r, 0);
}

/* One state for the answer and for what it says about itself: between two looks
 * that agree nothing was committed. False when the answer is complete. */
static bool begin(struct app *app, const struct request *rq, struct response *rs)
{
	struct query_mark before, after;

	for (unsigned tries = 0; tries < 10; tries++) {
		enum status st = query_mark(app->node, &before);

		if (st == ST_OK && !api_mark(app, rq, rs))
			return false;
		if (st == ST_OK)
			st = console_begin(app->console);
		if (st == ST_OK)
			st = query_mark(app->node, &after);
		if (st != ST_OK) {
			error_status(rs, rq, st);
			return false;
		}
		if (memcmp(&before.tip, &after.tip, sizeof(after.tip)) == 0 &&
		    before.event == after.event)
			return true;
		console_end(app->console);
	}
	error_status(rs, rq, ST_BUSY);
	return false;
}

/* False with an answer when the parameters are wrong. */
static bool read_form(const struct request *rq, struct response *rs, bool *csv,
		      uint64_t *rows)
{
	const char *format = request_query(rq, "format");

	*csv = format ? strcmp(format, "csv") == 0
		      : strstr(rq->accept, "text/csv") != NULL;
	if (format && !*csv && strcmp(format, "json") != 0) {
		error_reply(rs, rq, 400, "bad-format", "format is json or csv.");
		return false;
	}
	if (!request_query_number(rq, "limit", 0, UINT32_MAX, rows)) {
		error_reply(rs, rq, 400, "bad-limit", "limit is a number of rows.");
		return false;
	}
	return true;
}

void sql_get(struct app *app, const struct request *rq, struct response *rs)
{
	const char *q = request_query(rq, "q"), *explain = request_query(rq, "explain");
	struct bytes sql = q ? bytes_of_text(q) : rq->body;
	uint64_t rows;
	bool csv;

	if (!app->console) {
		error_reply(rs, rq, 503, "sql-off", "SQL over HTTP is not switched "
			    "on here (the key sql_workers).");
		return;
	}
	if (!read_form(rq, rs, &csv, &rows) || !begin(app, rq, rs))
		return;
	rs->open = true;
	rs->type = csv ? TYPE_CSV : TYPE_JSON;
	put_alarm(app);
	if (sql.len == 0)
		list_views(app, rq, rs);
	else
		run(app, rq, rs, sql, explain && strcmp(explain, "1") == 0, csv, rows);
	alarm(0);
	console_end(app->console);
}
