/* SPDX-License-Identifier: MIT */
/*
 * Results of SQL as JSON or CSV, row by row.
 *
 * JSON: {"columns":[...],"rows":[[...]...],...}; integers and reals as numbers,
 * texts as strings, blobs as lower-case hexadecimal strings, NULL as null.
 * CSV (RFC 4180): a line of names, lines end with CR LF, a cell is quoted where
 * it must be, NULL is an empty cell, an empty text is "".
 */
#ifndef QUARRY_FCGI_SQL_SQL_WRITE_H
#define QUARRY_FCGI_SQL_SQL_WRITE_H

#include "base/sqlresult.h"
#include "fcgi/http/response.h"
#include "json/write.h"

struct sql_writer {
	struct response *rs;
	bool csv;
	struct json_writer w;	/* inside of the array of rows */
};

/* The sink that writes into the answer; `sw` lives as long as it is used. */
struct cell_sink sql_writer_sink(struct sql_writer *sw, struct response *rs,
				 bool csv);
/* Ends the rows and, of JSON, the object, with how it went. */
void sql_writer_end(struct sql_writer *sw, const struct sql_result *r,
		    int64_t took_ms);

#endif
