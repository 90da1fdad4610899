/* SPDX-License-Identifier: MIT */
/*
 * Templates: the files of fcgi/pages, part of the program, filled with a page's values.
 *
 *	{{name}}		the text of a value, escaped (page_escape.h)
 *	{{name|filter}}		written another way first, and then escaped
 *	{{a.b}} {{.}}		a member of a group; the value in hand
 *	{{#name}} ... {{/name}}	if it is true; for a list once for each element,
 *				with that in hand; with a group in hand
 *	{{^name}} ... {{/name}}	if it is not
 *	{{>part}} {{>part name}} another template; with that value in hand, and
 *				not at all if there is none
 *	{{>body}}		in `layout`: the page's own template
 *	{{! words }}		nothing
 *
 * A name is looked for in what is in hand, then in what was in hand around it,
 * then in the page's values. A value that is not there is empty. There is no way
 * to put text into a page unescaped.
 *
 * Filters: n (1,234,567), coin and coin0 (of satoshi: the coins without zeros at
 * the end, and those zeros), size (of bytes: 1.2 MB), date and iso (of UNIX
 * seconds), head and tail (all but the last eight characters; those), url (for a
 * part of an address), block (keeps line ends), lower.
 */
#ifndef QUARRY_FCGI_HTML_PAGE_TEMPLATE_H
#define QUARRY_FCGI_HTML_PAGE_TEMPLATE_H

#include "base/buf.h"
#include "fcgi/html/page_value.h"

struct page_template {
	const char *name;	/* "block", "part/hash" */
	const char *text;
};

/* Made of fcgi/pages at build time. */
extern const struct page_template page_templates[];
extern const unsigned page_n_templates;
/* Changes with every template and every file of nginx/www. */
extern const char page_version[];

/* Appends the page `name` within the layout. */
void page_render(struct buf *out, const struct page_tree *t, const char *name);
/* Appends one template alone. */
void page_render_part(struct buf *out, const struct page_tree *t,
		      const char *name);
/* The same for a text that is no file's, for tests. */
void page_render_text(struct buf *out, const struct page_tree *t,
		      const char *text);
/* What is wrong with a template, NULL when nothing is. A wrong one is BUG() when
 * it is rendered. */
const char *page_template_fault(const char *text);

#endif
