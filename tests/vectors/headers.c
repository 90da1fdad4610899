/* SPDX-License-Identifier: MIT */
/*
 * headers: a run of headers, each judged on the branch of its parent as the
 * node would. Headers below the run are not known; where a rule would need one
 * (the median of the first ten, a retarget of a period cut off) that rule is
 * left out and the others are judged.
 * retargets: a sparse run, by the same functions.
 * asert: the published vectors of aserti3-2d.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "consensus/header_check.h"
#include "consensus/retarget.h"
#include "primitives/target.h"
#include "tests/vectors/vectors.h"

#define NO_PARENT UINT32_MAX

struct node {
	struct header h;
	struct blkid id;
	struct u256 work;
	uint32_t height;
	uint32_t parent;	/* index, or NO_PARENT */
};

struct run {
	struct node *node;	/* those without "fork:" stand in order first */
	uint32_t n, n_line;
	uint32_t tip;		/* whose branch header_at walks */
};

static enum status header_at(void *arg, uint32_t height, struct header *out)
{
	const struct run *c = arg;
	uint32_t i = c->tip;

	while (i != NO_PARENT && c->node[i].height > height) {
		/* on the line itself a node's place tells its height */
		if (i < c->n_line) {
			uint32_t down = c->node[i].height - height;

			i = down <= i ? i - down : NO_PARENT;
		} else {
			i = c->node[i].parent;
		}
	}
	if (i == NO_PARENT)
		return ST_NOT_FOUND;
	*out = c->node[i].h;
	return ST_OK;
}

/* Appends the header; false at the end of memory or of sense. */
static bool add_header(struct run *c, const uint8_t raw[HEADER_SIZE])
{
	struct node *n;

	if (!(c->n & (c->n - 1))) {
		n = realloc(c->node, (c->n ? 2 * (size_t)c->n : 1) * sizeof(*n));
		if (!n)
			return false;
		c->node = n;
	}
	n = &c->node[c->n++];
	header_read(&n->h, raw);
	header_hash_raw(&n->id, raw);
	n->parent = NO_PARENT;
	n->height = 0;
	return true;
}

static bool read_hex(struct run *c, struct vec_run *r, struct bytes text,
		     bool forks)
{
	struct bytes line;
	uint8_t raw[HEADER_SIZE];

	while (vec_line(&text, &line)) {
		bool fork = line.len > 5 && memcmp(line.p, "fork:", 5) == 0;

		if (fork)
			line = bytes_of(line.p + 5, line.len - 5);
		if (fork != forks || !line.len)
			continue;
		if (!hex_parse(raw, sizeof(raw), (const char *)line.p, line.len)) {
			vec_fail(r, "a line is not the hex of 80 bytes");
			return false;
		}
		if (!add_header(c, raw))
			return false;
	}
	return true;
}

static bool read_run(struct run *c, struct vec_run *r, struct bytes data)
{
	bool text = true;

	for (size_t i = 0; i < data.len && i < 2 * HEADER_SIZE; i++)
		text &= data.p[i] >= 0x20 || data.p[i] == '\n' ||
			data.p[i] == '\r';
	if (text) {
		if (!read_hex(c, r, data, false))
			return false;
		c->n_line = c->n;
		return read_hex(c, r, data, true);
	}
	if (data.len % HEADER_SIZE) {
		vec_fail(r, "%zu bytes are not headers of 80", data.len);
		return false;
	}
	for (size_t i = 0; i < data.len; i += HEADER_SIZE) {
		if (!add_header(c, data.p + i))
			return false;
	}
	c->n_line = c->n;
	return true;
}

/* Fills in parents and heights; the first header of the line has `first`. A
 * fork may also leave from the block before the line. */
static bool link_run(struct run *c, struct vec_run *r, uint32_t first)
{
	for (uint32_t i = 0; i < c->n; i++) {
		struct node *n = &c->node[i];
		uint32_t k = i;

		if (i == 0 || hash256_equal(&n->h.prev.h,
					    &c->node[0].h.prev.h)) {
			n->height = first;
			continue;
		}
		while (k-- > 0) {
			if (hash256_equal(&c->node[k].id.h, &n->h.prev.h))
				break;
		}
		if (k == UINT32_MAX || (i < c->n_line && k != i - 1)) {
			vec_fail(r, "header %" PRIu32 " does not follow", i);
			return false;
		}
		n->parent = k;
		n->height = c->node[k].height + 1;
	}
	return true;
}

