/* SPDX-License-Identifier: MIT */
/* A filter of /events or of a webhook: nothing is looked for twice,
 * refusals say why and leave nothing behind. */
#include "tests/fuzz/fuzz.h"

#include "feed/event_want.h"

static struct params params;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[EVENT_TEXT_MAX], why[EVENT_WHY_SIZE] = "";
	struct event_want want;
	struct watches w;

	if (len > sizeof(text) - 1)
		len = sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	BUG_ON(!params.name[0] && !params_builtin(&params, "regtest"));
	if (watches_init(&w) == ST_OK) {
		enum status st = event_want_text(&want, text, &params, &w, why);

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
	return 0;
}
