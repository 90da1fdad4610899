/* SPDX-License-Identifier: MIT */
/* The filters of templates: see page_template.h. */
#ifndef QUARRY_FCGI_HTML_PAGE_FILTER_H
#define QUARRY_FCGI_HTML_PAGE_FILTER_H

#include "base/buf.h"

/* Appends the text, escaped, after the filters `|a|b` (or none). What is no number
 * passes a filter for numbers as it is. False when one is unknown. */
bool page_filter(struct buf *out, struct bytes text, struct bytes filters);
bool page_filters_known(struct bytes filters);

#endif