static void judge(struct run *c, struct vec_run *r, const struct params *p,
		  uint32_t i)
{
	struct node *n = &c->node[i];
	struct chain_view view = {header_at, c, 0, {0}};
	struct verdict v;
	uint32_t bits;
	enum status st;

	verdict_init(&v);
	if (n->height == 0) {
		vec_check(r, hash256_equal(&n->id.h, &p->genesis_id.h),
			  "the first header is not the genesis of %s", p->name);
		return;
	}
	if (header_check_work(p, &n->h, &n->id, &v) && n->parent != NO_PARENT) {
		c->tip = n->parent;
		view.height = n->height - 1;
		view.parent = c->node[n->parent].h;
		/* the clock is not the data's matter */
		st = header_check_context(p, &view, &n->h, UINT32_MAX, &v);
		if (st == ST_NOT_FOUND &&
		    retarget_next_bits(p, &view, n->h.time, &bits) == ST_OK &&
		    bits != n->h.bits)
			v.code = V_BAD_DIFFBITS;
	}
	vec_check(r, v.code == VALID, "height %" PRIu32 ": %s: %s", n->height,
		  verdict_name(v.code), v.detail);
}

/* Without --height: a run from genesis, or from the block after it, says so
 * itself. */
static int64_t first_height(const struct run *c, const struct params *p,
			    const struct vec_run *r)
{
	int64_t h = vec_height(r);

	if (r->height < 0 && c->n) {
		if (hash256_equal(&c->node[0].id.h, &p->genesis_id.h))
			return 0;
		if (hash256_equal(&c->node[0].h.prev.h, &p->genesis_id.h))
			return 1;
	}
	return h;
}

static bool add_genesis(struct run *c, const struct params *p)
{
	uint8_t raw[HEADER_SIZE];
	struct node g;

	header_write(raw, &p->genesis);
	if (!add_header(c, raw))
		return false;
	g = c->node[c->n - 1];
	memmove(c->node + 1, c->node, (c->n - 1) * sizeof(g));
	c->node[0] = g;
	c->n_line++;
	return true;
}

int vec_headers(struct vec_run *r, char *const *files, int n)
{
	struct run c = {0};
	struct params p;
	uint32_t from = 0;
	int64_t first;
	size_t len;
	char *data = vec_read(r, files[0], &len);

	(void)n;
	if (!data || !vec_params(r, &p) ||
	    !read_run(&c, r, bytes_of(data, len)))
		goto out;
	first = first_height(&c, &p, r);
	if (first < 0) {
		vec_fail(r, "the first header's height is needed: --height N");
		goto out;
	}
	if (first == 1) {
		/* the genesis block is its parent, and not one of its cases */
		if (!add_genesis(&c, &p))
			goto out;
		first = 0;
		from = 1;
	}
	if (link_run(&c, r, (uint32_t)first)) {
		for (uint32_t i = from; i < c.n; i++)
			judge(&c, r, &p, i);
	}
out:
	free(c.node);
	free(data);
	return 1;
}

/* --- retargets --- */

static enum status sparse_at(void *arg, uint32_t height, struct header *out)
{
	const struct run *c = arg;

	for (uint32_t i = c->n; i-- > 0;) {
		if (c->node[i].height == height) {
			*out = c->node[i].h;
			return ST_OK;
		}
	}
	return ST_NOT_FOUND;
}

static bool read_row(struct run *c, struct bytes line)
{
	struct bytes f[3] = {{NULL, 0}};
	uint8_t raw[HEADER_SIZE], work[32];
	char height[12] = "", *end;

	for (int i = 0; i < 3; i++) {
		if (!vec_field(&line, ',', &f[i]))
			return false;
	}
	if (f[0].len >= sizeof(height) ||
	    !hex_parse(raw, sizeof(raw), (const char *)f[1].p, f[1].len) ||
	    !hex_parse(work, sizeof(work), (const char *)f[2].p, f[2].len) ||
	    !add_header(c, raw))
		return false;
	memcpy(height, f[0].p, f[0].len);
	c->node[c->n - 1].height = (uint32_t)strtoul(height, &end, 10);
	c->node[c->n - 1].work = u256_from_be(work);
	return !*end;
}

