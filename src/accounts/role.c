/* SPDX-License-Identifier: MIT */
#include "accounts/role.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	"read", "broadcast", "wallet", "mine", "sql", "admin",
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

const char *role_name(unsigned i)
{
	return i < N_NAMES ? names[i] : NULL;
}

bool roles_parse(unsigned *out, const char *text, size_t len)
{
	const char *end = text + len;

	*out = 0;
	while (text < end) {
		const char *from = text, *stop;
		unsigned i = 0;

		while (text < end && *text != ',')
			text++;
		stop = text;
		while (from < stop && *from == ' ')
			from++;
		while (stop > from && stop[-1] == ' ')
			stop--;
		while (i < N_NAMES && (strlen(names[i]) != (size_t)(stop - from) ||
				       memcmp(names[i], from, (size_t)(stop - from))))
			i++;
		if (i < N_NAMES)
			*out |= 1u << i;
		else if (len != 4 || memcmp(end - len, "none", 4) != 0)
			return false;
		/* a comma stands between two */
		if (text < end && ++text == end)
			return false;
	}
	return true;
}

char *roles_text(char out[ROLES_TEXT_SIZE], unsigned roles)
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < N_NAMES; i++)
		if (roles & 1u << i)
			n += (size_t)snprintf(out + n, ROLES_TEXT_SIZE - n, "%s%s",
					      n ? "," : "", names[i]);
	return out;
}
