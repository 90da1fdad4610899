/* SPDX-License-Identifier: MIT */
#include "feed/hook_new.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hex.h"
#include "crypto/rand.h"
#include "feed/event_want.h"
#include "node/query/query.h"

static enum status refuse(char why[HOOK_WHY_SIZE], const char *text)
{
	snprintf(why, HOOK_WHY_SIZE, "%s", text);
	return ST_USAGE;
}

/* Whether the filter can be understood, and where it begins. */
static enum status read_filter(struct hook *k, struct node *n, const char *filter,
			       char why[HOOK_WHY_SIZE])
{
	char no[EVENT_WHY_SIZE];
	struct event_want want;
	struct watches w;
	enum status st = watches_init(&w);

	if (st == ST_OK)
		st = event_want_text(&want, filter, node_params(n), &w, no);
	if (st == ST_USAGE)
		(void)refuse(why, no);
	if (st == ST_OK && want.resumed) {
		k->cursor = want.after;
		k->skip = want.skip;
	} else if (st == ST_OK) {
		st = query_last_event(n, &k->cursor);
	}
	if (st == ST_OK)
		event_want_drop(&want, &w);
	watches_free(&w);
	return st;
}

enum status hook_new(struct hook *k, struct node *n, const char *url,
		     const char *filter, const char *secret, bool allow_private,
		     char why[HOOK_WHY_SIZE])
{
	char path[HOOK_PATH_SIZE];
	const char *phrase = "";
	struct url base;
	enum status st;

	*k = (struct hook){.created = clock_wall_ms() / 1000};
	if (hook_url(url, allow_private, &base, path, &phrase) != ST_OK) {
		snprintf(why, HOOK_WHY_SIZE, "The address is refused: %s.", phrase);
		return ST_USAGE;
	}
	if (strlen(filter) >= sizeof(k->filter))
		return refuse(why, "The filter is too long.");
	if (*secret && !hex_parse(k->secret, sizeof(k->secret), secret,
				  strlen(secret)))
		return refuse(why, "A secret is 64 hexadecimal digits.");
	st = *secret ? ST_OK : rand_secret(k->secret, sizeof(k->secret));
	if (st == ST_OK)
		st = read_filter(k, n, filter, why);
	memcpy(k->url, url, strlen(url) + 1);
	memcpy(k->filter, filter, strlen(filter) + 1);
	return st;
}
