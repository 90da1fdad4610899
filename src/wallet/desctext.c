/* SPDX-License-Identifier: MIT */
/* Descriptors from text and to text. */
#include <stdio.h>

#include "base/hex.h"
#include "primitives/address.h"
#include "wallet/desctree.h"

struct reading {
	struct arena *arena;
	const struct params *params;
	const struct ec *ec;
	char *error;
};

static const char *const names[] = {
	[DESC_PK] = "pk", [DESC_PKH] = "pkh", [DESC_WPKH] = "wpkh",
	[DESC_COMBO] = "combo", [DESC_MULTI] = "multi",
	[DESC_SORTEDMULTI] = "sortedmulti", [DESC_MULTI_A] = "multi_a",
	[DESC_SORTEDMULTI_A] = "sortedmulti_a", [DESC_SH] = "sh",
	[DESC_WSH] = "wsh", [DESC_TR] = "tr", [DESC_RAWTR] = "rawtr",
	[DESC_ADDR] = "addr", [DESC_RAW] = "raw",
};

enum place { TOP, IN_SH, IN_WSH, IN_TR };

/* Keeps the first phrase, which shows at most 120 characters of the text. */
#define fail(r, fmt, len, text)                                                \
	((r)->error[0] ? 0                                                     \
		       : snprintf((r)->error, DESC_ERROR_SIZE, fmt,            \
				  (int)((len) > 120 ? 120 : (len)), text),     \
	 NULL)

/* Whether the text is NAME(...); then what is between the brackets. */
static bool is_call(const char *name, const char *s, size_t len,
		    const char **inner, size_t *inner_len)
{
	size_t n = strlen(name);

	if (len < n + 2 || memcmp(s, name, n) != 0 || s[n] != '(' ||
	    s[len - 1] != ')')
		return false;
	*inner = s + n + 1;
	*inner_len = len - n - 2;
	return true;
}

/* Up to the comma that ends the first argument at this level. */
static size_t argument(const char *s, size_t len)
{
	int level = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '(' || s[i] == '{')
			level++;
		else if (s[i] == ')' || s[i] == '}')
			level--;
		else if (s[i] == ',' && level == 0)
			return i;
	}
	return len;
}

static struct descriptor *make(struct reading *r, enum desc_kind kind,
			       unsigned n_key)
{
	struct descriptor *d = arena_new(r->arena, struct descriptor);

	if (d)
		d->key = arena_calloc(r->arena, n_key + 1, sizeof(*d->key));
	if (!d || !d->key)
		return fail(r, "out of memory%.*s", 0, "");
	d->kind = kind;
	d->n_key = n_key;
	return d;
}

static bool read_key(struct reading *r, struct desc_key *k, const char *func,
		     const char *s, size_t len, enum place at)
{
	char error[DESC_ERROR_SIZE];
	enum desc_key_place place = at == IN_WSH ? DESC_KEY_COMPRESSED
				  : at == IN_TR	 ? DESC_KEY_XONLY
						 : DESC_KEY_ANY;

	if (desc_key_parse(k, r->params, r->ec, s, len, place, error))
		return true;
	if (!r->error[0])
		snprintf(r->error, DESC_ERROR_SIZE, "%s(): %.170s", func, error);
	return false;
}

static struct descriptor *one_key(struct reading *r, enum desc_kind kind,
				  const char *func, const char *s, size_t len,
				  enum place at)
{
	struct descriptor *d = make(r, kind, 1);

	return d && read_key(r, &d->key[0], func, s, len, at) ? d : NULL;
}

