/* SPDX-License-Identifier: MIT */
/*
 * JSON from outside, bounded before it is parsed.
 *
 * A document is refused when it is longer than the caller allows, nests deeper
 * than JSON_DEPTH_MAX, has more than JSON_VALUES_MAX values (an empty object
 * costs a hundred times its two bytes), repeats a key, holds a NUL, an integer
 * outside 64 bits or text that is no UTF-8. What is left is a tree of values
 * that can only be asked for what it is: every getter says false, and leaves
 * its outputs alone, when the value is missing or of another type. An integer
 * is an integer: 1.0 and "1" are not.
 *
 * All getters take NULL for a missing value, so that they may be chained.
 */
#ifndef QUARRY_JSON_READ_H
#define QUARRY_JSON_READ_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"
#include "primitives/hash.h"

#define JSON_DEPTH_MAX 32
#define JSON_VALUES_MAX 65536
#define JSON_ERROR_SIZE 160

struct json_value;

struct json_doc {
	const struct json_value *root;	/* lives until json_doc_free */
};

enum json_kind {
	JSON_KIND_MISSING,
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_REAL,
	JSON_KIND_STR,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};

/* Parses exactly one value of any kind. ST_OK, ST_TOO_BIG (more than max bytes,
 * too deep, too many values), ST_PARSE or ST_NOMEM; then root is NULL and
 * `error` says in a few ASCII words where and why. */
NODISCARD enum status json_doc_parse(struct json_doc *d, const void *text,
				     size_t len, size_t max,
				     char error[JSON_ERROR_SIZE]);
/* Also after a failed parse. */
void json_doc_free(struct json_doc *d);

enum json_kind json_kind(const struct json_value *v);
/* "an integer", for sentences. */
const char *json_kind_text(enum json_kind k);

/* The member of an object; NULL when there is none or v is no object. */
const struct json_value *json_get(const struct json_value *v, const char *key);
/* Elements of an array or members of an object; else 0. */
size_t json_count(const struct json_value *v);
/* Element i of an array; NULL past its end or when v is no array. */
const struct json_value *json_at(const struct json_value *v, size_t i);
/* Walks an object's members in their order. *pos starts at NULL; false at the
 * end. key is NUL-terminated. */
bool json_next(const struct json_value *v, void **pos, const char **key,
	       const struct json_value **item);

/* The text lives in the document; a NUL follows it and none is in it. */
bool json_as_str(const struct json_value *v, const char **s, size_t *len);
bool json_as_int(const struct json_value *v, int64_t *n);
bool json_as_bool(const struct json_value *v, bool *b);
/* Whether it is a number below zero. */
bool json_is_negative(const struct json_value *v);
/* An amount in coins, a JSON number or a string of one, as satoshi. At most
 * eight decimals, at most 21 million, no sign. */
bool json_as_sat(const struct json_value *v, int64_t *sat);
/* Exactly 64 hexadecimal digits in the order people read hashes. */
bool json_as_hash(const struct json_value *v, struct hash256 *h);

/* The same for a member. */
bool json_get_str(const struct json_value *v, const char *key, const char **s,
		  size_t *len);
bool json_get_int(const struct json_value *v, const char *key, int64_t *n);
bool json_get_bool(const struct json_value *v, const char *key, bool *b);
bool json_get_sat(const struct json_value *v, const char *key, int64_t *sat);
bool json_get_hash(const struct json_value *v, const char *key,
		   struct hash256 *h);
/* The member when it is an array; else NULL. */
const struct json_value *json_get_array(const struct json_value *v,
					const char *key);
const struct json_value *json_get_object(const struct json_value *v,
					 const char *key);

struct json_writer;
/* Writes the value back, such as a client's request id. */
void json_echo(struct json_writer *w, const struct json_value *v);

#endif
