/* SPDX-License-Identifier: MIT */
/* Reading goes line by line into a copy; what a file says is applied only when
 * all of it is right. */
#include "base/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bug.h"
#include "base/log.h"

struct key {
	const char *name;
	enum conf_kind kind;
	const char *fallback;
	int64_t min, max;
	const char *help;
};

static const struct key keys[CONF_COUNT] = {
#define K(id, name, kind, fallback, min, max, help) \
	[CONF_##id] = {name, kind, fallback, min, max, help},
#include "base/conf.def"
#undef K
};

void conf_init(struct conf *c)
{
	*c = (struct conf){0};
}

static void value_clear(struct conf_value *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->text[i]);
	free(v->text);
	*v = (struct conf_value){0};
}

void conf_free(struct conf *c)
{
	for (size_t k = 0; k < CONF_COUNT; k++)
		value_clear(&c->value[k]);
}

const char *conf_default_path(void)
{
	return QUARRY_SYSCONFDIR "/quarry/quarry.conf";
}

static bool parse_int(int64_t *out, const char *text)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || text[0] == ' ' || text[0] == '\t')
		return false;
	*out = n;
	return true;
}

static bool parse_bool(bool *out, const char *text)
{
	static const char *const yes[] = {"yes", "on", "true", "1"};
	static const char *const no[] = {"no", "off", "false", "0"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		*out = strcasecmp(text, yes[i]) == 0;
		if (*out || strcasecmp(text, no[i]) == 0)
			return true;
	}
	return false;
}

/* The rule a value breaks, as a phrase; false when it breaks none. */
static bool misfit(const struct key *key, const char *text, char *error)
{
	int64_t n;
	bool b;

	switch (key->kind) {
	case CONF_KIND_INT:
		if (parse_int(&n, text) && n >= key->min && n <= key->max)
			return false;
		snprintf(error, CONF_ERROR_SIZE, "is a number from %lld to %lld",
			 (long long)key->min, (long long)key->max);
		return true;
	case CONF_KIND_BOOL:
		if (parse_bool(&b, text))
			return false;
		snprintf(error, CONF_ERROR_SIZE, "is yes or no");
		return true;
	case CONF_KIND_TEXT:
	case CONF_KIND_LIST:
		if (*text)
			return false;
		snprintf(error, CONF_ERROR_SIZE, "must not be empty");
		return true;
	}
	return false;
}

static enum status put(struct conf *c, enum conf_key k, const char *text,
		       char *error)
{
	struct conf_value *v = &c->value[k];
	char **list;

	if (misfit(&keys[k], text, error))
		return ST_PARSE;
	if (keys[k].kind != CONF_KIND_LIST)
		value_clear(v);
	if (v->n == CONF_LIST_MAX) {
		snprintf(error, CONF_ERROR_SIZE, "is given more than %d times",
			 CONF_LIST_MAX);
		return ST_PARSE;
	}
	list = realloc(v->text, (v->n + 1) * sizeof(*list));
	if (list) {
		v->text = list;
		v->text[v->n] = strdup(text);
	}
	if (!list || !v->text[v->n]) {
		snprintf(error, CONF_ERROR_SIZE, "does not fit into memory");
		return ST_NOMEM;
	}
	v->n++;
	return ST_OK;
}

enum status conf_set(struct conf *c, enum conf_key k, const char *text,
		     char error[CONF_ERROR_SIZE])
{
	enum status st;

	if (!c->value[k].fixed)
		value_clear(&c->value[k]);
	st = put(c, k, text, error);
	c->value[k].fixed = st == ST_OK;
	return st;
}

static bool find_key(enum conf_key *k, const char *name)
{
	for (size_t i = 0; i < CONF_COUNT; i++) {
		if (strcmp(keys[i].name, name) == 0) {
			*k = (enum conf_key)i;
			return true;
		}
	}
	return false;
}

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r");
	n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* One line, which is changed. Returns a status with a phrase in error. */
static enum status parse_line(struct conf *c, char *line, char *error)
{
	char *name = trim(line), *text = strchr(name, '='), safe[80];
	enum conf_key k;