static struct descriptor *multi(struct reading *r, enum desc_kind kind,
				const char *s, size_t len, enum place at)
{
	const char *func = names[kind];
	struct descriptor *d = make(r, kind, DESC_KEYS_MAX);
	size_t n = argument(s, len), script_size = 3;

	if (!d)
		return NULL;
	d->n_key = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' || n > 9)
			return fail(r, "Multi threshold '%.*s' is not valid", n, s);
		d->threshold = d->threshold * 10 + (unsigned)(s[i] - '0');
	}
	while (n < len) {
		s += n + 1;
		len -= n + 1;
		n = argument(s, len);
		if (d->n_key == DESC_KEYS_MAX)
			return fail(r, "Cannot have more than 20 keys in "
				    "multisig%.*s", 0, "");
		if (!read_key(r, &d->key[d->n_key], func, s, n, at))
			return NULL;
		script_size += 1 + d->key[d->n_key++].pub_len;
	}
	if (d->n_key == 0)
		return fail(r, "Cannot have 0 keys in multisig; must have between 1 "
			    "and 20 keys, inclusive%.*s", 0, "");
	if (d->threshold < 1)
		return fail(r, "Multisig threshold cannot be 0, must be at least "
			    "1%.*s", 0, "");
	if (d->threshold > d->n_key) {
		snprintf(r->error, DESC_ERROR_SIZE, "Multisig threshold cannot be "
			 "larger than the number of keys; threshold is %u but "
			 "only %u keys specified", d->threshold, d->n_key);
		return NULL;
	}
	if (at == TOP && d->n_key > 3) {
		snprintf(r->error, DESC_ERROR_SIZE, "Cannot have %u pubkeys in bare "
			 "multisig; only at most 3 pubkeys", d->n_key);
		return NULL;
	}
	if (at == IN_SH && script_size > SCRIPT_ELEMENT_MAX) {
		snprintf(r->error, DESC_ERROR_SIZE, "P2SH script is too large, %zu "
			 "bytes is larger than 520 bytes", script_size);
		return NULL;
	}
	return d;
}

/* A leaf or {tree,tree}; leaves are appended at *last. */
static bool tree(struct reading *r, const char *s, size_t len, unsigned depth,
		 struct descriptor ***last)
{
	const char *inner;
	size_t inner_len;

	if (depth > DESC_TREE_MAX)
		return fail(r, "tr() supports at most 128 nesting levels%.*s", 0,
			    "") != NULL;
	if (len > 2 && s[0] == '{' && s[len - 1] == '}') {
		size_t n = argument(s + 1, len - 2);

		if (n == len - 2)
			return fail(r, "tr(): expected ',' in '%.*s'", len, s) !=
			       NULL;
		return tree(r, s + 1, n, depth + 1, last) &&
		       tree(r, s + n + 2, len - n - 3, depth + 1, last);
	}
	if (is_call("pk", s, len, &inner, &inner_len))
		**last = one_key(r, DESC_PK, "pk", inner, inner_len, IN_TR);
	else if (is_call("multi_a", s, len, &inner, &inner_len))
		**last = multi(r, DESC_MULTI_A, inner, inner_len, IN_TR);
	else if (is_call("sortedmulti_a", s, len, &inner, &inner_len))
		**last = multi(r, DESC_SORTEDMULTI_A, inner, inner_len, IN_TR);
	else if (is_call("multi", s, len, &inner, &inner_len) ||
		 is_call("sortedmulti", s, len, &inner, &inner_len))
		return fail(r, "Can only have multi/sortedmulti at top level, in "
			    "sh(), or in wsh()%.*s", 0, "") != NULL;
	else
		return fail(r, "'%.*s' is not a valid descriptor function", len,
			    s) != NULL;
	if (!**last)
		return false;
	(**last)->depth = depth;
	*last = &(**last)->next;
	return true;
}

static struct descriptor *taproot(struct reading *r, const char *s, size_t len)
{
	size_t n = argument(s, len);
	struct descriptor *d = one_key(r, DESC_TR, "tr", s, n, IN_TR);
	struct descriptor **last;

	if (!d || n == len)
		return d;
	last = &d->sub;
	return tree(r, s + n + 1, len - n - 1, 0, &last) ? d : NULL;
}

static struct descriptor *address(struct reading *r, const char *s, size_t len)
{
	struct descriptor *d = make(r, DESC_ADDR, 0);
	struct buf b;

	buf_init(&b, 256);
	if (d && address_to_script(&b, r->params, s, len) != ADDRESS_OK)
		d = fail(r, "Address is not valid%.*s", 0, "");
	if (d) {
		d->script = bytes_of(arena_copy(r->arena, b.p, b.len), b.len);
		d = d->script.p ? d : NULL;
	}
	buf_free(&b);
	return d;
}

static struct descriptor *raw(struct reading *r, const char *s, size_t len)
{
	struct descriptor *d = make(r, DESC_RAW, 0);
	uint8_t *p = arena_array(r->arena, len / 2 + 1, uint8_t);

	if (!d || !p)
		return fail(r, "out of memory%.*s", 0, "");
	if (len % 2 || !hex_parse(p, len / 2, s, len))
		return fail(r, "Raw script is not hex%.*s", 0, "");
	d->script = bytes_of(p, len / 2);
	return d;
}

