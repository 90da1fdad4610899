/* SPDX-License-Identifier: MIT */
/*
 * What a page shows, as a tree of named values: texts, flags, groups and lists.
 * A page's C file fills the tree; the template (page_template.h) says how it
 * looks. Everything lives in the tree's arena; texts given are copied.
 *
 * Where memory is missing the tree remembers it (`failed`) and the functions go
 * on with nothing: look once at the end.
 */
#ifndef QUARRY_FCGI_HTML_PAGE_VALUE_H
#define QUARRY_FCGI_HTML_PAGE_VALUE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "primitives/hash.h"

enum page_kind {
	PAGE_TEXT,	/* true unless it is empty */
	PAGE_FLAG,
	PAGE_GROUP,	/* named members */
	PAGE_LIST,	/* groups in order; true unless it is empty */
};

struct page_value {
	const char *name;		/* "" in a list */
	enum page_kind kind;
	bool flag;
	struct bytes text;
	struct page_value *first, *last; /* members */
	struct page_value *next;	/* the sibling */
};

struct page_tree {
	struct arena *arena;
	struct page_value root;		/* a group */
	bool failed;
};

void page_tree_init(struct page_tree *t, struct arena *a);

/* Members of a group `in`. Names are literals: they are not copied. A `in` of NULL
 * does nothing. */
void page_text(struct page_tree *t, struct page_value *in, const char *name,
	       const char *text);
void page_bytes(struct page_tree *t, struct page_value *in, const char *name,
		struct bytes text);
void page_int(struct page_tree *t, struct page_value *in, const char *name,
	      int64_t v);
void page_flag(struct page_tree *t, struct page_value *in, const char *name,
	       bool flag);
/* With so many decimals; nothing when it is not finite. */
void page_real(struct page_tree *t, struct page_value *in, const char *name,
	       double v, int decimals);
/* Digits of n bytes; of a hash in the order people read. */
void page_hex(struct page_tree *t, struct page_value *in, const char *name,
	      const void *p, size_t n);
void page_hash(struct page_tree *t, struct page_value *in, const char *name,
	       const struct hash256 *h);
void page_format(struct page_tree *t, struct page_value *in, const char *name,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

struct page_value *page_group(struct page_tree *t, struct page_value *in,
			      const char *name);
struct page_value *page_list(struct page_tree *t, struct page_value *in,
			     const char *name);
/* The next element of a list, a group. */
struct page_value *page_item(struct page_tree *t, struct page_value *list);

/* The member of a group; NULL when there is none. */
const struct page_value *page_member(const struct page_value *group,
				     const char *name, size_t len);
/* Whether {{#name}} shows. NULL does not. */
bool page_is_true(const struct page_value *v);

#endif
