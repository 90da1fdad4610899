/* SPDX-License-Identifier: MIT */
/* See presync.h. */
#include "node/chain/presync.h"

#include <stdlib.h>
#include <sys/random.h>

#include "consensus/header_check.h"
#include "consensus/retarget.h"
#include "crypto/siphash.h"
#include "node/chain/finality_state.h"
#include "node/core/events.h"
#include "node/core/priv.h"
#include "primitives/target.h"
#include "store/store_block.h"

/* As Bitcoin Core 28 computed them for its own headers. */
#define COMMIT_PERIOD 615
#define BUFFER_HEADERS 14621
#define STORE_AT_ONCE HEADERS_FULL
/* Median time past lets a chain grow by six blocks a second at most. */
#define BLOCKS_PER_S 6
#define NEAR_TIP_BLOCKS 144

struct presync {
	struct blkid start;		/* stored; both passes begin after it */
	uint32_t start_height, start_bits;
	struct u256 start_work, needed;
	struct siphash_key key;
	uint32_t offset;		/* heights % COMMIT_PERIOD that count */
	bool again;			/* the second pass */
	bool enough;			/* which has reached the work */

	/* of the pass at hand */
	struct blkid last;
	uint32_t height, bits;
	struct u256 work;
	uint32_t first_height;		/* that the first pass came to */

	uint8_t *bit;			/* one each, from the first pass */
	size_t n_bit, room, max_bit, at_bit;
	uint8_t *raw;			/* second pass: not stored yet */
	size_t n_raw;
};

void presync_free(struct presync *s)
{
	if (!s)
		return;
	free(s->bit);
	free(s->raw);
	free(s);
}

int64_t presync_height(const struct presync *s)
{
	return s ? (int64_t)s->first_height : -1;
}

static void drop(struct presync **s)
{
	presync_free(*s);
	*s = NULL;
}

static void rewind_to_start(struct presync *s)
{
	s->last = s->start;
	s->height = s->start_height;
	s->bits = s->start_bits;
	s->work = s->start_work;
}

static struct presync *begin(struct node *n, const struct block_row *start,
			     const struct u256 *needed)
{
	struct presync *s = calloc(1, sizeof(*s));
	int64_t age_s = node_now_s(n) + FUTURE_LIMIT_S - start->mtp;
	uint64_t random[3];

	/* at most 256 bytes never come short */
	if (!s || getrandom(random, sizeof(random), 0) != sizeof(random)) {
		free(s);
		return NULL;
	}
	s->key = (struct siphash_key){random[0], random[1]};
	s->offset = (uint32_t)(random[2] % COMMIT_PERIOD);
	s->max_bit = (size_t)(age_s > 0 ? age_s : 0) * BLOCKS_PER_S /
			     COMMIT_PERIOD + 1;
	s->start = start->hash;
	s->start_height = start->height;
	s->start_bits = start->header.bits;
	s->start_work = start->chainwork;
	s->needed = *needed;
	rewind_to_start(s);
	return s;
}

static bool secret_bit(const struct presync *s, const struct blkid *id)
{
	return siphash_32(&s->key, id->h.b) & 1;
}

/* First pass: remembers a bit. False: nothing as long can be true, or there is
 * no memory for it. */
static bool commit(struct presync *s, const struct blkid *id)
{
	if (s->n_bit == s->max_bit)
		return false;
	if (s->n_bit == 8 * s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		uint8_t *p = realloc(s->bit, room);

		if (!p)
			return false;
		memset(p + s->room, 0, room - s->room);
		s->bit = p;
		s->room = room;
	}
	s->bit[s->n_bit / 8] |= (uint8_t)(secret_bit(s, id) << s->n_bit % 8);
	s->n_bit++;
	return true;
}

/* Second pass: whether it is the header of the first. */
static bool is_committed(struct presync *s, const struct blkid *id)
{
	size_t i = s->at_bit++;

	return i < s->n_bit &&
	       (s->bit[i / 8] >> i % 8 & 1) == secret_bit(s, id);
}

/* One more header of the pass at hand. */
static bool step(const struct node *n, struct presync *s, const uint8_t *raw)
{
	struct u256 work;
	struct header h;
	struct blkid id;

	header_read(&h, raw);
	if (!hash256_equal(&h.prev.h, &s->last.h) ||
	    !retarget_may_follow(&n->params, s->height + 1, s->bits, h.bits))
		return false;
	header_hash_raw(&id, raw);
	work = target_work(h.bits);
	s->work = u256_add(&s->work, &work);
	s->enough |= s->again && u256_cmp(&s->work, &s->needed) >= 0;
	if ((s->height + 1) % COMMIT_PERIOD == s->offset && !s->enough &&
	    !(s->again ? is_committed(s, &id) : commit(s, &id)))
		return false;
	s->last = id;
	s->height++;
	if (!s->again)
		s->first_height = s->height;
	s->bits = h.bits;
	return true;
}

