/* SPDX-License-Identifier: MIT */
#include "fcgi/html/page_value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"

void page_tree_init(struct page_tree *t, struct arena *a)
{
	*t = (struct page_tree){.arena = a, .root = {.name = "", .kind = PAGE_GROUP}};
}

static struct page_value *add(struct page_tree *t, struct page_value *in,
			      const char *name, enum page_kind kind)
{
	struct page_value *v = in ? arena_new(t->arena, struct page_value) : NULL;

	if (!v) {
		t->failed = t->failed || in;
		return NULL;
	}
	v->name = name;
	v->kind = kind;
	if (in->last)
		in->last->next = v;
	else
		in->first = v;
	in->last = v;
	return v;
}

/* Room for the text of a new member; NULL when there is none. */
static uint8_t *add_text(struct page_tree *t, struct page_value *in,
			 const char *name, size_t len)
{
	uint8_t *p = in ? arena_alloc(t->arena, len, 1) : NULL;
	struct page_value *v;

	if (!p) {
		t->failed = t->failed || in;
		return NULL;
	}
	v = add(t, in, name, PAGE_TEXT);
	if (!v)
		return NULL;
	v->text = bytes_of(p, len);
	return p;
}

void page_bytes(struct page_tree *t, struct page_value *in, const char *name,
		struct bytes text)
{
	uint8_t *p = add_text(t, in, name, text.len);

	if (p && text.len)
		memcpy(p, text.p, text.len);
}

void page_text(struct page_tree *t, struct page_value *in, const char *name,
	       const char *text)
{
	page_bytes(t, in, name, bytes_of_text(text));
}

void page_format(struct page_tree *t, struct page_value *in, const char *name,
		 const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	page_text(t, in, name, text);
}

void page_int(struct page_tree *t, struct page_value *in, const char *name,
	      int64_t v)
{
	page_format(t, in, name, "%lld", (long long)v);
}

void page_real(struct page_tree *t, struct page_value *in, const char *name,
	       double v, int decimals)
{
	if (isfinite(v))
		page_format(t, in, name, "%.*f", decimals, v);
}

void page_flag(struct page_tree *t, struct page_value *in, const char *name,
	       bool flag)
{
	struct page_value *v = add(t, in, name, PAGE_FLAG);

	if (v)
		v->flag = flag;
}

void page_hex(struct page_tree *t, struct page_value *in, const char *name,
	      const void *p, size_t n)
{
	char *text = arena_alloc(t->arena, 2 * n + 1, 1);
	struct page_value *v = text ? add(t, in, name, PAGE_TEXT) : NULL;

	if (!v) {
		t->failed = t->failed || in;
		return;
	}
	hex_text(text, p, n);
	v->text = bytes_of(text, 2 * n);
}

void page_hash(struct page_tree *t, struct page_value *in, const char *name,
	       const struct hash256 *h)
{
	char text[HASH_TEXT_SIZE];

	page_text(t, in, name, hash256_text(text, h));
}

struct page_value *page_group(struct page_tree *t, struct page_value *in,
			      const char *name)
{
	return add(t, in, name, PAGE_GROUP);
}

struct page_value *page_list(struct page_tree *t, struct page_value *in,
			     const char *name)
{
	return add(t, in, name, PAGE_LIST);
}

struct page_value *page_item(struct page_tree *t, struct page_value *list)
{
	return add(t, list, "", PAGE_GROUP);
}

const struct page_value *page_member(const struct page_value *group,
				     const char *name, size_t len)
{
	if (!group || group->kind != PAGE_GROUP)
		return NULL;
	for (const struct page_value *v = group->first; v; v = v->next)
		if (strncmp(v->name, name, len) == 0 && !v->name[len])
			return v;
	return NULL;
}

bool page_is_true(const struct page_value *v)
{
	if (!v)
		return false;
	switch (v->kind) {
	case PAGE_TEXT:
		return v->text.len > 0;
	case PAGE_FLAG:
		return v->flag;
	case PAGE_GROUP:
		return true;
	case PAGE_LIST:
		return v->first != NULL;
	}
	return false;
}
