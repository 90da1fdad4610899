/* SPDX-License-Identifier: MIT */
/* The table of verdict.def as functions. */
#include "primitives/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bug.h"

struct verdict_row {
	const char *reject;
	enum verdict_class class;
	const char *rule;
	const char *text;
};

static const struct verdict_row rows[VERDICT_COUNT] = {
	[VALID] = {"", VC_VALID, "", "Valid."},
#define V(code, reject, class, rule, text) [code] = {reject, class, rule, text},
#include "primitives/verdict.def"
#undef V
};

static const struct verdict_row *row(enum verdict_code code)
{
	BUG_ON((unsigned)code >= VERDICT_COUNT);
	return &rows[code];
}

bool verdict_refuse(struct verdict *v, enum verdict_code code, const char *fmt,
		    ...)
{
	va_list ap;

	BUG_ON(code == VALID);
	v->code = code;
	va_start(ap, fmt);
	vsnprintf(v->detail, sizeof(v->detail), fmt, ap);
	va_end(ap);
	return false;
}

const char *verdict_name(enum verdict_code code)
{
	return row(code)->reject;
}

enum verdict_class verdict_class(enum verdict_code code)
{
	return row(code)->class;
}

enum verdict_code verdict_by_reject(const char *reject)
{
	for (int i = VALID + 1; i < VERDICT_COUNT; i++) {
		if (!strcmp(rows[i].reject, reject))
			return (enum verdict_code)i;
	}
	return V_SCRIPT;
}

const char *verdict_rule(enum verdict_code code)
{
	return row(code)->rule;
}

const char *verdict_sentence(enum verdict_code code)
{
	return row(code)->text;
}

char *verdict_reject(char *out, size_t size, const struct verdict *v)
{
	bool script = v->code == V_SCRIPT || v->code == V_SCRIPT_POLICY;

	if (v->code == V_BAD_VERSION && v->detail[0])
		snprintf(out, size, "%s(%s)", verdict_name(v->code), v->detail);
	else if (script && v->detail[0])
		snprintf(out, size, "%s (%s)", verdict_name(v->code), v->detail);
	else if (v->code == V_PACKAGE_RBF_CLUSTER && v->detail[0])
		snprintf(out, size, "%s: %s", verdict_name(v->code), v->detail);
	else
		snprintf(out, size, "%s", verdict_name(v->code));
	return out;
}