	if (!*name || *name == '#')
		return ST_OK;
	if (!text) {
		snprintf(error, CONF_ERROR_SIZE, "a line is `key = value`");
		return ST_PARSE;
	}
	*text++ = '\0';
	name = trim(name);
	log_safe(safe, sizeof(safe), name, strlen(name));
	if (!find_key(&k, name)) {
		snprintf(error, CONF_ERROR_SIZE, "there is no key `%s`", safe);
		return ST_PARSE;
	}
	if (c->value[k].n && keys[k].kind != CONF_KIND_LIST) {
		snprintf(error, CONF_ERROR_SIZE, "`%s` is given twice", safe);
		return ST_PARSE;
	}
	{
		char phrase[CONF_ERROR_SIZE];
		enum status st = put(c, k, trim(text), phrase);

		if (st != ST_OK)
			snprintf(error, CONF_ERROR_SIZE, "`%s` %.100s", safe, phrase);
		return st;
	}
}

/* Takes over from what a file said whatever no option has fixed. */
static void merge(struct conf *c, struct conf *file)
{
	for (size_t k = 0; k < CONF_COUNT; k++) {
		if (c->value[k].fixed || !file->value[k].n)
			continue;
		value_clear(&c->value[k]);
		c->value[k] = file->value[k];
		file->value[k] = (struct conf_value){0};
	}
}

enum status conf_parse(struct conf *c, const char *text, size_t len,
		       const char *path, char error[CONF_ERROR_SIZE])
{
	char line[2048], phrase[CONF_ERROR_SIZE];
	enum status st = ST_OK;
	struct conf file;
	size_t at = 0;
	int number = 0;

	conf_init(&file);
	while (st == ST_OK && at < len) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl ? (size_t)(nl - text) - at : len - at;

		number++;
		if (n >= sizeof(line) || memchr(text + at, '\0', n)) {
			snprintf(phrase, sizeof(phrase),
				 "a line has at most %zu characters of text",
				 sizeof(line) - 1);
			st = ST_PARSE;
		} else {
			memcpy(line, text + at, n);
			line[n] = '\0';
			st = parse_line(&file, line, phrase);
		}
		at += n + 1;
	}
	if (st == ST_OK)
		merge(c, &file);
	else
		snprintf(error, CONF_ERROR_SIZE, "%.200s line %d: %.180s.", path,
			 number, phrase);
	conf_free(&file);
	return st;
}

enum status conf_read(struct conf *c, const char *path,
		      char error[CONF_ERROR_SIZE])
{
	enum status st;
	char *text;
	size_t n;
	FILE *f;

	f = fopen(path, "re");
	if (!f) {
		snprintf(error, CONF_ERROR_SIZE,
			 "The configuration %.200s cannot be read: %s.", path,
			 strerror(errno));
		return errno == ENOENT ? ST_NOT_FOUND : ST_IO;
	}
	text = malloc(CONF_FILE_MAX + 1);
	n = text ? fread(text, 1, CONF_FILE_MAX + 1, f) : 0;
	st = !text ? ST_NOMEM : ferror(f) ? ST_IO : ST_OK;
	fclose(f);
	if (st == ST_OK && n > CONF_FILE_MAX)
		st = ST_TOO_BIG;
	if (st != ST_OK)
		snprintf(error, CONF_ERROR_SIZE,
			 "The configuration %.200s cannot be read: %s.", path,
			 status_text(st));
	else
		st = conf_parse(c, text, n, path, error);
	free(text);
	return st;
}

const char *conf_text(const struct conf *c, enum conf_key k)
{
	BUG_ON(keys[k].kind == CONF_KIND_LIST);
	return c->value[k].n ? c->value[k].text[0] : keys[k].fallback;
}

int64_t conf_int(const struct conf *c, enum conf_key k)
{
	int64_t n;

	BUG_ON(keys[k].kind != CONF_KIND_INT || !parse_int(&n, conf_text(c, k)));
	return n;
}

bool conf_bool(const struct conf *c, enum conf_key k)
{
	bool b;

	BUG_ON(keys[k].kind != CONF_KIND_BOOL || !parse_bool(&b, conf_text(c, k)));
	return b;
}

size_t conf_count(const struct conf *c, enum conf_key k)
{
	BUG_ON(keys[k].kind != CONF_KIND_LIST);
	return c->value[k].n;
}

const char *conf_at(const struct conf *c, enum conf_key k, size_t i)
{
	BUG_ON(i >= conf_count(c, k));
	return c->value[k].text[i];
}

const char *conf_name(enum conf_key k)
{
	return keys[k].name;
}

const char *conf_help(enum conf_key k)
{
	return keys[k].help;
}

const char *conf_fallback(enum conf_key k)
{
	return keys[k].fallback;
}

enum conf_kind conf_kind(enum conf_key k)
{
	return keys[k].kind;
}
