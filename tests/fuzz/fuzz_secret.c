/* SPDX-License-Identifier: MIT */
/* Cookie and Authorization headers: what is taken for a secret is one, written as
 * such; and writing it again gives the same. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <strings.h>

#include "accounts/role.h"
#include "accounts/secret.h"

static void check_cookie(const char *header, const char *name)
{
	char text[SECRET_TEXT_SIZE], again[SECRET_TEXT_SIZE + 20];
	struct secret s, t;

	if (!secret_of_cookie(&s, header, name))
		return;
	BUG_ON(!strstr(header, name));
	BUG_ON(!strcasestr(header, secret_text(text, &s)));
	snprintf(again, sizeof(again), "%s=%s", name, text);
	BUG_ON(!secret_of_cookie(&t, again, name));
	BUG_ON(memcmp(&s, &t, sizeof(s)) != 0);
}

static void check_bearer(const char *header)
{
	char text[SECRET_TEXT_SIZE];
	struct secret s;

	if (!secret_of_bearer(&s, header))
		return;
	BUG_ON(!secret_scheme(header, "Bearer"));
	BUG_ON(!strstr(header, SECRET_TOKEN_PREFIX));
	BUG_ON(!strcasestr(header, secret_text(text, &s)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char roles[ROLES_TEXT_SIZE], *text = malloc(len + 1);
	unsigned set, again;

	if (!text)
		return 0;
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	check_cookie(text, "__Host-quarry");
	check_cookie(text, "quarry");
	check_bearer(text);
	if (roles_parse(&set, text, strlen(text))) {
		roles_text(roles, set);
		BUG_ON(set > ROLES_ALL);
		BUG_ON(!roles_parse(&again, roles, strlen(roles)) || again != set);
	}
	free(text);
	return 0;
}
