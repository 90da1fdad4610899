/* SPDX-License-Identifier: MIT */
/*
 * Configuration: quarry.conf and the options that stand for its keys.
 *
 * A file has lines `key = value`; empty lines and lines that begin with # are
 * skipped, blanks around key and value as well. conf.def lists the keys with
 * their kinds and fallbacks. An unknown key, a key given twice (unless it is a
 * list), a value out of its range: each is refused with one sentence that names
 * file and line. What was set by conf_set (an option) stays when a file is read
 * afterwards.
 */
#ifndef QUARRY_BASE_CONF_H
#define QUARRY_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define CONF_ERROR_SIZE 400
#define CONF_FILE_MAX 65536
#define CONF_LIST_MAX 1024

enum conf_key {
#define K(id, name, kind, fallback, min, max, help) CONF_##id,
#include "base/conf.def"
#undef K
	CONF_COUNT
};

enum conf_kind { CONF_KIND_TEXT, CONF_KIND_BOOL, CONF_KIND_INT, CONF_KIND_LIST };

struct conf_value {
	char **text;	/* one, or the elements of a list */
	size_t n;	/* 0: the fallback holds */
	bool fixed;	/* by an option */
};

struct conf {
	struct conf_value value[CONF_COUNT];
};

void conf_init(struct conf *c);
void conf_free(struct conf *c);

/* Where the file is when nobody says otherwise. */
const char *conf_default_path(void);
/* Reads a file; ST_NOT_FOUND when it is not there, ST_IO, ST_TOO_BIG,
 * ST_PARSE or ST_NOMEM, each with a sentence in error. */
NODISCARD enum status conf_read(struct conf *c, const char *path,
				char error[CONF_ERROR_SIZE]);
/* As conf_read for text; path is only for sentences. */
NODISCARD enum status conf_parse(struct conf *c, const char *text, size_t len,
				 const char *path, char error[CONF_ERROR_SIZE]);
/* Sets one key, or adds to a list; wins over files. ST_PARSE when the value is
 * not of the key's kind, with a phrase in error: "is a number from 1 to 9". */
NODISCARD enum status conf_set(struct conf *c, enum conf_key k, const char *text,
			       char error[CONF_ERROR_SIZE]);

/* Each only for keys of its kind. Texts live until conf_free or the next set. */
const char *conf_text(const struct conf *c, enum conf_key k);
int64_t conf_int(const struct conf *c, enum conf_key k);
bool conf_bool(const struct conf *c, enum conf_key k);
size_t conf_count(const struct conf *c, enum conf_key k);
const char *conf_at(const struct conf *c, enum conf_key k, size_t i);

const char *conf_name(enum conf_key k);
const char *conf_help(enum conf_key k);
const char *conf_fallback(enum conf_key k);
enum conf_kind conf_kind(enum conf_key k);

#endif
