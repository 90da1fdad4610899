/* SPDX-License-Identifier: MIT */
/* Addresses of nodes: what is taken is taken again in its one spelling. */
#include "tests/fuzz/fuzz.h"

#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct url u, again;
	const char *why;

	if (url_parse(&u, (const char *)data, len, true, &why) != ST_OK)
		return 0;
	BUG_ON(url_parse(&again, u.text, strlen(u.text), true, &why) != ST_OK);
	BUG_ON(strcmp(u.text, again.text) != 0 || u.port != again.port ||
	       u.https != again.https || strcmp(u.host, again.host) != 0);
	BUG_ON(strpbrk(u.text + 8, "/?#@\\ %"));
	return 0;
}
