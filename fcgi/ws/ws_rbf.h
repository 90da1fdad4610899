/* SPDX-License-Identifier: MIT */
/*
 * Replacements in the pool as mempool's API tells of them: trees, each with the
 * transaction that took the place of all others in it at the top, newest first.
 */
#ifndef QUARRY_FCGI_WS_WS_RBF_H
#define QUARRY_FCGI_WS_WS_RBF_H

#include "fcgi/http/app.h"
#include "json/write.h"

enum ws_rbf {
	WS_RBF_ALL,		/* "rbfLatest" */
	WS_RBF_FULL,		/* the same of those where one did not signal (BIP125) */
	WS_RBF_SUMMARY,		/* "rbfLatestSummary": fees and sizes alone */
};

/* Puts the member. */
NODISCARD enum status ws_rbf_put(struct app *app, struct json_writer *w,
				 enum ws_rbf what);

#endif
