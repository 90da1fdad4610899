/* SPDX-License-Identifier: MIT */
/*
 * Whole chains, through the node.
 *
 * chain: each file's blocks, from the genesis block or height 1 on, must all
 * become the tip one after the other; a file that does not start over goes on
 * where the one before it ended. A file is hex with a block on each line,
 * records of magic and length, or blocks one behind the other.
 *
 * verdicts: JSON objects, one a line, in sending order: "hex", "submitblock"
 * (BIP22's answer or null), "tip_after", "height_after"; each answer and tip must
 * be Bitcoin Core's. "mocktime", where a line has it, sets the clock first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "node/mine/submit.h"
#include "primitives/compactsize.h"
#include "tests/vectors/labnode.h"

#define ARENA_MAX ((size_t)1 << 30)
#define RECORD_HEAD 8

bool labnode_open(struct vec_run *r, struct labnode *l, const struct params *p)
{
	const char *tmp = getenv("TMPDIR");
	char error[NODE_ERROR_SIZE];
	struct node_options o = {.db_path = l->path, .app_name = "vectors"};

	l->n = NULL;
	snprintf(l->dir, sizeof(l->dir), "%.30s/quarry-vectors-XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(l->dir)) {
		vec_fail(r, "no folder for a database: %s", l->dir);
		return false;
	}
	snprintf(l->path, sizeof(l->path), "%s/quarry.db", l->dir);
	if (node_create(l->path, p, NULL, 0, error) != ST_OK ||
	    node_open(&l->n, &o, error) != ST_OK) {
		vec_fail(r, "%s", error);
		labnode_close(l);
		return false;
	}
	return true;
}

void labnode_close(struct labnode *l)
{
	static const char *const end[] = {"", "-wal", "-shm"};
	char path[100];

	node_close(l->n);
	l->n = NULL;
	for (size_t i = 0; i < sizeof(end) / sizeof(end[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", l->path, end[i]);
		unlink(path);
	}
	rmdir(l->dir);
}

/* ---- chain */

struct chain_run {
	struct vec_run *r;
	struct params p;
	struct labnode lab;
	bool open;
	uint32_t height;
};

/* A block must be the new tip (or the genesis block that is there). */
static bool must_connect(struct chain_run *c, struct bytes raw)
{
	struct block_result res;
	struct header h = {0};
	char reject[200];
	enum status st;

	if (raw.len > HEADER_SIZE)
		header_read(&h, raw.p);
	/* a file that starts over */
	if (c->open && c->height &&
	    (hash256_is_zero(&h.prev.h) ||
	     hash256_equal(&h.prev.h, &c->p.genesis_id.h))) {
		labnode_close(&c->lab);
		c->open = false;
	}
	if (!c->open) {
		c->height = 0;
		c->open = labnode_open(c->r, &c->lab, &c->p);
		if (!c->open)
			return false;
	}
	st = node_accept_block(c->lab.n, raw.p, raw.len, "vectors", &res);
	if (st != ST_OK) {
		vec_fail(c->r, "after height %" PRIu32 ": %s (%s)", c->height,
			 status_text(st), node_error(c->lab.n));
		return false;
	}
	if (res.verdict.code != VALID) {
		vec_fail(c->r, "height %" PRIu32 ": %s: %s", res.height,
			 verdict_reject(reject, sizeof(reject), &res.verdict),
			 res.verdict.detail);
		return true;
	}
	vec_check(c->r, res.active && (res.tip_changed || res.height == 0),
		  "height %" PRIu32 ": not the new tip", res.height);
	c->height = res.height;
	return true;
}

/* The length of the block at the start of these bytes; 0: there is none. */
static size_t block_length(struct bytes at)
{
	struct reader rd = reader_of(at.p, at.len);
	struct arena a;
	struct tx tx;
	uint64_t n;
	size_t len = 0;

	arena_init(&a, ARENA_MAX);
	reader_take(&rd, HEADER_SIZE);
	n = compactsize_read(&rd);
	while (n && !rd.failed) {
		arena_reset(&a);
		if (tx_read_nohash(&tx, &rd, &a) != ST_OK)
			break;
		n--;
	}
	if (!n && !rd.failed)
		len = at.len - reader_left(&rd);
	arena_free(&a);
	return len;
}

static void chain_hex(struct chain_run *c, struct bytes at)
{
	struct bytes line;

	while (vec_line(&at, &line)) {
		struct bytes raw;
		uint8_t *made;
		bool go_on = true;

		if (!line.len)
			continue;
		raw.p = made = vec_unhex(line, &raw.len);
		if (made)
			go_on = must_connect(c, raw);
		else
			vec_fail(c->r, "a line that is not hex");
		free(made);
		if (!go_on)
			return;
	}
}

static void chain_records(struct chain_run *c, struct bytes at)
{
	while (at.len > RECORD_HEAD && memcmp(at.p, c->p.magic, 4) == 0) {
		size_t n = le32_get(at.p + 4);

		at = bytes_of(at.p + RECORD_HEAD, at.len - RECORD_HEAD);
		if (n > at.len) {
			vec_fail(c->r, "a record is cut off");
			return;
		}
		if (!must_connect(c, bytes_of(at.p, n)))
			return;
		at = bytes_of(at.p + n, at.len - n);
	}
}