static struct descriptor *read_one(struct reading *r, const char *s, size_t len,
				   enum place at)
{
	struct descriptor *d;
	const char *in;
	size_t n;

	if (is_call("pk", s, len, &in, &n))
		return one_key(r, DESC_PK, "pk", in, n, at);
	if (is_call("pkh", s, len, &in, &n))
		return one_key(r, DESC_PKH, "pkh", in, n, at);
	if (is_call("combo", s, len, &in, &n))
		return at == TOP ? one_key(r, DESC_COMBO, "combo", in, n, at)
				 : fail(r, "Can only have combo() at top level%.*s",
					0, "");
	if (is_call("multi", s, len, &in, &n))
		return multi(r, DESC_MULTI, in, n, at);
	if (is_call("sortedmulti", s, len, &in, &n))
		return multi(r, DESC_SORTEDMULTI, in, n, at);
	if (is_call("multi_a", s, len, &in, &n) ||
	    is_call("sortedmulti_a", s, len, &in, &n))
		return fail(r, "Can only have multi_a/sortedmulti_a inside tr()"
			    "%.*s", 0, "");
	if (is_call("wpkh", s, len, &in, &n))
		return at == TOP || at == IN_SH
			       ? one_key(r, DESC_WPKH, "wpkh", in, n, IN_WSH)
			       : fail(r, "Can only have wpkh() at top level or "
				      "inside sh()%.*s", 0, "");
	if (is_call("sh", s, len, &in, &n) || is_call("wsh", s, len, &in, &n)) {
		bool wsh = s[0] == 'w';

		if (at != TOP && (!wsh || at != IN_SH))
			return fail(r, "Can only have %.*s", 44,
				    wsh ? "wsh() at top level or inside sh()"
					: "sh() at top level");
		d = make(r, wsh ? DESC_WSH : DESC_SH, 0);
		if (d)
			d->sub = read_one(r, in, n, wsh ? IN_WSH : IN_SH);
		return d && d->sub ? d : NULL;
	}
	if (is_call("addr", s, len, &in, &n))
		return at == TOP ? address(r, in, n)
				 : fail(r, "Can only have addr() at top level%.*s",
					0, "");
	if (is_call("tr", s, len, &in, &n))
		return at == TOP ? taproot(r, in, n)
				 : fail(r, "Can only have tr at top level%.*s", 0,
					"");
	if (is_call("rawtr", s, len, &in, &n))
		return at == TOP ? one_key(r, DESC_RAWTR, "rawtr", in, n, IN_TR)
				 : fail(r, "Can only have rawtr at top level%.*s",
					0, "");
	if (is_call("raw", s, len, &in, &n))
		return at == TOP ? raw(r, in, n)
				 : fail(r, "Can only have raw() at top level%.*s",
					0, "");
	if (at == IN_SH)
		return fail(r, "A function is needed within P2SH%.*s", 0, "");
	if (at == IN_WSH)
		return fail(r, "A function is needed within P2WSH%.*s", 0, "");
	return fail(r, "'%.*s' is not a valid descriptor function", len, s);
}

/* The text without its checksum, which is right or absent. */
static bool cut_checksum(struct reading *r, const char *s, size_t *len,
			 bool required)
{
	const char *mark = memchr(s, '#', *len);
	char sum[DESC_CHECKSUM_SIZE];
	size_t n = mark ? (size_t)(mark - s) : *len, left = *len - n;

	if (!mark && required)
		return fail(r, "Missing checksum%.*s", 0, "") != NULL;
	if (mark && memchr(mark + 1, '#', left - 1))
		return fail(r, "Multiple '#' symbols%.*s", 0, "") != NULL;
	if (mark && left != 9) {
		snprintf(r->error, DESC_ERROR_SIZE,
			 "Expected 8 character checksum, not %zu characters",
			 left - 1);
		return false;
	}
	if (!desc_checksum(sum, s, n))
		return fail(r, "Invalid characters in payload%.*s", 0, "") != NULL;
	if (mark && memcmp(mark + 1, sum, 8) != 0) {
		snprintf(r->error, DESC_ERROR_SIZE,
			 "Provided checksum '%.8s' does not match computed "
			 "checksum '%s'", mark + 1, sum);
		return false;
	}
	*len = n;
	return true;
}

