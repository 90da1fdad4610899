/* SPDX-License-Identifier: MIT */
/*
 * quarry import: blocks from files, in any order.
 *
 * A block whose parent is not here yet is not kept in memory, only where it
 * lies; it is read again when the parent has come. Stopping at any point loses
 * nothing that was committed, and starting over skips what is there.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "node/chain/blkfile.h"
#include "node/chain/import.h"

#define BLOCK_RAW_MAX ((size_t)64 << 20)

/* A block that waits for its parent. */
struct waiting {
	struct blkid parent;
	uint32_t next;		/* index + 1 of the next in its bucket */
	uint32_t file;
	struct blkfile_place where;
	bool gone;
};

struct importer {
	const struct opt_program *p;
	struct node *n;
	char **path;
	uint32_t n_path, room_path;
	struct waiting *wait;
	size_t n_wait, n_gone, room_wait;
	uint32_t *bucket;	/* of waiting blocks, by parent: index + 1 */
	size_t n_bucket;	/* a power of two */
	uint64_t seed;
	struct blkfile again;	/* where waiting blocks were read last */
	uint32_t again_file;
	bool has_again;
	uint64_t n_read, n_new, n_known, n_refused;
	uint64_t file_read;	/* of the file at hand */
	uint64_t bytes_done, bytes_all;
	bool undecoded;		/* the last one given was no block at all */
	uint32_t height;
	char last_refusal[300];
	const char *assume;	/* what --assume-valid says */
	struct progress progress;
};

static enum status add_path(struct importer *im, const char *path)
{
	struct stat sb;

	if (im->n_path == im->room_path) {
		uint32_t room = im->room_path ? 2 * im->room_path : 16;
		char **v = realloc(im->path, room * sizeof(*v));

		if (!v)
			return ST_NOMEM;
		im->path = v;
		im->room_path = room;
	}
	im->path[im->n_path] = strdup(path);
	if (!im->path[im->n_path])
		return ST_NOMEM;
	im->n_path++;
	if (stat(path, &sb) == 0)
		im->bytes_all += (uint64_t)sb.st_size;
	return ST_OK;
}

static int is_blk(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 7 && !strncmp(d->d_name, "blk", 3) &&
	       !strcmp(d->d_name + n - 4, ".dat");
}

/* A folder stands for its blk*.dat, in order. */
static enum status add_operand(struct importer *im, const char *path)
{
	struct dirent **names;
	enum status st = ST_OK;
	struct stat sb;
	int n;

	if (stat(path, &sb))
		return ST_IO;
	if (!S_ISDIR(sb.st_mode))
		return add_path(im, path);
	n = scandir(path, &names, is_blk, versionsort);
	if (n < 0)
		return ST_IO;
	for (int i = 0; i < n; i++) {
		char full[4096];

		snprintf(full, sizeof(full), "%s/%s", path, names[i]->d_name);
		if (st == ST_OK)
			st = add_path(im, full);
		free(names[i]);
	}
	free(names);
	return st == ST_OK && n == 0 ? ST_NOT_FOUND : st;
}

static uint32_t *bucket_of(struct importer *im, const struct blkid *parent)
{
	uint64_t h = im->seed;

	for (size_t i = 0; i < 32; i += 8)
		h = (h ^ le64_get(parent->h.b + i)) *
		    UINT64_C(0x9e3779b97f4a7c15);
	return &im->bucket[(h >> 32) & (im->n_bucket - 1)];
}

static void index_one(struct importer *im, size_t i)
{
	uint32_t *head = bucket_of(im, &im->wait[i].parent);

	im->wait[i].next = *head;
	*head = (uint32_t)i + 1;
}

static void index_all(struct importer *im)
{
	if (im->bucket)
		memset(im->bucket, 0, im->n_bucket * sizeof(*im->bucket));
	for (size_t i = 0; i < im->n_wait; i++)
		index_one(im, i);
}

static enum status more_room(struct importer *im)
{
	size_t room = im->room_wait ? 2 * im->room_wait : 256;
	struct waiting *v = realloc(im->wait, room * sizeof(*v));
	uint32_t *bucket;

	if (!v)
		return ST_NOMEM;
	im->wait = v;
	bucket = realloc(im->bucket, room * sizeof(*bucket));
	if (!bucket)
		return ST_NOMEM;
	im->bucket = bucket;
	im->room_wait = im->n_bucket = room;
	index_all(im);
	return ST_OK;
}