/* Second pass: stores what is far enough below its end. */
static enum status store_ready(struct node *n, struct presync *s,
			       const char *source, struct headers_answer *out)
{
	size_t keep = s->enough ? 0 : BUFFER_HEADERS, at = 0;
	enum status st = ST_OK;

	while (st == ST_OK && out->verdict.code == VALID && s->n_raw - at > keep) {
		size_t count = s->n_raw - at - keep, done;

		st = headers_store(n, s->raw + at * HEADER_SIZE,
				   count < STORE_AT_ONCE ? count : STORE_AT_ONCE,
				   source, &done, &out->verdict);
		out->stored += done;
		at += done;
	}
	s->n_raw -= at;
	if (at && s->n_raw)
		memmove(s->raw, s->raw + at * HEADER_SIZE,
			s->n_raw * HEADER_SIZE);
	return st;
}

static enum status reject_header(struct node *n, const uint8_t *raw,
				 const char *source, const struct verdict *v)
{
	struct blkid id;

	header_hash_raw(&id, raw);
	return reject_write(n, "header", &id.h, v, source);
}

static enum status refuse_little_work(struct node *n, const uint8_t *raw,
				      size_t count, const char *source,
				      struct headers_answer *out)
{
	verdict_refuse(&out->verdict, V_TOO_LITTLE_WORK, "%s", "");
	return reject_header(n, raw + (count - 1) * HEADER_SIZE, source,
			     &out->verdict);
}

/* A batch that goes on with *s. *s is NULL afterwards when that has ended. */
static enum status go_on(struct node *n, struct presync **sp, const uint8_t *raw,
			 size_t count, const char *source,
			 struct headers_answer *out)
{
	struct presync *s = *sp;
	bool full = count == HEADERS_FULL;
	enum status st = ST_OK;

	out->held = true;
	if (s->again && !s->raw) {
		s->raw = malloc((BUFFER_HEADERS + HEADERS_FULL) * HEADER_SIZE);
		if (!s->raw) {
			drop(sp);
			return ST_NOMEM;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!step(n, s, raw + i * HEADER_SIZE)) {
			/* it may have changed its mind since the first pass */
			drop(sp);
			return ST_OK;
		}
	}
	if (s->again) {
		memcpy(s->raw + s->n_raw * HEADER_SIZE, raw, count * HEADER_SIZE);
		s->n_raw += count;
		st = store_ready(n, s, source, out);
		out->held = !s->enough;
	} else if (u256_cmp(&s->work, &s->needed) >= 0) {
		s->again = full = true;
		rewind_to_start(s);
	} else if (!full) {
		st = refuse_little_work(n, raw, count, source, out);
	}
	out->more = st == ST_OK && out->verdict.code == VALID && full;
	out->after = s->last;
	if (!out->more || s->enough)
		drop(sp);
	return st;
}

/* The first without its proof of work, or count. */
static size_t first_without_work(const struct node *n, const uint8_t *raw,
				 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct verdict v;
		struct header h;
		struct blkid id;

		verdict_init(&v);
		header_read(&h, raw + i * HEADER_SIZE);
		header_hash_raw(&id, raw + i * HEADER_SIZE);
		if (!header_check_work(&n->params, &h, &id, &v))
			return i;
	}
	return count;
}

/* The work a chain must show: see presync.h. */
static struct u256 work_needed(const struct node *n, const struct block_row *tip)
{
	struct u256 near = target_work(tip->header.bits);

	near = u256_mul64(&near, NEAR_TIP_BLOCKS);
	if (u256_cmp(&near, &tip->chainwork) > 0)
		near = tip->chainwork;
	near = u256_sub(&tip->chainwork, &near);
	return u256_cmp(&near, &n->params.min_chainwork) > 0
		       ? near : n->params.min_chainwork;
}

struct foothold {
	struct block_row parent;	/* of the first header */
	struct u256 enough;
	bool has_parent;
	bool known;			/* its last header is here */
};

/* Where the batch leaves what is known: it may well begin with headers of our own
 * chain far below a final block. */
static enum status judge_first_new(struct node *n, const uint8_t *raw,
				   size_t count, struct block_row parent,
				   struct verdict *v)
{
	enum status st = ST_OK;
	size_t i = 0;

