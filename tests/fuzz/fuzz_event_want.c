/* SPDX-License-Identifier: MIT */
/* The filter of /events, as the query of a request: nothing is looked for twice,
 * refusals say why and leave nothing behind. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/event_want.h"

static const char *param(void *arg, const char *name)
{
	return strcmp(name, "REQUEST_METHOD") == 0 ? "GET" :
	       strcmp(name, "REQUEST_URI") == 0 ? arg : NULL;
}

static long no_body(void *arg, void *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return 0;
}

static struct params params;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char uri[REQUEST_URI_MAX], why[EVENT_WHY_SIZE] = "";
	const struct request_source src = {param, no_body, uri};
	struct request_fault fault;
	struct event_want want;
	struct request rq;
	struct watches w;
	struct arena a;

	if (len > sizeof(uri) - 9)
		len = sizeof(uri) - 9;
	memcpy(uri, "/events?", 8);
	memcpy(uri + 8, data, len);
	uri[8 + len] = '\0';
	BUG_ON(!params.name[0] && !params_builtin(&params, "regtest"));
	arena_init(&a, 1 << 20);
	if (watches_init(&w) == ST_OK && request_read(&rq, &src, &a, &fault)) {
		enum status st = event_want_read(&want, &rq,
						 &params, &w,
						 why);

		BUG_ON(st == ST_USAGE && !why[0]);
		if (st == ST_OK) {
			BUG_ON(!(want.kinds & WANT_ALWAYS));
			BUG_ON(want.n > EVENT_WATCHES_MAX);
			for (unsigned i = 0; i < want.n; i++)
				BUG_ON(!event_want_has(want.watch, want.n,
						       want.watch[i]) ||
				       (i && want.watch[i] == want.watch[i - 1]));
			event_want_drop(&want, &w);
		}
		for (unsigned k = 0; k < WATCH_KINDS; k++)
			BUG_ON(w.n[k] != 0);
	}
	watches_free(&w);
	arena_free(&a);
	return 0;
}
