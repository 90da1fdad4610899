/* SPDX-License-Identifier: MIT */
/* Writing: the stack of levels says where the next value stands. */
#include "json/write.h"

#include <math.h>
#include <stdio.h>

#include "base/bug.h"
#include "primitives/amount.h"

void json_begin(struct json_writer *w, struct buf *b)
{
	*w = (struct json_writer){.b = b};
}

/* What goes before a value: a comma between elements. */
static void value_begin(struct json_writer *w)
{
	BUG_ON(w->done);
	if (w->depth == 0)
		return;
	if (w->level[w->depth - 1].object) {
		BUG_ON(!w->after_key);
		w->after_key = false;
		return;
	}
	if (w->level[w->depth - 1].filled)
		buf_u8(w->b, ',');
	w->level[w->depth - 1].filled = true;
}

static void value_end(struct json_writer *w)
{
	if (w->depth == 0)
		w->done = true;
}

static void group_begin(struct json_writer *w, bool object)
{
	value_begin(w);
	BUG_ON(w->depth == JSON_WRITER_DEPTH);
	w->level[w->depth].object = object;
	w->level[w->depth].filled = false;
	w->depth++;
	buf_u8(w->b, object ? '{' : '[');
}

static void group_end(struct json_writer *w, bool object)
{
	BUG_ON(w->depth == 0 || w->after_key);
	w->depth--;
	BUG_ON(w->level[w->depth].object != object);
	buf_u8(w->b, object ? '}' : ']');
	value_end(w);
}

void json_obj_begin(struct json_writer *w)
{
	group_begin(w, true);
}

void json_obj_end(struct json_writer *w)
{
	group_end(w, true);
}

void json_arr_begin(struct json_writer *w)
{
	group_begin(w, false);
}

void json_arr_end(struct json_writer *w)
{
	group_end(w, false);
}

/* Length of the UTF-8 character at p (RFC 3629: shortest form, no surrogates,
 * up to U+10FFFF); 0 when there is none. */
static size_t utf8_length(const uint8_t *p, size_t left)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		n = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		n = 3;
		if (p[0] == 0xe0)
			low = 0xa0;
		if (p[0] == 0xed)
			high = 0x9f;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		n = 4;
		if (p[0] == 0xf0)
			low = 0x90;
		if (p[0] == 0xf4)
			high = 0x8f;
	} else {
		return 0;
	}
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	}
	return n;
}

static void escape_byte(struct buf *b, uint8_t c)
{
	static const char letter[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};

	buf_u8(b, '\\');
	if (c == '"' || c == '\\')
		buf_u8(b, c);
	else if (c < sizeof(letter) && letter[c])
		buf_u8(b, (uint8_t)letter[c]);
	else
		buf_printf(b, "u%04x", c);
}

static void quoted(struct buf *b, const void *text, size_t len)
{
	const uint8_t *p = text;
	size_t i = 0, plain = 0;

	buf_u8(b, '"');
	while (i < len) {
		size_t n = utf8_length(p + i, len - i);

		if (n && p[i] >= 0x20 && p[i] != 0x7f && p[i] != '"' && p[i] != '\\') {
			i += n;
			continue;
		}
		buf_add(b, p + plain, i - plain);
		if (n)
			escape_byte(b, p[i]);
		else
			buf_text(b, "\xef\xbf\xbd");
		plain = ++i;
	}
	buf_add(b, p + plain, i - plain);
	buf_u8(b, '"');
}

void json_key(struct json_writer *w, const char *key)
{
	BUG_ON(w->depth == 0 || !w->level[w->depth - 1].object || w->after_key);
	if (w->level[w->depth - 1].filled)
		buf_u8(w->b, ',');
	w->level[w->depth - 1].filled = true;
	quoted(w->b, key, strlen(key));
	buf_u8(w->b, ':');
	w->after_key = true;
}

void json_members(struct json_writer *w, const void *text, size_t len)
{
	BUG_ON(w->depth == 0 || !w->level[w->depth - 1].object || w->after_key);
	if (w->level[w->depth - 1].filled)
		buf_u8(w->b, ',');
	w->level[w->depth - 1].filled = true;
	buf_add(w->b, text, len);
}

void json_strn(struct json_writer *w, const void *s, size_t len)
{
	value_begin(w);
	quoted(w->b, s, len);
	value_end(w);
}

void json_str(struct json_writer *w, const char *s)
{
	json_strn(w, s, strlen(s));
}

void json_raw(struct json_writer *w, const void *text, size_t len)
{
	value_begin(w);
	buf_add(w->b, text, len);
	value_end(w);
}

static void raw_text(struct json_writer *w, const char *text)
{
	json_raw(w, text, strlen(text));
}

void json_int(struct json_writer *w, int64_t n)
{
	value_begin(w);
	buf_printf(w->b, "%lld", (long long)n);
	value_end(w);
}

void json_uint(struct json_writer *w, uint64_t n)
{
	value_begin(w);
	buf_printf(w->b, "%llu", (unsigned long long)n);
	value_end(w);
}

void json_bool(struct json_writer *w, bool b)
{
	raw_text(w, b ? "true" : "false");
}

void json_nil(struct json_writer *w)
{
	raw_text(w, "null");
}

void json_amount(struct json_writer *w, int64_t sat)
{
	char text[AMOUNT_TEXT_SIZE];

	raw_text(w, amount_text(text, sat));
}

void json_double(struct json_writer *w, double d)
{
	char text[40];

	if (!isfinite(d)) {
		json_nil(w);
		return;
	}
	snprintf(text, sizeof(text), "%.16g", d);
	raw_text(w, text);
}

void json_hex(struct json_writer *w, const void *p, size_t n)
{
	value_begin(w);
	buf_u8(w->b, '"');
	buf_hex(w->b, p, n);
	buf_u8(w->b, '"');
	value_end(w);
}

void json_hash(struct json_writer *w, const struct hash256 *h)
{
	uint8_t shown[32];

	hash256_to_display(shown, h);
	json_hex(w, shown, sizeof(shown));
}

void json_put_str(struct json_writer *w, const char *key, const char *s)
{
	json_key(w, key);
	json_str(w, s);
}

void json_put_int(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	json_int(w, n);
}

void json_put_uint(struct json_writer *w, const char *key, uint64_t n)
{
	json_key(w, key);
	json_uint(w, n);
}

void json_put_bool(struct json_writer *w, const char *key, bool b)
{
	json_key(w, key);
	json_bool(w, b);
}

void json_put_nil(struct json_writer *w, const char *key)
{
	json_key(w, key);
	json_nil(w);
}

void json_put_amount(struct json_writer *w, const char *key, int64_t sat)
{
	json_key(w, key);
	json_amount(w, sat);
}

void json_put_double(struct json_writer *w, const char *key, double d)
{
	json_key(w, key);
	json_double(w, d);
}

void json_put_hex(struct json_writer *w, const char *key, const void *p, size_t n)
{
	json_key(w, key);
	json_hex(w, p, n);
}

void json_put_hash(struct json_writer *w, const char *key,
		   const struct hash256 *h)
{
	json_key(w, key);
	json_hash(w, h);
}
