/* SPDX-License-Identifier: MIT */
/* What comes of a statement of somebody else's, as plain data; and how much of it
 * may. */
#ifndef QUARRY_BASE_SQLRESULT_H
#define QUARRY_BASE_SQLRESULT_H

#include <stdint.h>

#include "base/bytes.h"

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT, CELL_BLOB };

struct cell {
	enum cell_type type;
	int64_t i;		/* CELL_INT */
	double r;		/* CELL_REAL */
	struct bytes b;		/* CELL_TEXT (UTF-8) and CELL_BLOB */
};

/* Where a result goes. false from any of them ends the statement. */
struct cell_sink {
	void *arg;
	/* Once, before the first row. */
	bool (*columns)(void *arg, const char *const *names, unsigned n);
	bool (*row)(void *arg, const struct cell *cells, unsigned n);
	/* Asked now and then while a statement works: is anybody there to read? */
	bool (*wanted)(void *arg);
};

struct sql_limits {
	int64_t time_ms;
	uint64_t steps;
	uint32_t rows;
	size_t bytes;		/* of texts and blobs, and 8 for each cell */
};

enum sql_end {
	SQLEND_DONE,		/* all rows were delivered */
	SQLEND_CUT,		/* more than `rows` or `bytes` */
	SQLEND_REFUSED,	/* it may not do that */
	SQLEND_WRONG,		/* it is no statement SQLite understands */
	SQLEND_SLOW,		/* more than time_ms or steps */
	SQLEND_LARGE,		/* more than memory_bytes, or too long a value */
	SQLEND_UNWANTED,	/* the sink said so */
};

struct sql_result {
	enum sql_end end;
	uint32_t rows;
	char why[200];		/* printable; "" when done */
};

#endif