static enum status put_aside(struct importer *im, const struct buf *raw,
			     uint32_t file, const struct blkfile_place *where)
{
	struct header h;

	if (im->n_wait == im->room_wait && more_room(im) != ST_OK)
		return ST_NOMEM;
	header_read(&h, raw->p);
	im->wait[im->n_wait] = (struct waiting){
		.parent = h.prev, .file = file, .where = *where};
	index_one(im, im->n_wait++);
	return ST_OK;
}

static void note(struct importer *im, const struct block_result *r)
{
	char id[HASH_TEXT_SIZE];

	if (r->known) {
		im->n_known++;
	} else if (r->verdict.code == VALID) {
		im->n_new++;
		if (r->active)
			im->height = r->height;
	} else {
		im->n_refused++;
		snprintf(im->last_refusal, sizeof(im->last_refusal),
			 "%s: %s (%s)%s%.120s", hash256_text(id, &r->id.h),
			 verdict_name(r->verdict.code),
			 verdict_rule(r->verdict.code),
			 r->verdict.detail[0] ? ": " : "", r->verdict.detail);
	}
}

/* *waits: its parent is unknown. */
static enum status give(struct importer *im, const struct buf *raw,
			struct blkid *id, bool *waits)
{
	struct block_result r;
	char text[32];
	enum status st = node_accept_block(im->n, raw->p, raw->len, "import", &r);

	*waits = false;
	if (st != ST_OK)
		return st;
	*id = r.id;
	*waits = r.verdict.code == V_PREV_NOT_FOUND;
	im->undecoded = r.verdict.code == V_BLOCK_DECODE;
	if (!*waits)
		note(im, &r);
	snprintf(text, sizeof(text), "height %u", im->height);
	progress_show(&im->progress, im->bytes_done, text,
		      im->n_new + im->n_known, "blocks");
	return ST_OK;
}

/* Reads a waiting block again and gives it; *gave: it does not wait any more. */
static enum status give_waiting(struct importer *im, size_t i, struct buf *raw,
				struct blkid *id, bool *gave)
{
	struct waiting *w = &im->wait[i];
	enum status st = ST_OK;
	bool waits;

	*gave = false;
	if (!im->has_again || im->again_file != w->file) {
		if (im->has_again)
			blkfile_close(&im->again);
		st = blkfile_open(&im->again, im->path[w->file],
				  node_params(im->n));
		im->has_again = st == ST_OK;
		im->again_file = w->file;
	}
	if (st == ST_OK)
		st = blkfile_read(&im->again, &w->where, raw);
	if (st == ST_OK)
		st = give(im, raw, id, &waits);
	if (st != ST_OK)
		return st;
	/* what came for its parent may have been refused: the true one can
	 * still come */
	*gave = !waits;
	if (*gave) {
		w->gone = true;
		im->n_gone++;
	}
	return ST_OK;
}

/* Blocks that waited for this one, and then for those. */
static enum status give_children(struct importer *im, struct blkid parent,
				 struct buf *raw)
{
	struct blkid *queue = malloc(sizeof(*queue));
	size_t n = 1, room = 1;
	enum status st = queue ? ST_OK : ST_NOMEM;

	if (queue)
		queue[0] = parent;
	while (st == ST_OK && n) {
		struct blkid at = queue[--n], id;
		uint32_t i = *bucket_of(im, &at);

		for (; st == ST_OK && i; i = im->wait[i - 1].next) {
			const struct waiting *w = &im->wait[i - 1];
			bool gave;

			if (w->gone || !hash256_equal(&w->parent.h, &at.h))
				continue;
			st = give_waiting(im, i - 1, raw, &id, &gave);
			if (st != ST_OK || !gave)
				continue;
			if (n == room) {
				struct blkid *v = realloc(
					queue, 2 * room * sizeof(*v));

				if (!v) {
					st = ST_NOMEM;
					break;
				}
				queue = v;
				room *= 2;
			}
			queue[n++] = id;
		}
	}
	free(queue);
	return st;
}

/* Drops the entries that were given. */
static void sweep(struct importer *im)
{
	size_t n = 0;

	for (size_t i = 0; i < im->n_wait; i++) {
		if (!im->wait[i].gone)
			im->wait[n++] = im->wait[i];
	}
	im->n_wait = n;
	im->n_gone = 0;
	index_all(im);
}

