/* SPDX-License-Identifier: MIT */
/* Files, lines, hex, JSON, and what a file's name says of its contents. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "tests/vectors/vectors.h"

char *vec_read(struct vec_run *r, const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	long n = -1;

	if (f && fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0 &&
	    fseek(f, 0, SEEK_SET) == 0 && (p = malloc((size_t)n + 1))) {
		*len = fread(p, 1, (size_t)n, f);
		p[*len] = '\0';
	}
	if (f)
		fclose(f);
	if (!p)
		vec_fail(r, "%s cannot be read", path);
	return p;
}

static bool take_until(struct bytes *at, char sep, struct bytes *piece)
{
	const uint8_t *end;

	if (!at->p)
		return false;
	end = memchr(at->p, sep, at->len);
	*piece = bytes_of(at->p, end ? (size_t)(end - at->p) : at->len);
	*at = end ? bytes_of(end + 1, at->len - piece->len - 1)
		  : bytes_of(NULL, 0);
	return true;
}

bool vec_line(struct bytes *at, struct bytes *line)
{
	if (!at->len || !take_until(at, '\n', line))
		return false;
	if (line->len && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool vec_field(struct bytes *line, char sep, struct bytes *field)
{
	return take_until(line, sep, field);
}

uint8_t *vec_unhex(struct bytes text, size_t *len)
{
	uint8_t *p = malloc(text.len / 2 + 1);

	*len = text.len / 2;
	if (p && (text.len % 2 ||
		  !hex_parse(p, *len, (const char *)text.p, text.len))) {
		free(p);
		return NULL;
	}
	return p;
}

json_t *vec_json(struct vec_run *r, const char *path)
{
	json_error_t e;
	json_t *v = json_load_file(path, 0, &e);

	if (!v)
		vec_fail(r, "line %d: %s", e.line, e.text);
	return v;
}

struct bytes vec_json_text(const json_t *v)
{
	const char *s = json_string_value(v);

	return s ? bytes_of(s, json_string_length(v)) : bytes_of("", 0);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool params_of_document(struct vec_run *r, struct params *p,
			       const char *path)
{
	char error[PARAMS_ERROR_SIZE] = "";
	size_t len;
	char *text = vec_read(r, path, &len);
	bool good;

	if (!text)
		return false;
	good = params_parse(p, text, len, error) == ST_OK;
	if (!good)
		vec_fail(r, "%s: %s", path, error);
	free(text);
	return good;
}

bool vec_params(struct vec_run *r, struct params *p)
{
	char name[32];

	snprintf(name, sizeof(name), "%s", base_name(r->path));
	name[strcspn(name, "_.-")] = '\0';
	if (r->network) {
		if (!params_builtin(p, r->network) &&
		    !params_of_document(r, p, r->network))
			return false;
	} else if (!params_builtin(p, name) && !params_builtin(p, "main")) {
		return false;
	}
	for (int i = 0; i < r->n_activation; i++) {
		if (!params_activate(p, r->activation[i])) {
			vec_fail(r, "--activation %s is not RULE@HEIGHT with "
				 "bip34, dersig, cltv, csv or segwit",
				 r->activation[i]);
			return false;
		}
	}
	return true;
}

int64_t vec_height(const struct vec_run *r)
{
	const char *s = base_name(r->path);

	if (r->height >= 0)
		return r->height;
	/* mainnet_170.raw, mainnet_000000_010236.raw, block-830000.raw */
	while ((s = strpbrk(s, "_-"))) {
		long long h;
		char *end;

		if (!isdigit((unsigned char)*++s))
			continue;
		h = strtoll(s, &end, 10);
		if ((!*end || strchr("_-.", *end)) && h < HEIGHT_NEVER)
			return h;
	}
	return -1;
}
