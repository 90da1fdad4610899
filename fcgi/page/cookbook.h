/* SPDX-License-Identifier: MIT */
/* The questions of sql/cookbook, for the console's page. */
#ifndef QUARRY_FCGI_PAGE_COOKBOOK_H
#define QUARRY_FCGI_PAGE_COOKBOOK_H

struct recipe {
	const char *name;
	const char *question;
	const char *sql;
};

/* Made of sql/cookbook at build time, in the order of the names. */
extern const struct recipe cookbook[];
extern const unsigned cookbook_n;

#endif
