/* SPDX-License-Identifier: MIT */
/* Certificates: written from the rows of votes, read back without any. */
#include "node/finality/finality.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "consensus/header_check.h"
#include "node/chain/finality_state.h"

#define FIRST_LINE "quarry finality certificate 1"

/* --- writing --- */

static enum status write_link(struct node *n, const struct point_row *from,
			      const struct point_row *to, struct buf *out)
{
	const struct vote link = {
		.source_height = from->height,
		.source = from->hash,
		.target_height = to->height,
		.target = to->hash,
	};
	char source[HASH_TEXT_SIZE], target[HASH_TEXT_SIZE];
	struct vote_list l = {0};
	enum status st = store_votes_of_link(n->db, &link, &l);

	buf_printf(out, "link %" PRIu32 " %s %" PRIu32 " %s\n", from->height,
		   hash256_text(source, &from->hash.h), to->height,
		   hash256_text(target, &to->hash.h));
	for (size_t i = 0; st == ST_OK && i < l.n; i++) {
		buf_text(out, "vote ");
		buf_hex(out, l.v[i].key, 32);
		buf_u8(out, ' ');
		buf_hex(out, l.v[i].sig, 64);
		buf_u8(out, '\n');
	}
	store_votes_free(&l);
	return st == ST_OK ? buf_status(out) : st;
}

struct child_search {
	const struct point_row *of;
	uint32_t interval;
	struct point_row found;
};

static enum status look_for_child(void *arg, const struct point_row *row)
{
	struct child_search *c = arg;

	if (row->source == c->of->id &&
	    row->height == c->of->height + c->interval)
		c->found = *row;
	return row->height > c->of->height + c->interval ? ST_CANCELLED : ST_OK;
}

/* The way of links from this block to the final one's child, as rows, the child
 * first; the caller frees it. ST_NOT_FOUND: the block is not on it. */
static enum status find_way(struct node *n, const struct point_row *child,
			    const struct blkid *from, struct point_row **way,
			    size_t *len)
{
	struct point_row row = *child;
	size_t room = 0;
	enum status st = ST_OK;

	*way = NULL;
	*len = 0;
	while (st == ST_OK) {
		if (*len == room) {
			struct point_row *p;

			room = room ? 2 * room : 64;
			p = realloc(*way, room * sizeof(*p));
			if (!p)
				return ST_NOMEM;
			*way = p;
		}
		(*way)[(*len)++] = row;
		if (hash256_equal(&row.hash.h, &from->h))
			return ST_OK;
		if (row.source == row.id)
			return ST_NOT_FOUND;
		st = store_point_by_id(n->db, row.source, &row);
	}
	return st;
}

static void write_evidence(const struct evidence_row *e, struct buf *out)
{
	uint8_t raw[2][VOTE_SIZE];

	vote_write(raw[0], &e->a);
	vote_write(raw[1], &e->b);
	buf_text(out, "evidence ");
	buf_hex(out, raw, sizeof(raw));
	buf_u8(out, '\n');
}

/* Evidence against those of the document's validators who are out by the set that
 * decides about links from here, and were not out before. */
static enum status write_left_out(struct finality_state *s,
				  const struct point_row *from,
				  struct finality_set *rest, struct buf *out)
{
	struct finality_view view = finality_view_of(s);
	struct evidence_row e = {{0}};
	const struct finality_set *set;
	enum status st = view.set(view.arg, &from->set[0], from->set_height[0],
				  &set);