/* A fault of a file, not of the database. */
static bool is_of_file(enum status st)
{
	return st == ST_PARSE || st == ST_NOT_FOUND || st == ST_TOO_BIG ||
	       st == ST_USAGE;
}

static void complain(const struct importer *im, uint32_t file, enum status st)
{
	const char *path = im->path[file];

	if (st == ST_NOT_FOUND)
		opt_failed(im->p, "%.200s cannot be read: %s.", path,
			   strerror(errno));
	else if (st == ST_USAGE)
		opt_failed(im->p, "%.200s is not a file.", path);
	else if (im->file_read)
		opt_failed(im->p, "%.200s: what follows its block %llu is no "
				  "block in hexadecimal; the blocks before it "
				  "are in.",
			   path, (unsigned long long)im->file_read);
	else
		opt_failed(im->p, "%.200s holds no blocks of %s.", path,
			   node_params(im->n)->name);
}

static enum status read_file(struct importer *im, uint32_t file)
{
	struct blkfile f;
	struct blkfile_place where;
	struct buf raw;
	uint64_t before = im->bytes_done;
	enum status st = blkfile_open(&f, im->path[file], node_params(im->n));

	im->file_read = 0;
	if (st != ST_OK)
		return st == ST_IO ? ST_NOT_FOUND : st;
	buf_init(&raw, BLOCK_RAW_MAX);
	while (st == ST_OK) {
		struct blkid id;
		bool waits;

		if (cli_stopped()) {
			st = ST_CANCELLED;
			break;
		}
		st = blkfile_next(&f, &raw, &where);
		if (st != ST_OK)
			break;
		im->n_read++;
		im->file_read++;
		im->bytes_done = before + where.at + where.len;
		st = give(im, &raw, &id, &waits);
		/* a length that chance or damage made: look right behind it */
		if (st == ST_OK && im->undecoded && f.form == BLKFILE_RECORDS)
			f.at = where.at - 7;
		if (st == ST_OK && im->undecoded)
			continue;
		if (st == ST_OK && waits)
			st = put_aside(im, &raw, file, &where);
		else if (st == ST_OK && im->n_wait)
			st = give_children(im, id, &raw);
		if (im->n_gone > 1024 && im->n_gone > im->n_wait / 2)
			sweep(im);
	}
	buf_free(&raw);
	blkfile_close(&f);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static int report(struct importer *im)
{
	char text[HASH_TEXT_SIZE];
	struct node_tip tip;
	enum status st = node_tip(im->n, &tip);

	sweep(im);
	if (st != ST_OK)
		return cli_status(im->p, im->n, st);
	printf("%llu blocks read: %llu new, %llu here before, %llu refused, "
	       "%zu without their parent.\nTip %u %s\n",
	       (unsigned long long)im->n_read, (unsigned long long)im->n_new,
	       (unsigned long long)im->n_known,
	       (unsigned long long)im->n_refused, im->n_wait, tip.height,
	       hash256_text(text, &tip.id.h));
	if (im->n_read && !im->n_new && !im->n_known)
		return opt_failed(im->p, "None of these blocks belongs to %s: "
				  "are they of another network?",
				  node_params(im->n)->name);
	if (im->n_refused)
		return opt_failed(im->p, "Refused, the last: %s",
				  im->last_refusal);
	return 0;
}

/* The first pass of --assume-valid: headers alone. */
static enum status read_headers(struct importer *im, struct assume *a)
{
	struct blkfile_place where;
	struct buf raw;
	enum status st = ST_OK;

