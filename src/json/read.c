/* SPDX-License-Identifier: MIT */
/*
 * Over Jansson, whose values are hidden behind struct json_value. Its own depth
 * limit is 2048 and it has no limit on the number of values, so one pass over
 * the bytes counts both before Jansson sees them.
 */
#include "json/read.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/log.h"
#include "json/write.h"
#include "primitives/amount.h"

static json_t *inner(const struct json_value *v)
{
	return (json_t *)(uintptr_t)v;
}

static const struct json_value *outer(const json_t *j)
{
	return (const struct json_value *)j;
}

/* Counts brackets and separators outside strings. What is no JSON may be
 * miscounted, but Jansson refuses that. */
static enum status scan(const char *p, size_t len, char *error)
{
	size_t depth = 0, values = 1;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (quoted) {
			if (p[i] == '\\')
				i++;
			else if (p[i] == '"')
				quoted = false;
			continue;
		}
		switch (p[i]) {
		case '"':
			quoted = true;
			break;
		case '[':
		case '{':
			values++;
			if (++depth > JSON_DEPTH_MAX) {
				snprintf(error, JSON_ERROR_SIZE,
					 "nested deeper than %d", JSON_DEPTH_MAX);
				return ST_TOO_BIG;
			}
			break;
		case ']':
		case '}':
			depth -= depth > 0;
			break;
		case ',':
			values++;
			break;
		}
	}
	if (values > JSON_VALUES_MAX) {
		snprintf(error, JSON_ERROR_SIZE, "more than %d values",
			 JSON_VALUES_MAX);
		return ST_TOO_BIG;
	}
	return ST_OK;
}

enum status json_doc_parse(struct json_doc *d, const void *text, size_t len,
			   size_t max, char error[JSON_ERROR_SIZE])
{
	json_error_t why;
	enum status st;
	json_t *root;
	char safe[120];

	d->root = NULL;
	error[0] = '\0';
	if (len > max) {
		snprintf(error, JSON_ERROR_SIZE, "longer than %zu bytes", max);
		return ST_TOO_BIG;
	}
	st = scan(text, len, error);
	if (st != ST_OK)
		return st;
	root = json_loadb(text ? text : "", len,
			  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!root) {
		bool memory = json_error_code(&why) == json_error_out_of_memory;

		log_safe(safe, sizeof(safe), why.text, strlen(why.text));
		snprintf(error, JSON_ERROR_SIZE, "line %d column %d: %s",
			 why.line, why.column, safe);
		return memory ? ST_NOMEM : ST_PARSE;
	}
	d->root = outer(root);
	return ST_OK;
}

void json_doc_free(struct json_doc *d)
{
	json_decref(inner(d->root));
	d->root = NULL;
}

enum json_kind json_kind(const struct json_value *v)
{
	if (!v)
		return JSON_KIND_MISSING;
	switch (json_typeof(inner(v))) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_STR;
	case JSON_INTEGER:
		return JSON_KIND_INT;
	case JSON_REAL:
		return JSON_KIND_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_BOOL;
	case JSON_NULL:
		return JSON_KIND_NULL;
	}
	return JSON_KIND_MISSING;
}

const char *json_kind_text(enum json_kind k)
{
	static const char *const text[] = {
		[JSON_KIND_MISSING] = "missing", [JSON_KIND_NULL] = "null",
		[JSON_KIND_BOOL] = "a boolean",  [JSON_KIND_INT] = "an integer",
		[JSON_KIND_REAL] = "a number with a fraction",
		[JSON_KIND_STR] = "a string",    [JSON_KIND_ARRAY] = "an array",
		[JSON_KIND_OBJECT] = "an object",
	};

	return text[k];
}

const struct json_value *json_get(const struct json_value *v, const char *key)
{
	return outer(json_object_get(inner(v), key));
}

size_t json_count(const struct json_value *v)
{
	if (json_is_array(inner(v)))
		return json_array_size(inner(v));
	return json_object_size(inner(v));
}

const struct json_value *json_at(const struct json_value *v, size_t i)
{
	return outer(json_array_get(inner(v), i));
}

bool json_next(const struct json_value *v, void **pos, const char **key,
	       const struct json_value **item)
{
	json_t *j = inner(v);

	*pos = *pos ? json_object_iter_next(j, *pos) : json_object_iter(j);
	if (!*pos)
		return false;
	*key = json_object_iter_key(*pos);
	*item = outer(json_object_iter_value(*pos));
	return true;
}

bool json_as_str(const struct json_value *v, const char **s, size_t *len)
{
	if (!json_is_string(inner(v)))
		return false;
	*s = json_string_value(inner(v));
	*len = json_string_length(inner(v));
	return true;
}