	while (st == ST_OK &&
	       (st = store_evidence_next(s->n->db, e.key, &e)) == ST_OK) {
		if (!finality_member_of(rest, e.key) ||
		    finality_member_of(set, e.key))
			continue;
		write_evidence(&e, out);
		finality_set_without(rest, e.key);
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status write_all(struct finality_state *s, const struct point_row *way,
			     size_t len, struct buf *out)
{
	struct finality_set *rest = calloc(1, sizeof(*rest));
	char hash[HASH_TEXT_SIZE];
	enum status st = rest ? ST_OK : ST_NOMEM;

	hex_text(hash, s->n->params.document.b, 32);
	buf_printf(out, FIRST_LINE "\nchain %s\n", hash);
	if (st == ST_OK)
		finality_set_document(rest, &s->n->params);
	for (; st == ST_OK && len > 1; len--) {
		st = write_left_out(s, &way[len - 1], rest, out);
		if (st == ST_OK)
			st = write_link(s->n, &way[len - 1], &way[len - 2], out);
	}
	free(rest);
	return st;
}

static enum status write_certificate(struct node *n, const struct blkid *id,
				     const struct blkid *from, struct buf *out)
{
	struct child_search c = {.interval = n->params.finality_interval};
	struct finality_state *s = calloc(1, sizeof(*s));
	struct point_row *way = NULL, p;
	size_t len = 0;
	enum status st = s ? store_point_by_hash(n->db, id, &p) : ST_NOMEM;

	if (st == ST_OK && !p.final_at)
		st = ST_NOT_FOUND;
	if (st == ST_OK) {
		c.of = &p;
		st = store_points_above(n->db, p.height, look_for_child, &c);
		st = st == ST_CANCELLED ? ST_OK : st;
	}
	/* the genesis block is final by itself */
	if (st == ST_OK && !c.found.id && p.height)
		st = ST_NOT_FOUND;
	if (st == ST_OK && c.found.id)
		st = find_way(n, &c.found, from ? from : id, &way, &len);
	if (st == ST_OK)
		st = finality_load(s, n, false);
	if (st == ST_OK)
		st = write_all(s, way, len, out);
	free(way);
	if (s)
		finality_unload(s);
	free(s);
	return st;
}

enum status node_certificate(struct node *n, const struct blkid *id,
			     const struct blkid *from, struct buf *out)
{
	bool own;
	enum status st;

	if (!n->params.finality_interval)
		return ST_NOT_FOUND;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = write_certificate(n, id, from, out);
	node_read_end(n, own);
	return st == ST_OK ? buf_status(out) : st;
}

/* --- checking --- */

struct check {
	const struct params *p;
	struct finality_set set;
	struct vote link;		/* the one under way */
	bool has_link, counted;
	uint64_t weight;
	uint8_t last_key[32];		/* of its votes, which ascend */
	struct finality_mark at;	/* justified so far */
	struct finality_mark begin;	/* of the first link */
	unsigned links;
	struct finality_mark final;
	bool has_final;
	char *why;
};

static bool fail(struct check *c, const char *text)
{
	snprintf(c->why, 256, "%s", text);
	return false;
}

/* All votes of a link were read. */
static bool link_ends(struct check *c)
{
	if (!c->has_link || c->counted)
		return true;
	if (!finality_two_thirds(c->weight, c->set.total))
		return fail(c, "A link has not the votes of two thirds of the "
			       "weight.");
	if (c->link.target_height ==
	    c->link.source_height + c->p->finality_interval) {
		c->final = (struct finality_mark){c->link.source,
						  c->link.source_height};
		c->has_final = true;
	} else {
		c->has_final = false;
	}
	c->at = (struct finality_mark){c->link.target, c->link.target_height};
	return true;
}

/* A number and, behind a blank, a hash. */
static bool take_mark(const char **s, const char *end, uint32_t *height,
		      struct blkid *id)
{
	uint64_t h = 0;
	int digits = 0;

	while (*s < end && **s >= '0' && **s <= '9' && digits < 10) {
		h = h * 10 + (uint64_t)(**s - '0');
		(*s)++;
		digits++;
	}
	if (!digits || h > UINT32_MAX || end - *s < 65 || **s != ' ' ||
	    !hash256_parse(&id->h, *s + 1, 64))
		return false;
	*height = (uint32_t)h;
	*s += 65;
	return true;
}

static bool take_link(struct check *c, const char *s, const char *end)
{
	struct vote *v = &c->link;

	if (!link_ends(c))
		return false;
	if (!take_mark(&s, end, &v->source_height, &v->source) || s == end ||
	    *s++ != ' ' ||
	    !take_mark(&s, end, &v->target_height, &v->target) || s != end)
		return fail(c, "A line that begins with link is not two heights "
			       "with a hash each.");
	if (!c->links++)
		c->begin = (struct finality_mark){v->source, v->source_height};
	else if (v->source_height != c->at.height ||
		 !hash256_equal(&v->source.h, &c->at.id.h))
		return fail(c, "A link does not begin where the one before it "
			       "ends.");
	if (!finality_vote_form(v, c->p->finality_interval))
		return fail(c, "A link is not from one checkpoint's height to a "
			       "higher one's.");
	c->has_link = true;
	c->counted = false;
	c->weight = 0;
	memset(c->last_key, 0, 32);
	return true;
}

static bool take_vote(struct check *c, const char *s, const char *end)
{
	const struct finality_member *m;
	struct vote v = c->link;

	if (!c->has_link || c->counted || end - s != 64 + 1 + 128 || s[64] != ' ' ||
	    !hex_parse(v.key, 32, s, 64) || !hex_parse(v.sig, 64, s + 65, 128))
		return fail(c, "A line that begins with vote is not a key and a "
			       "signature below a link.");
	if (memcmp(c->last_key, v.key, 32) >= 0)
		return fail(c, "The votes of a link are not in the order of "
			       "their keys, each once.");
	memcpy(c->last_key, v.key, 32);
	/* another's vote weighs nothing, and need not be checked */
	m = finality_member_of(&c->set, v.key);
	if (!m)
		return true;
	if (!vote_signed(&v, &c->p->document))
		return fail(c, "A vote is not signed by its key for this chain.");
	c->weight += m->weight;
	return true;
}

/* Whoever contradicted himself votes no more. */
static bool take_evidence(struct check *c, const char *s, const char *end)
{
	uint8_t raw[2][VOTE_SIZE];
	struct vote a, b;

	if (!link_ends(c))
		return false;
	if (!hex_parse(raw, sizeof(raw), s, (size_t)(end - s)))
		return fail(c, "A line that begins with evidence is not two votes.");
	vote_read(&a, raw[0]);
	vote_read(&b, raw[1]);
	if (!vote_evidence_proves(&a, &b, &c->p->document))
		return fail(c, "What is called evidence proves nothing.");
	finality_set_without(&c->set, a.key);
	/* the link above it was counted with all */
	c->counted = true;
	return true;
}

static bool take_line(struct check *c, unsigned line, const char *s,
		      const char *end)
{
	char chain[65];

	if (line == 1)
		return ((size_t)(end - s) == strlen(FIRST_LINE) &&
			memcmp(s, FIRST_LINE, strlen(FIRST_LINE)) == 0) ||
		       fail(c, "This is no certificate of finality.");
	if (line == 2) {
		hex_text(chain, c->p->document.b, 32);
		return (end - s == 6 + 64 && memcmp(s, "chain ", 6) == 0 &&
			memcmp(s + 6, chain, 64) == 0) ||
		       fail(c, "The certificate is of another chain.");
	}
	if (end - s > 5 && memcmp(s, "link ", 5) == 0)
		return take_link(c, s + 5, end);
	if (end - s > 5 && memcmp(s, "vote ", 5) == 0)
		return take_vote(c, s + 5, end);
	if (end - s > 9 && memcmp(s, "evidence ", 9) == 0)
		return take_evidence(c, s + 9, end);
	return fail(c, "A line is neither a link nor a vote.");
}

/* Where it may begin. With two links or more it is a history, which must begin at
 * what the reader knows; a single one stands for itself: see finality.README. */
static bool begins_well(struct check *c, const struct certificate_trust *t)
{
	const struct blkid *known = t && t->from ? t->from : &c->p->genesis_id;

	if (c->links < 2 && !(t && t->from))
		return true;
	return hash256_equal(&c->begin.id.h, &known->h) ||
	       fail(c, "It begins at a block that is not the one known to be "
		       "final, nor the genesis block.");
}

static void take_trust(struct check *c, const struct certificate_trust *t)
{
	finality_set_document(&c->set, c->p);
	if (!t || !t->n)
		return;
	c->set.n = c->set.total = 0;
	for (uint32_t i = 0; i < t->n && i < FINALITY_MEMBERS_MAX; i++) {
		memcpy(c->set.member[i].key, t->validator[i].key, 32);
		c->set.member[i].weight = t->validator[i].weight;
		c->set.total += t->validator[i].weight;
		c->set.n++;
	}
}

bool node_certificate_check(const struct params *p, const char *text, size_t len,
			    const struct certificate_trust *trust,
			    struct finality_mark *final, char why[256])
{
	struct check *c = calloc(1, sizeof(*c));
	const char *end = text + len;
	unsigned line = 0;
	bool good = true;

	if (!c) {
		snprintf(why, 256, "Out of memory.");
		return false;
	}
	c->p = p;
	c->why = why;
	c->at.id = p->genesis_id;
	take_trust(c, trust);
	if (!p->finality_interval)
		good = fail(c, "The chain's document chooses no finality.");
	while (good && text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));

		good = take_line(c, ++line, text, nl ? nl : end);
		text = nl ? nl + 1 : end;
	}
	good = good && (line >= 2 || fail(c, "This is no certificate of "
					    "finality.")) && link_ends(c);
	if (good && c->has_link && !c->has_final)
		good = fail(c, "The last link does not lead to the next "
			       "checkpoint: it makes nothing final.");
	good = good && (!c->has_link || begins_well(c, trust));
	*final = c->has_link ? c->final :
			       (struct finality_mark){p->genesis_id, 0};
	free(c);
	return good;
}

bool node_headers_hold(const struct params *p, const uint8_t *raw, size_t len,
		       const struct finality_mark *mark, char why[256])
{
	struct blkid at, prev = {0};
	uint32_t n = (uint32_t)(len / HEADER_SIZE);

	if (len % HEADER_SIZE || len / HEADER_SIZE <= mark->height) {
		snprintf(why, 256, "The headers are not 80 bytes each, from the "
				   "genesis block to height %u at least.",
			 mark->height);
		return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *h = raw + (size_t)i * HEADER_SIZE;
		struct verdict v;
		struct header header;

		verdict_init(&v);
		header_read(&header, h);
		header_hash_raw(&at, h);
		if (i ? memcmp(h + 4, prev.h.b, 32) != 0 ||
			!header_check_work(p, &header, &at, &v)
		      : !hash256_equal(&at.h, &p->genesis_id.h)) {
			snprintf(why, 256, "The header of height %u does not "
					   "follow the one before it, or lacks "
					   "its work.", i);
			return false;
		}
		if (i == mark->height && !hash256_equal(&at.h, &mark->id.h)) {
			snprintf(why, 256, "The block is not in these headers: "
					   "at its height they have another.");
			return false;
		}
		prev = at;
	}
	return true;
}
