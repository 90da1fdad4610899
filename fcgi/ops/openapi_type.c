/* SPDX-License-Identifier: MIT */
/* Types as schema objects, and the objects of schemas.def. */
#include "fcgi/ops/openapi_type.h"

#include <stdio.h>

#include "base/bug.h"

static const struct schema {
	const char *name, *members, *about;
} schemas[] = {
#define SCHEMA(n, m, a) {n, m, a},
#include "fcgi/ops/schemas.def"
#undef SCHEMA
};

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

bool openapi_is(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(text, word, n) == 0;
}

void openapi_put_ref(struct json_writer *w, const char *where, const char *name,
		    size_t n)
{
	char text[96];

	snprintf(text, sizeof(text), "#/components/%s/%.*s", where, (int)n, name);
	json_put_str(w, "$ref", text);
}

static void put_number(struct json_writer *w, const char *type, const char *format)
{
	json_put_str(w, "type", type);
	json_put_str(w, "format", format);
}

/* The members of a schema object for a type without "|null". */
static void put_type(struct json_writer *w, const char *t, size_t n)
{
	if (n > 2 && memcmp(t + n - 2, "[]", 2) == 0) {
		json_put_str(w, "type", "array");
		json_key(w, "items");
		json_obj_begin(w);
		put_type(w, t, n - 2);
		json_obj_end(w);
	} else if (openapi_is(t, n, "int")) {
		put_number(w, "integer", "int64");
	} else if (openapi_is(t, n, "uint")) {
		put_number(w, "integer", "int64");
		json_put_int(w, "minimum", 0);
		json_put_int(w, "maximum", UINT32_MAX);
	} else if (openapi_is(t, n, "float")) {
		put_number(w, "number", "double");
	} else if (openapi_is(t, n, "bool")) {
		json_put_str(w, "type", "boolean");
	} else if (openapi_is(t, n, "text")) {
		json_put_str(w, "type", "string");
	} else if (openapi_is(t, n, "hash")) {
		json_put_str(w, "type", "string");
		json_put_str(w, "pattern", "^[0-9a-fA-F]{64}$");
	} else if (openapi_is(t, n, "hex")) {
		json_put_str(w, "type", "string");
		json_put_str(w, "pattern", "^([0-9a-fA-F]{2})*$");
	} else if (!openapi_is(t, n, "any")) {
		for (size_t i = 0;; i++) {
			if (i == COUNT(schemas))
				BUG("a type that is not in schemas.def");
			if (openapi_is(t, n, schemas[i].name))
				break;
		}
		openapi_put_ref(w, "schemas", t, n);
	}
}

void openapi_put_type(struct json_writer *w, const char *t, size_t n)
{
	bool null = n > 5 && memcmp(t + n - 5, "|null", 5) == 0;

	json_obj_begin(w);
	if (null) {
		/* beside a $ref nothing counts */
		json_put_bool(w, "nullable", true);
		json_key(w, "allOf");
		json_arr_begin(w);
		json_obj_begin(w);
		put_type(w, t, n - 5);
		json_obj_end(w);
		json_arr_end(w);
	} else {
		put_type(w, t, n);
	}
	json_obj_end(w);
}

bool openapi_word(const char **at, char part, struct openapi_word *out)
{
	size_t n, m;

	*at += strspn(*at, " ");
	n = strcspn(*at, " ");
	if (!n)
		return false;
	for (m = 0; m < n && (*at)[m] != part; m++)
		;
	out->name = *at;
	out->name_len = m;
	out->value = *at + m + (m < n);
	out->value_len = n - m - (m < n);
	*at += n;
	return true;
}

static bool may_miss(struct openapi_word *m)
{
	if (m->name[m->name_len - 1] != '?')
		return false;
	m->name_len--;
	return true;
}

static void put_key(struct json_writer *w, const char *name, size_t n)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)n, name);
	json_key(w, text);
}

static void put_schema(struct json_writer *w, const struct schema *s)
{
	const char *at = s->members;
	bool required = false;
	struct openapi_word m;

	json_key(w, s->name);
	json_obj_begin(w);
	json_put_str(w, "description", s->about);
	json_put_str(w, "type", "object");
	if (s->members[0] == '*') {
		openapi_word(&at, ':', &m);
		json_key(w, "additionalProperties");
		openapi_put_type(w, m.value, m.value_len);
		json_obj_end(w);
		return;
	}
	json_key(w, "properties");
	json_obj_begin(w);
	while (openapi_word(&at, ':', &m)) {
		required |= !may_miss(&m);
		put_key(w, m.name, m.name_len);
		openapi_put_type(w, m.value, m.value_len);
	}
	json_obj_end(w);
	if (required) {
		json_key(w, "required");
		json_arr_begin(w);
		for (at = s->members; openapi_word(&at, ':', &m);)
			if (!may_miss(&m))
				json_strn(w, m.name, m.name_len);
		json_arr_end(w);
	}
	json_obj_end(w);
}

void openapi_put_schemas(struct json_writer *w)
{
	json_key(w, "schemas");
	json_obj_begin(w);
	for (size_t i = 0; i < COUNT(schemas); i++)
		put_schema(w, &schemas[i]);
	json_obj_end(w);
}
