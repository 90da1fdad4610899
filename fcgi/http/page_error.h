/* SPDX-License-Identifier: MIT */
/* Errors as pages, for those who asked for HTML: error.c calls it. */
#ifndef QUARRY_FCGI_HTTP_PAGE_ERROR_H
#define QUARRY_FCGI_HTTP_PAGE_ERROR_H

#include "fcgi/http/response.h"

/* The status is set; the body is empty. */
void page_error(struct response *rs, const struct request *rq,
		const char *sentence);

#endif