	for (; st == ST_OK && i < count; i++) {
		struct block_row row;
		struct blkid id;

		header_hash_raw(&id, raw + i * HEADER_SIZE);
		st = store_block_by_hash(n->db, &id, &row);
		if (st == ST_OK)
			parent = row;
	}
	return st == ST_NOT_FOUND ? finality_judge(n, &parent, v) : st;
}

/* v: refused when it begins beside a final block. */
static enum status look_up(struct node *n, const uint8_t *raw, size_t count,
			   struct foothold *f, struct verdict *v)
{
	struct block_row row;
	struct header first;
	struct blkid last;
	bool own;
	enum status st = node_read_begin(n, &own);

	*f = (struct foothold){.known = false};
	if (st != ST_OK)
		return st;
	header_read(&first, raw);
	header_hash_raw(&last, raw + (count - 1) * HEADER_SIZE);
	st = store_block_tip(n->db, &row);
	f->enough = work_needed(n, &row);
	if (st == ST_OK)
		st = store_block_by_hash(n->db, &last, &row);
	f->known = st == ST_OK;
	if (st == ST_OK || st == ST_NOT_FOUND)
		st = store_block_by_hash(n->db, &first.prev, &f->parent);
	f->has_parent = st == ST_OK;
	if (st == ST_OK && n->params.finality_interval)
		st = judge_first_new(n, raw, count, f->parent, v);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static bool has_the_work(const struct foothold *f, const uint8_t *raw,
			 size_t count)
{
	struct u256 work = f->parent.chainwork;

	for (size_t i = 0; i < count; i++) {
		struct header h;
		struct u256 own;

		header_read(&h, raw + i * HEADER_SIZE);
		own = target_work(h.bits);
		work = u256_add(&work, &own);
	}
	return u256_cmp(&work, &f->enough) >= 0;
}

static bool are_linked(const uint8_t *raw, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct blkid prev;

		header_hash_raw(&prev, raw + (i - 1) * HEADER_SIZE);
		if (memcmp(prev.h.b, raw + i * HEADER_SIZE + 4, 32) != 0)
			return false;
	}
	return true;
}

enum status node_take_headers(struct node *n, struct presync **sp,
			      const uint8_t *raw, size_t count,
			      const char *source, struct headers_answer *out)
{
	struct foothold f;
	size_t bad;
	enum status st;

	*out = (struct headers_answer){0};
	verdict_init(&out->verdict);
	if (!count)
		return ST_OK;
	bad = first_without_work(n, raw, count);
	if (bad < count) {
		drop(sp);
		return headers_store(n, raw + bad * HEADER_SIZE, 1, source,
				     &out->stored, &out->verdict);
	}
	if (!are_linked(raw, count)) {
		drop(sp);
		verdict_refuse(&out->verdict, V_PREV_NOT_FOUND,
			       "not one after the other");
		return ST_OK;
	}
	st = look_up(n, raw, count, &f, &out->verdict);
	if (st != ST_OK)
		return st;
	if (out->verdict.code != VALID) {
		drop(sp);
		return reject_header(n, raw, source, &out->verdict);
	}
	if (*sp && memcmp((*sp)->last.h.b, raw + 4, 32) == 0)
		return go_on(n, sp, raw, count, source, out);
	/* an answer to another question, or news */
	if (!f.has_parent) {
		verdict_refuse(&out->verdict, V_PREV_NOT_FOUND, "%s", "");
		return ST_OK;
	}
	if (f.known || has_the_work(&f, raw, count))
		return headers_store(n, raw, count, source, &out->stored,
				     &out->verdict);
	out->held = true;
	if (count < HEADERS_FULL)
		return refuse_little_work(n, raw, count, source, out);
	if (*sp)	/* one at a time */
		return ST_OK;
	*sp = begin(n, &f.parent, &f.enough);
	return *sp ? go_on(n, sp, raw, count, source, out) : ST_NOMEM;
}

enum status node_accept_headers(struct node *n, const uint8_t *raw, size_t count,
				const char *source, size_t *accepted,
				struct verdict *v)
{
	struct headers_answer a;
	struct presync *none = NULL;
	enum status st = node_take_headers(n, &none, raw, count, source, &a);

	if (st == ST_OK && none) {
		verdict_init(&a.verdict);
		st = refuse_little_work(n, raw, count, source, &a);
	}
	presync_free(none);
	*accepted = a.stored;
	*v = a.verdict;
	return st;
}
