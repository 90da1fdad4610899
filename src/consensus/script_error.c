/* SPDX-License-Identifier: MIT */
/* Names and texts of script errors. */
#include "consensus/script_check.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
} errors[SCRIPT_ERR_COUNT] = {
	[SCRIPT_ERR_OK] = {"OK", "No error"},
#define S(code, name, text) [code] = {name, text},
#include "consensus/script_error.def"
#undef S
};

const char *script_error_name(enum script_error e)
{
	return errors[e].name;
}

const char *script_error_text(enum script_error e)
{
	return errors[e].text;
}

enum script_error script_error_by_name(const char *name)
{
	int e;

	for (e = 0; e < SCRIPT_ERR_COUNT; e++) {
		if (strcmp(errors[e].name, name) == 0)
			break;
	}
	return (enum script_error)e;
}