	buf_init(&raw, BLOCK_RAW_MAX);
	for (uint32_t i = 0; st == ST_OK && i < im->n_path; i++) {
		struct blkfile f;

		st = blkfile_open(&f, im->path[i], node_params(im->n));
		/* the second pass says what is wrong with a file */
		if (st == ST_PARSE || st == ST_NOT_FOUND || st == ST_USAGE) {
			st = ST_OK;
			continue;
		}
		while (st == ST_OK && !cli_stopped()) {
			st = blkfile_next(&f, &raw, &where);
			if (st == ST_OK && raw.len >= HEADER_SIZE)
				st = assume_header(a, raw.p);
		}
		blkfile_close(&f);
		st = st == ST_NOT_FOUND || st == ST_PARSE ? ST_OK : st;
	}
	buf_free(&raw);
	return st;
}

/* --assume-valid HASH|default|no: *a stays NULL when all scripts are to be run.
 * Returns -1 to go on, else the exit code. */
static int prepare_assume(struct importer *im, struct assume **a)
{
	const struct params *p = node_params(im->n);
	struct blkid known = p->assume_valid;
	char text[HASH_TEXT_SIZE];
	const char *why = NULL;
	uint32_t count = 0;
	enum status st;

	if (!im->assume || !strcmp(im->assume, "no"))
		return -1;
	if (strcmp(im->assume, "default") != 0 &&
	    !hash256_parse(&known.h, im->assume, strlen(im->assume)))
		return opt_usage(im->p, "--assume-valid is a block's hash, "
				 "default or no.");
	if (hash256_is_zero(&known.h)) {
		fprintf(stderr, "All scripts are checked: %s has no block that "
			"is assumed to be valid.\n", p->name);
		return -1;
	}
	st = assume_new(a, im->n, &known);
	if (st == ST_OK)
		st = read_headers(im, *a);
	if (st == ST_OK)
		st = assume_settle(*a, &count, &why);
	if (st != ST_OK)
		return cli_status(im->p, im->n, st);
	hash256_text(text, &known.h);
	if (why)
		fprintf(stderr, "All scripts are checked: %s is assumed to be "
			"valid, but %s.\n", text, why);
	else
		printf("Scripts of %u blocks up to %s are assumed to be "
		       "valid.\n", count, text);
	return -1;
}

static int run(struct importer *im, char **operand, int n_operands)
{
	struct import_options o = {0};
	struct assume *assume = NULL;
	struct block_result bad;
	enum status st = ST_OK, end;
	int code;

	for (int i = 0; i < n_operands; i++) {
		st = add_operand(im, operand[i]);
		if (st == ST_NOT_FOUND)
			return opt_failed(im->p,
					  "%.200s has no blk*.dat files.",
					  operand[i]);
		if (st == ST_IO)
			return opt_failed(im->p, "%.200s cannot be read: %s.",
					  operand[i], strerror(errno));
		if (st != ST_OK)
			return cli_status(im->p, im->n, st);
	}
	code = prepare_assume(im, &assume);
	if (code >= 0) {
		assume_free(assume);
		return code;
	}
	o.assume = assume;
	st = import_begin(im->n, &o);
	progress_begin(&im->progress, im->bytes_all);
	for (uint32_t i = 0; st == ST_OK && i < im->n_path; i++) {
		st = read_file(im, i);
		if (!is_of_file(st))
			continue;
		progress_end(&im->progress);
		complain(im, i, st);
	}
	end = import_end(im->n, &bad);
	assume_free(assume);
	if (end == ST_OK && bad.verdict.code != VALID)
		note(im, &bad);
	progress_end(&im->progress);
	if (is_of_file(st) && end == ST_OK)
		return EXIT_FAILED;
	if (st == ST_OK || is_of_file(st))
		st = end;
	if (st != ST_OK)
		return cli_status(im->p, im->n, st);
	/* readers may keep the log alive: then it is emptied by whoever is next */
	if (node_checkpoint(im->n, true) != ST_OK)
		progress_end(&im->progress);
	return report(im);
}

int cmd_import(int argc, char **argv)
{
	struct importer im = {.seed = (uint64_t)clock_mono_us()};
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("assume-valid", "HASH", &im.assume,
			 "run no scripts of this block and its ancestors; "
			 "default: the network's; no (or left out): run all"),
	};
	struct opt_program p = {
		.name = "quarry import",
		.operands = "PATH...",
		.about = "Reads blocks from Bitcoin Core's blk*.dat (or a folder "
			 "of them), raw block files or lists of blocks in hex, "
			 "in any order. Stop it at any time: run again, it goes "
			 "on.",
		.opts = opts,
		.n_opts = 2,
		.min_operands = 1,
		.max_operands = -1,
	};
	struct conf c;
	int code;

	im.p = &p;
	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = cli_open_bulk(&p, &c, &im.n);
	if (code < 0) {
		cli_catch_stop();
		code = run(&im, p.operand, p.n_operands);
	}
	for (uint32_t i = 0; i < im.n_path; i++)
		free(im.path[i]);
	free(im.path);
	free(im.wait);
	free(im.bucket);
	if (im.has_again)
		blkfile_close(&im.again);
	node_close(im.n);
	conf_free(&c);
	return code;
}