static void chain_raw(struct chain_run *c, struct bytes at)
{
	while (at.len) {
		size_t n = block_length(at);

		if (!n) {
			vec_fail(c->r, "%zu bytes are no block", at.len);
			return;
		}
		if (!must_connect(c, bytes_of(at.p, n)))
			return;
		at = bytes_of(at.p + n, at.len - n);
	}
}

static bool is_hex(struct bytes data)
{
	if (data.len < 2 * HEADER_SIZE)
		return false;
	for (size_t i = 0; i < 2 * HEADER_SIZE; i++) {
		if (hex_digit((char)data.p[i]) < 0)
			return false;
	}
	return true;
}

int vec_chain(struct vec_run *r, char *const *files, int n)
{
	struct chain_run c = {.r = r};

	for (int i = 0; i < n; i++) {
		size_t len;
		char *data;

		r->path = files[i];
		if (!vec_params(r, &c.p))
			continue;
		data = vec_read(r, files[i], &len);
		if (data && is_hex(bytes_of(data, len)))
			chain_hex(&c, bytes_of(data, len));
		else if (data && len > 4 && memcmp(data, c.p.magic, 4) == 0)
			chain_records(&c, bytes_of(data, len));
		else if (data)
			chain_raw(&c, bytes_of(data, len));
		free(data);
	}
	if (c.open)
		labnode_close(&c.lab);
	return n;
}

/* ---- verdicts */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* A failed script has three names: Core 28 with and without script threads, and
 * from version 30 on. What stands in brackets must be equal where both have it. */
static bool is_script(const char *answer)
{
	return begins(answer, "block-validation-failed") ||
	       begins(answer, "mandatory-script-verify-flag-failed") ||
	       begins(answer, "block-script-verify-flag-failed");
}

static bool same_answer(const char *want, const char *got)
{
	const char *a = strchr(want, '('), *b = strchr(got, '(');

	if (is_script(want) && is_script(got))
		return !a || !b || strcmp(a, b) == 0;
	return strcmp(want, got) == 0;
}

/* What the line says was answered: text or, for null, NULL. */
static const char *wanted(const json_t *line)
{
	const json_t *v = json_object_get(line, "submitblock");

	if (json_is_object(v))		/* an error: {"code":-22,"message":".."} */
		v = json_object_get(v, "message");
	return json_string_value(v);
}

static void one_verdict(struct vec_run *r, struct labnode *lab,
			const json_t *line, unsigned long number)
{
	const json_t *mocktime = json_object_get(line, "mocktime");
	const char *want = wanted(line), *got;
	const char *tip_want = json_string_value(json_object_get(line, "tip_after"));
	const json_t *height = json_object_get(line, "height_after");
	struct submit_result res;
	struct node_tip tip;
	struct bytes raw;
	uint8_t *made;
	char id[HASH_TEXT_SIZE];
	enum status st = ST_PARSE;

	if (json_is_integer(mocktime))
		node_set_now_s(lab->n, json_integer_value(mocktime));
	raw.p = made = vec_unhex(vec_json_text(json_object_get(line, "hex")),
				 &raw.len);
	if (made)
		st = node_submit_block(lab->n, raw.p, raw.len, "vectors", &res);
	free(made);
	if (st == ST_OK)
		st = node_tip(lab->n, &tip);
	if (st != ST_OK) {
		vec_fail(r, "line %lu: %s", number, status_text(st));
		return;
	}
	got = res.kind == SUBMIT_ACCEPTED ? NULL : res.answer;
	if (!want != !got || (want && !same_answer(want, got)))
		vec_fail(r, "line %lu: answered %s, should be %s (%s)", number,
			 got ? got : "null", want ? want : "null",
			 res.block.verdict.detail);
	else if (tip_want && strcmp(tip_want, hash256_text(id, &tip.id.h)) != 0)
		vec_fail(r, "line %lu: the tip is %s", number,
			 hash256_text(id, &tip.id.h));
	else if (json_is_integer(height) &&
		 json_integer_value(height) != (json_int_t)tip.height)
		vec_fail(r, "line %lu: the height is %" PRIu32, number,
			 tip.height);
	else
		vec_pass(r);
}

int vec_verdicts(struct vec_run *r, char *const *files, int n)
{
	struct labnode lab;
	struct params p;
	struct bytes at, line;
	unsigned long number = 0;
	size_t len;
	char *data;

	(void)n;
	if (!r->network)
		r->network = "regtest";
	if (!vec_params(r, &p))
		return 1;
	data = vec_read(r, files[0], &len);
	if (!data || !labnode_open(r, &lab, &p)) {
		free(data);
		return 1;
	}
	at = bytes_of(data, len);
	while (vec_line(&at, &line)) {
		json_t *v;

		number++;
		if (!line.len)
			continue;
		v = json_loadb((const char *)line.p, line.len, 0, NULL);
		if (json_is_object(v))
			one_verdict(r, &lab, v, number);
		else
			vec_fail(r, "line %lu is not a JSON object", number);
		json_decref(v);
	}
	labnode_close(&lab);
	free(data);
	return 1;
}
