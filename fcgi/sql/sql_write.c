/* SPDX-License-Identifier: MIT */
/* See sql_write.h. */
#include "fcgi/sql/sql_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A cell, in quotes where it must be; an empty one differs from NULL. */
static void put_text(struct buf *b, struct bytes p)
{
	bool quote = p.len == 0;

	for (size_t i = 0; i < p.len && !quote; i++)
		quote = p.p[i] && strchr(",\"\r\n", p.p[i]);
	if (quote)
		buf_u8(b, '"');
	for (size_t i = 0; i < p.len; i++) {
		if (p.p[i] == '"')
			buf_u8(b, '"');
		buf_u8(b, p.p[i]);
	}
	if (quote)
		buf_u8(b, '"');
}

static void put_csv(struct buf *b, const struct cell *c)
{
	char text[40];

	switch (c->type) {
	case CELL_NULL:
		break;
	case CELL_INT:
		snprintf(text, sizeof(text), "%lld", (long long)c->i);
		buf_text(b, text);
		break;
	case CELL_REAL:
		snprintf(text, sizeof(text), "%.15g", c->r);
		buf_text(b, text);
		break;
	case CELL_TEXT:
		put_text(b, c->b);
		break;
	case CELL_BLOB:
		buf_hex(b, c->b.p, c->b.len);
		break;
	}
}

static void put_json(struct json_writer *w, const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:
		json_nil(w);
		break;
	case CELL_INT:
		json_int(w, c->i);
		break;
	case CELL_REAL:
		/* JSON has no infinity */
		if (isfinite(c->r))
			json_double(w, c->r);
		else
			json_nil(w);
		break;
	case CELL_TEXT:
		json_strn(w, c->b.p, c->b.len);
		break;
	case CELL_BLOB:
		json_hex(w, c->b.p, c->b.len);
		break;
	}
}

static bool put_columns(void *arg, const char *const *names, unsigned n)
{
	struct sql_writer *sw = arg;

	if (sw->csv) {
		for (unsigned i = 0; i < n; i++) {
			if (i)
				buf_u8(&sw->rs->body, ',');
			put_text(&sw->rs->body, bytes_of_text(names[i]));
		}
		buf_text(&sw->rs->body, "\r\n");
		return true;
	}
	json_begin(&sw->w, &sw->rs->body);
	json_obj_begin(&sw->w);
	json_key(&sw->w, "columns");
	json_arr_begin(&sw->w);
	for (unsigned i = 0; i < n; i++)
		json_str(&sw->w, names[i]);
	json_arr_end(&sw->w);
	json_key(&sw->w, "rows");
	json_arr_begin(&sw->w);
	return true;
}

static bool put_row(void *arg, const struct cell *cells, unsigned n)
{
	struct sql_writer *sw = arg;
	struct buf *b = &sw->rs->body;

	if (sw->csv) {
		for (unsigned i = 0; i < n; i++) {
			if (i)
				buf_u8(b, ',');
			put_csv(b, &cells[i]);
		}
		buf_text(b, "\r\n");
	} else {
		json_arr_begin(&sw->w);
		for (unsigned i = 0; i < n; i++)
			put_json(&sw->w, &cells[i]);
		json_arr_end(&sw->w);
	}
	response_drain(sw->rs);
	return !sw->rs->broken && buf_status(b) == ST_OK;
}

static bool is_wanted(void *arg)
{
	const struct sql_writer *sw = arg;

	return !sw->rs->gone || !sw->rs->gone(sw->rs->sink_arg);
}

struct cell_sink sql_writer_sink(struct sql_writer *sw, struct response *rs,
				 bool csv)
{
	sw->rs = rs;
	sw->csv = csv;
	return (struct cell_sink){
		.arg = sw,
		.columns = put_columns,
		.row = put_row,
		.wanted = is_wanted,
	};
}

void sql_writer_end(struct sql_writer *sw, const struct sql_result *r,
		    int64_t took_ms)
{
	if (sw->csv)
		return;
	json_arr_end(&sw->w);
	json_put_uint(&sw->w, "count", r->rows);
	json_put_bool(&sw->w, "truncated", r->end == SQLEND_CUT);
	json_put_int(&sw->w, "ms", took_ms);
	json_obj_end(&sw->w);
	buf_text(&sw->rs->body, "\n");
}