/* All that a row says: proof of work, bits after the row before it, and work:
 * the blocks between two rows of one period all have its bits. */
static bool row_good(struct run *c, const struct params *p, uint32_t i)
{
	struct node *n = &c->node[i], *before = i ? n - 1 : NULL;
	struct u256 work = target_work(n->h.bits);
	struct chain_view view = {sparse_at, c, 0, {0}};
	struct verdict v;
	uint32_t bits;

	verdict_init(&v);
	if (!header_check_work(p, &n->h, &n->id, &v))
		return false;
	if (!before)
		return true;
	if (n->height % p->retarget_interval == 0) {
		view.height = before->height;
		view.parent = before->h;
		if (before->height + 1 != n->height ||
		    !hash256_equal(&n->h.prev.h, &before->id.h) ||
		    retarget_next_bits(p, &view, n->h.time, &bits) != ST_OK ||
		    bits != n->h.bits)
			return false;
	} else if (n->h.bits != before->h.bits) {
		return false;
	}
	work = u256_mul64(&work, n->height - before->height);
	work = u256_add(&work, &before->work);
	return u256_cmp(&work, &n->work) == 0;
}

int vec_retargets(struct vec_run *r, char *const *files, int n)
{
	struct run c = {0};
	struct params p;
	struct bytes at, line;
	size_t len;
	char *data = vec_read(r, files[0], &len);

	(void)n;
	if (data && vec_params(r, &p)) {
		at = bytes_of(data, len);
		vec_line(&at, &line);	/* names of the columns */
		while (vec_line(&at, &line)) {
			if (!read_row(&c, line)) {
				vec_fail(r, "a row is not height,header,work");
				continue;
			}
			vec_check(r, row_good(&c, &p, c.n - 1),
				  "height %" PRIu32, c.node[c.n - 1].height);
		}
	}
	free(c.node);
	free(data);
	return 1;
}

/* --- asert --- */

static bool number_after(struct bytes line, const char *name, uint64_t *v)
{
	char text[200];
	const char *at;

	snprintf(text, sizeof(text), "%.*s", (int)line.len,
		 (const char *)line.p);
	at = strstr(text, name);
	if (!at)
		return false;
	*v = strtoull(at + strlen(name), NULL, 0);
	return true;
}

int vec_asert(struct vec_run *r, char *const *files, int n)
{
	uint64_t anchor_height = 0, anchor_time = 0, anchor_bits = 0;
	struct params p = {.spacing_s = 600, .asert_half_life_s = 172800,
			   .retarget = RETARGET_ASERT};
	struct bytes at, line;
	size_t len;
	char *data = vec_read(r, files[0], &len);

	(void)n;
	if (!data)
		return 1;
	/* Bitcoin Cash's limit: 2^224 - 1 */
	p.pow_limit = (struct u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX,
				     UINT32_MAX}};
	at = bytes_of(data, len);
	while (vec_line(&at, &line)) {
		unsigned long long height, time;
		uint32_t bits, got;
		char text[200];

		number_after(line, "anchor height: ", &anchor_height);
		number_after(line, "anchor ancestor time: ", &anchor_time);
		number_after(line, "anchor parent time: ", &anchor_time);
		number_after(line, "anchor nBits: ", &anchor_bits);
		if (!line.len || line.p[0] == '#')
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)line.len,
			 (const char *)line.p);
		if (sscanf(text, "%*u %llu %llu 0x%" SCNx32, &height, &time,
			   &bits) != 3) {
			vec_fail(r, "a row is not iteration height time bits");
			continue;
		}
		got = retarget_asert(&p, (uint32_t)anchor_bits,
				     (int64_t)(time - anchor_time),
				     (int64_t)(height - anchor_height));
		vec_check(r, got == bits, "height %llu: %08" PRIx32
			  " instead of %08" PRIx32, height, got, bits);
	}
	free(data);
	return 1;
}