bool json_as_int(const struct json_value *v, int64_t *n)
{
	if (!json_is_integer(inner(v)))
		return false;
	*n = json_integer_value(inner(v));
	return true;
}

bool json_as_bool(const struct json_value *v, bool *b)
{
	if (!json_is_boolean(inner(v)))
		return false;
	*b = json_is_true(inner(v));
	return true;
}

/* The shortest text that reads back as d: for any number of up to 15 digits the
 * digits it was written with; any amount of money up to 21 million has at most
 * 16 and is far enough from its neighbours to be found again. */
static void real_text(char out[40], double d)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, 40, "%.*g", digits, d);
		if (strtod(out, NULL) == d)
			return;
	}
}

bool json_is_negative(const struct json_value *v)
{
	return (json_kind(v) == JSON_KIND_INT &&
		json_integer_value(inner(v)) < 0) ||
	       (json_kind(v) == JSON_KIND_REAL && json_real_value(inner(v)) < 0);
}

bool json_as_sat(const struct json_value *v, int64_t *sat)
{
	char text[40];

	switch (json_kind(v)) {
	case JSON_KIND_INT:
		snprintf(text, sizeof(text), "%lld",
			 (long long)json_integer_value(inner(v)));
		break;
	case JSON_KIND_REAL:
		real_text(text, json_real_value(inner(v)));
		break;
	case JSON_KIND_STR:
		return amount_parse(sat, json_string_value(inner(v)),
				    json_string_length(inner(v)));
	case JSON_KIND_MISSING:
	case JSON_KIND_NULL:
	case JSON_KIND_BOOL:
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		return false;
	}
	return amount_parse(sat, text, strlen(text));
}

bool json_as_hash(const struct json_value *v, struct hash256 *h)
{
	struct hash256 got;
	const char *s;
	size_t len;

	if (!json_as_str(v, &s, &len) || !hash256_parse(&got, s, len))
		return false;
	*h = got;
	return true;
}

bool json_get_str(const struct json_value *v, const char *key, const char **s,
		  size_t *len)
{
	return json_as_str(json_get(v, key), s, len);
}

bool json_get_int(const struct json_value *v, const char *key, int64_t *n)
{
	return json_as_int(json_get(v, key), n);
}

bool json_get_bool(const struct json_value *v, const char *key, bool *b)
{
	return json_as_bool(json_get(v, key), b);
}

bool json_get_sat(const struct json_value *v, const char *key, int64_t *sat)
{
	return json_as_sat(json_get(v, key), sat);
}

bool json_get_hash(const struct json_value *v, const char *key,
		   struct hash256 *h)
{
	return json_as_hash(json_get(v, key), h);
}

const struct json_value *json_get_array(const struct json_value *v,
					const char *key)
{
	v = json_get(v, key);
	return json_kind(v) == JSON_KIND_ARRAY ? v : NULL;
}

const struct json_value *json_get_object(const struct json_value *v,
					 const char *key)
{
	v = json_get(v, key);
	return json_kind(v) == JSON_KIND_OBJECT ? v : NULL;
}

static void copy_members(struct json_writer *w, const struct json_value *v)
{
	const struct json_value *item;
	void *pos = NULL;
	const char *key;

	json_obj_begin(w);
	while (json_next(v, &pos, &key, &item)) {
		json_key(w, key);
		json_echo(w, item);
	}
	json_obj_end(w);
}

/* The depth of a parsed document is bounded, and with it this recursion. */
void json_echo(struct json_writer *w, const struct json_value *v)
{
	char text[40];

	switch (json_kind(v)) {
	case JSON_KIND_MISSING:
	case JSON_KIND_NULL:
		json_nil(w);
		return;
	case JSON_KIND_BOOL:
		json_bool(w, json_is_true(inner(v)));
		return;
	case JSON_KIND_INT:
		json_int(w, json_integer_value(inner(v)));
		return;
	case JSON_KIND_REAL:
		real_text(text, json_real_value(inner(v)));
		/* what was no integer does not become one */
		if (!strpbrk(text, ".e"))
			snprintf(text + strlen(text), 3, ".0");
		json_raw(w, text, strlen(text));
		return;
	case JSON_KIND_STR:
		json_strn(w, json_string_value(inner(v)),
			  json_string_length(inner(v)));
		return;
	case JSON_KIND_ARRAY:
		json_arr_begin(w);
		for (size_t i = 0; i < json_count(v); i++)
			json_echo(w, json_at(v, i));
		json_arr_end(w);
		return;
	case JSON_KIND_OBJECT:
		copy_members(w, v);
		return;
	}
}