struct descriptor *desc_parse(struct arena *a, const struct params *p,
			      const struct ec *ec, const char *text, size_t len,
			      bool required, char error[DESC_ERROR_SIZE])
{
	struct reading r = {a, p, ec, error};

	error[0] = '\0';
	if (!cut_checksum(&r, text, &len, required))
		return NULL;
	return read_one(&r, text, len, TOP);
}

/* --- to text --- */

struct writing {
	struct buf *out;
	const struct params *params;
	const struct ec *ec;
	bool single;		/* ranges become the key at an index */
	uint32_t index;
	bool good;
};

/* Inside tr() a public key without origin is written by its x coordinate. */
static void put_key(struct writing *w, const struct desc_key *k, bool xonly)
{
	uint8_t pub[65];
	size_t len;

	if (!w->single && !k->extended && xonly && k->pub_len == 33) {
		struct desc_key short_key = *k;

		memcpy(short_key.pub, k->pub + 1, 32);
		short_key.pub_len = 32;
		desc_key_text(w->out, &short_key, w->params, w->ec);
		return;
	}
	if (!w->single) {
		desc_key_text(w->out, k, w->params, w->ec);
		return;
	}
	len = desc_key_public(k, w->ec, w->index, pub);
	w->good = w->good && len;
	if (!len)
		return;
	desc_key_origin_text(w->out, k, w->index);
	if (xonly && len == 33)
		buf_hex(w->out, pub + 1, 32);
	else
		buf_hex(w->out, pub, len);
}

static void put(struct writing *w, const struct descriptor *d, bool xonly);

/* Leaves in order; brackets follow from the depths. */
static const struct descriptor *put_tree(struct writing *w,
					 const struct descriptor *leaf,
					 unsigned depth)
{
	if (!leaf)
		return NULL;
	if (leaf->depth == depth) {
		put(w, leaf, true);
		return leaf->next;
	}
	buf_text(w->out, "{");
	leaf = put_tree(w, leaf, depth + 1);
	buf_text(w->out, ",");
	leaf = put_tree(w, leaf, depth + 1);
	buf_text(w->out, "}");
	return leaf;
}

static void put(struct writing *w, const struct descriptor *d, bool xonly)
{
	char text[ADDRESS_TEXT_SIZE];

	buf_printf(w->out, "%s(", names[d->kind]);
	switch (d->kind) {
	case DESC_PK:
	case DESC_PKH:
	case DESC_WPKH:
	case DESC_COMBO:
		put_key(w, &d->key[0], xonly);
		break;
	case DESC_MULTI:
	case DESC_SORTEDMULTI:
	case DESC_MULTI_A:
	case DESC_SORTEDMULTI_A:
		buf_printf(w->out, "%u", d->threshold);
		for (unsigned i = 0; i < d->n_key; i++) {
			buf_text(w->out, ",");
			put_key(w, &d->key[i], xonly);
		}
		break;
	case DESC_SH:
	case DESC_WSH:
		put(w, d->sub, false);
		break;
	case DESC_TR:
	case DESC_RAWTR:
		put_key(w, &d->key[0], true);
		if (d->sub) {
			buf_text(w->out, ",");
			put_tree(w, d->sub, 0);
		}
		break;
	case DESC_ADDR:
		if (address_from_script(text, w->params, d->script))
			buf_text(w->out, text);
		break;
	case DESC_RAW:
		buf_hex(w->out, d->script.p, d->script.len);
		break;
	}
	buf_text(w->out, ")");
}

void desc_text(struct buf *out, const struct descriptor *d,
	       const struct params *p, const struct ec *ec)
{
	struct writing w = {out, p, ec, false, 0, true};
	size_t start = out->len;

	put(&w, d, false);
	desc_close(out, start);
}

bool desc_text_at(struct buf *out, const struct descriptor *d,
		  const struct params *p, const struct ec *ec, uint32_t index,
		  unsigned which)
{
	static const enum desc_kind kinds[] = {DESC_PK, DESC_PKH, DESC_WPKH,
					       DESC_WPKH};
	struct writing w = {out, p, ec, true, index, true};
	struct descriptor part = *d, sh = {.kind = DESC_SH, .sub = &part};
	size_t start = out->len;

	if (d->kind == DESC_COMBO)
		part.kind = kinds[which & 3];
	put(&w, d->kind == DESC_COMBO && which == 3 ? &sh : &part, false);
	desc_close(out, start);
	return w.good;
}
