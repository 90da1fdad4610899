/* SPDX-License-Identifier: MIT */
/* The types of schemas.def, for openapi.c. Texts are given with their length. */
#ifndef QUARRY_FCGI_OPS_OPENAPI_TYPE_H
#define QUARRY_FCGI_OPS_OPENAPI_TYPE_H

#include "json/write.h"

/* One word of a list: its name and what stands behind the mark that parts them. */
struct openapi_word {
	const char *name, *value;
	size_t name_len, value_len;
};

/* Takes the next word, parted at `part`; false at the end. */
bool openapi_word(const char **at, char part, struct openapi_word *out);
/* Whether the n bytes are that word. */
bool openapi_is(const char *text, size_t n, const char *word);

/* A schema object for a type; one that is not known is BUG(). */
void openapi_put_type(struct json_writer *w, const char *t, size_t n);
/* The member "$ref" to #/components/WHERE/NAME. */
void openapi_put_ref(struct json_writer *w, const char *where, const char *name,
		     size_t n);
/* The member "schemas" with all of them. */
void openapi_put_schemas(struct json_writer *w);

#endif
