/* SPDX-License-Identifier: MIT */
#include "fcgi/html/page_template.h"

#include "base/bug.h"
#include "fcgi/html/page_escape.h"
#include "fcgi/html/page_filter.h"

#define SCOPES_MAX 24
#define PARTS_MAX 8

struct state {
	struct buf *out;
	const struct page_value *scope[SCOPES_MAX]; /* innermost last */
	unsigned n_scope;
	unsigned depth;			/* of parts */
	const char *body;		/* what {{>body}} is */
};

struct tag {
	char sort;			/* # ^ / > ! or a blank: a value */
	struct bytes name;
	struct bytes rest;		/* after the name: |filters, or a name */
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static struct bytes trimmed(struct bytes v)
{
	while (v.len && is_blank(v.p[0]))
		v = bytes_of(v.p + 1, v.len - 1);
	while (v.len && is_blank(v.p[v.len - 1]))
		v.len--;
	return v;
}

/* Cuts `text` at its next tag: what stands before it, and the tag; text becomes
 * what follows. False at the end (before: all of it) or, with *broken, when a tag
 * does not end. */
static bool next_tag(struct bytes *text, struct bytes *before, struct tag *tag,
		     bool *broken)
{
	const uint8_t *at = memmem(text->p, text->len, "{{", 2), *end;
	struct bytes in;
	size_t n;

	*broken = false;
	*before = *text;
	if (!at)
		return false;
	before->len = (size_t)(at - text->p);
	at += 2;
	end = memmem(at, (size_t)(text->p + text->len - at), "}}", 2);
	if (!end) {
		*broken = true;
		return false;
	}
	in = trimmed(bytes_of(at, (size_t)(end - at)));
	text->len -= (size_t)(end + 2 - text->p);
	text->p = end + 2;
	tag->sort = ' ';
	if (in.len && strchr("#^/>!", in.p[0])) {
		tag->sort = (char)in.p[0];
		in = trimmed(bytes_of(in.p + 1, in.len - 1));
	}
	for (n = 0; n < in.len && in.p[n] != '|' && !is_blank(in.p[n]); n++)
		;
	tag->name = bytes_of(in.p, n);
	tag->rest = trimmed(bytes_of(in.p + n, in.len - n));
	return true;
}

/* The inside of a section whose opening was just read; text becomes what follows
 * its end. */
static bool section(struct bytes *text, struct bytes name, struct bytes *inside)
{
	const uint8_t *begin = text->p;
	struct bytes before;
	struct tag tag;
	bool broken;
	unsigned depth = 0;

	while (next_tag(text, &before, &tag, &broken)) {
		if (!bytes_equal(tag.name, name))
			continue;
		if (tag.sort == '#' || tag.sort == '^')
			depth++;
		if (tag.sort == '/' && depth-- == 0) {
			*inside = bytes_of(begin,
					   (size_t)(before.p + before.len - begin));
			return true;
		}
	}
	return false;
}

static const struct page_value *look_up(const struct state *s, struct bytes name)
{
	const struct page_value *v = NULL;
	const char *p = (const char *)name.p;
	size_t n = 0;

	if (name.len == 1 && p[0] == '.')
		return s->scope[s->n_scope - 1];
	while (n < name.len && p[n] != '.')
		n++;
	for (unsigned i = s->n_scope; i-- > 0 && !v;)
		v = page_member(s->scope[i], p, n);
	while (v && n < name.len) {
		p += n + 1;
		name.len -= n + 1;
		for (n = 0; n < name.len && p[n] != '.';)
			n++;
		v = page_member(v, p, n);
	}
	return v;
}

static void put_value(struct state *s, const struct tag *tag)
{
	const struct page_value *v = look_up(s, tag->name);

	if (v && v->kind == PAGE_TEXT && !page_filter(s->out, v->text, tag->rest))
		BUG("a filter that is none in a template");
}

static const char *template_text(struct bytes name)
{
	for (unsigned i = 0; i < page_n_templates; i++)
		if (bytes_equal(name, bytes_of_text(page_templates[i].name)))
			return page_templates[i].text;
	return NULL;
}

static void render(struct state *s, struct bytes text);

static void enter(struct state *s, const struct page_value *v,
		  struct bytes inside)
{
	if (s->n_scope == SCOPES_MAX)
		BUG("templates nest too deep");
	s->scope[s->n_scope++] = v;
	render(s, inside);
	s->n_scope--;
}

static void put_part(struct state *s, const struct tag *tag)
{
	bool body = s->body && bytes_equal(tag->name, bytes_of_text("body"));
	const char *text = template_text(body ? bytes_of_text(s->body) : tag->name);
	const struct page_value *v = s->scope[s->n_scope - 1];

	if (!text || s->depth == PARTS_MAX)
		BUG("a part that is not there, or that nests too deep");
	if (tag->rest.len)
		v = look_up(s, tag->rest);
	if (!v)
		return;
	s->depth++;
	enter(s, v, bytes_of_text(text));
	s->depth--;
}

static void put_section(struct state *s, const struct tag *tag,
			struct bytes inside)
{
	const struct page_value *v = look_up(s, tag->name);

