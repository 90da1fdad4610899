/* SPDX-License-Identifier: MIT */
/* Inside fetch: one request, and how curl's easy handle is set up for it. */
#ifndef QUARRY_REMOTE_FETCH_JOB_H
#define QUARRY_REMOTE_FETCH_JOB_H

#include <curl/curl.h>

#include "base/url.h"
#include "remote/fetch.h"

struct job {
	struct job *next;
	struct fetch *fetch;
	const struct net_guard *guard;
	CURL *easy;
	struct curl_slist *headers;
	struct blob *post;
	char base[URL_TEXT_SIZE];
	char path[FETCH_PATH_MAX];
	char header[FETCH_PATH_MAX];
	char type[FETCH_TYPE_MAX];
	char pin[TLS_PIN_SIZE];
	bool probe, slow_is_bad;
	int timeout_ms;
	size_t max_bytes, header_bytes;
	bool too_big;
	const char *refused;	/* by the guard */
	struct fetch_result result;
};

/* Makes j->easy. ST_DENIED for an address that is no normal one, ST_NOMEM or
 * ST_REMOTE; *why says more. */
NODISCARD enum status job_prepare(struct job *j, bool allow_http, int64_t timeout_ms,
				  const char **why);
/* What curl's end of the transfer means; fills j->result but for the body.
 * why: room for FETCH_WHY_SIZE. */
enum status job_outcome(struct job *j, CURLcode c, char *why);

#endif
