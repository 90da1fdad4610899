/* SPDX-License-Identifier: MIT */
/*
 * Which names stand where in a statement, told from its tokens alone.
 *
 * Does it give a common table expression a reserved name? That is NAME [(columns)]
 * AS [[NOT] MATERIALIZED] ( and such a row of tokens stands nowhere else in the
 * grammar. Does it name a table? There a doubled quote inside of a quoted name is
 * not undone: no table of ours has one.
 */
#include "db/db_console.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct tokens {
	const char *at, *end;
};

/* A token: kind is its first byte for single ones, 'a' for a word or a quoted
 * name or text (text is what is inside of the quotes), 0 at the end. */
struct token {
	char kind;
	const char *text;
	size_t len;
};

/* Newer SQLite takes it for a blank, older for a letter. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

static void skip_blanks(struct tokens *t)
{
	while (t->at < t->end) {
		const char *left = t->at;
		size_t n = (size_t)(t->end - left);

		if (isspace((unsigned char)*left)) {
			t->at++;
		} else if (n > 2 && memcmp(left, byte_order_mark, 3) == 0) {
			t->at += 3;
		} else if (n > 1 && left[0] == '-' && left[1] == '-') {
			const char *nl = memchr(left, '\n', n);

			t->at = nl ? nl + 1 : t->end;
		} else if (n > 1 && left[0] == '/' && left[1] == '*') {
			t->at += 2;
			while (t->end - t->at > 1 && (t->at[0] != '*' || t->at[1] != '/'))
				t->at++;
			t->at = t->end - t->at > 1 ? t->at + 2 : t->end;
		} else {
			return;
		}
	}
}

static struct token next(struct tokens *t)
{
	struct token k = {0};
	char close;

	skip_blanks(t);
	if (t->at == t->end)
		return k;
	k.text = t->at;
	switch (*t->at) {
	case '"':
	case '\'':
	case '`':
	case '[':
		close = *t->at == '[' ? ']' : *t->at;
		k.kind = 'a';
		k.text = ++t->at;
		/* a doubled quote only makes two texts of one, which is enough */
		while (t->at < t->end && *t->at != close)
			t->at++;
		k.len = (size_t)(t->at - k.text);
		t->at += t->at < t->end;
		return k;
	default:
		break;
	}
	if (!is_word_byte(*t->at)) {
		k.kind = *t->at++;
		k.len = 1;
		return k;
	}
	while (t->at < t->end && is_word_byte(*t->at))
		t->at++;
	k.kind = 'a';
	k.len = (size_t)(t->at - k.text);
	return k;
}

static bool is_word(const struct token *k, const char *word)
{
	return k->kind == 'a' && k->len == strlen(word) &&
	       strncasecmp(k->text, word, k->len) == 0;
}

/* What follows a name, up to the parenthesis of a definition. */
static bool defines(struct tokens t)
{
	struct token k = next(&t);
	unsigned depth = 0;

	if (k.kind == '(') {
		for (depth = 1; depth && k.kind; ) {
			k = next(&t);
			depth += k.kind == '(';
			depth -= k.kind == ')';
		}
		k = next(&t);
	}
	if (!is_word(&k, "as"))
		return false;
	k = next(&t);
	if (is_word(&k, "not"))
		k = next(&t);
	if (is_word(&k, "materialized"))
		k = next(&t);
	return k.kind == '(';
}

bool db_console_shadows(const char *sql, size_t len, const char *prefix)
{
	struct tokens t = {sql, sql + len};
	size_t n = strlen(prefix);

	for (;;) {
		struct token k = next(&t);

		if (!k.kind)
			return false;
		if (k.kind == 'a' && k.len >= n &&
		    strncasecmp(k.text, prefix, n) == 0 && defines(t))
			return true;
	}
}

bool db_console_names(const char *sql, size_t len, const char *table)
{
	struct tokens t = {sql, sql + len};
	struct token before = {0}, k;

	while ((k = next(&t)).kind) {
		bool place = before.kind == ',' || before.kind == '(' ||
			     before.kind == '.' || is_word(&before, "from") ||
			     is_word(&before, "join");

		if (place && is_word(&k, table))
			return true;
		before = k;
	}
	return false;
}