	if (tag->sort == '^') {
		if (!page_is_true(v))
			render(s, inside);
	} else if (!page_is_true(v)) {
		return;
	} else if (v->kind == PAGE_LIST) {
		for (v = v->first; v; v = v->next)
			enter(s, v, inside);
	} else if (v->kind == PAGE_GROUP) {
		enter(s, v, inside);
	} else {
		render(s, inside);
	}
}

static void render(struct state *s, struct bytes text)
{
	struct bytes before, inside;
	struct tag tag;
	bool broken;

	while (next_tag(&text, &before, &tag, &broken)) {
		buf_bytes(s->out, before);
		if (tag.sort == ' ') {
			put_value(s, &tag);
		} else if (tag.sort == '>') {
			put_part(s, &tag);
		} else if (tag.sort == '#' || tag.sort == '^') {
			if (!section(&text, tag.name, &inside))
				BUG("a section of a template does not end");
			put_section(s, &tag, inside);
		} else if (tag.sort != '!') {
			BUG("a section of a template ends that did not begin");
		}
	}
	if (broken)
		BUG("a tag of a template does not end");
	buf_bytes(s->out, before);
}

void page_render_text(struct buf *out, const struct page_tree *t,
		      const char *text)
{
	struct state s = {.out = out, .scope = {&t->root}, .n_scope = 1};

	render(&s, bytes_of_text(text));
}

void page_render_part(struct buf *out, const struct page_tree *t,
		      const char *name)
{
	const char *text = template_text(bytes_of_text(name));

	if (!text)
		BUG("there is no such template");
	page_render_text(out, t, text);
}

void page_render(struct buf *out, const struct page_tree *t, const char *name)
{
	struct state s = {.out = out, .scope = {&t->root}, .n_scope = 1,
			  .body = name};
	const char *text = template_text(bytes_of_text("layout"));

	if (!text)
		BUG("there is no layout");
	render(&s, bytes_of_text(text));
}

/* --- for tests --- */

static const char *fault_of_tag(const struct tag *tag)
{
	if (tag->sort == ' ' && !page_filters_known(tag->rest))
		return "no such filter";
	if (tag->sort == '>' && !template_text(tag->name) &&
	    !bytes_equal(tag->name, bytes_of_text("body")))
		return "no such part";
	if (tag->sort != '!' && tag->name.len == 0)
		return "a tag without a name";
	return NULL;
}

static const char *fault_of(struct bytes text, unsigned depth)
{
	struct bytes before, inside;
	struct tag tag;
	bool broken;

	while (next_tag(&text, &before, &tag, &broken)) {
		const char *fault = fault_of_tag(&tag);

		if (fault)
			return fault;
		if (tag.sort == '/')
			return "a section ends that did not begin";
		if (tag.sort != '#' && tag.sort != '^')
			continue;
		if (!section(&text, tag.name, &inside))
			return "a section does not end";
		fault = depth < SCOPES_MAX / 2 ? fault_of(inside, depth + 1)
					       : "too deep";
		if (fault)
			return fault;
	}
	return broken ? "a tag does not end" : NULL;
}

const char *page_template_fault(const char *text)
{
	return fault_of(bytes_of_text(text), 0);
}
