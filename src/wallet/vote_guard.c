/* SPDX-License-Identifier: MIT */
/*
 * See vote_guard.h. The file is two copies of one line of fixed length, each with
 * a checksum and a count; the older one is written over, so that a power cut
 * leaves at least one that is whole. Behind them are the votes that were signed.
 */
#include "wallet/vote_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/sha256.h"

/* magic, count, source, target, chain, key, message signed last, checksum */
enum { SUMMED = 8 + 8 + 4 + 4 + 32 + 32 + 32, LINE = SUMMED + 32, SLOT = 512 };
/* Behind both copies, one after the other. */
#define VOTES_AT ((off_t)2 * SLOT)
static const uint8_t magic[8] = {'Q', 'V', 'O', 'T', 'E', 'S', '0', '2'};

struct vote_guard {
	int fd;
	uint64_t count;
	struct vote_record record;
	uint8_t document[32], key[32];
	uint8_t last[32];	/* vote_message of the vote let through last */
};

static const uint8_t any_chain[32];

static enum status fail(char *error, enum status st, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static enum status fail(char *error, enum status st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, VOTE_GUARD_ERROR_SIZE, fmt, ap);
	va_end(ap);
	return st;
}

static void line_write(uint8_t out[LINE], const struct vote_guard *g)
{
	memcpy(out, magic, 8);
	le64_put(out + 8, g->count);
	le32_put(out + 16, g->record.source_height);
	le32_put(out + 20, g->record.target_height);
	memcpy(out + 24, g->document, 32);
	memcpy(out + 56, g->key, 32);
	memcpy(out + 88, g->last, 32);
	sha256(out + SUMMED, out, SUMMED);
}

static bool line_read(struct vote_guard *g, const uint8_t in[LINE])
{
	uint8_t sum[32];

	sha256(sum, in, SUMMED);
	if (memcmp(in, magic, 8) != 0 || memcmp(sum, in + SUMMED, 32) != 0)
		return false;
	g->count = le64_get(in + 8);
	g->record.source_height = le32_get(in + 16);
	g->record.target_height = le32_get(in + 20);
	memcpy(g->document, in + 24, 32);
	memcpy(g->key, in + 56, 32);
	memcpy(g->last, in + 88, 32);
	return true;
}

/* The newer of the copies that are whole. */
static bool file_read(struct vote_guard *g)
{
	bool found = false;

	for (int i = 0; i < 2; i++) {
		struct vote_guard one = *g;
		uint8_t line[LINE];

		if (pread(g->fd, line, LINE, i * SLOT) != LINE ||
		    !line_read(&one, line))
			continue;
		if (!found || one.count > g->count)
			*g = one;
		found = true;
	}
	return found;
}

static enum status file_write(struct vote_guard *g)
{
	uint8_t line[LINE];

	g->count++;
	line_write(line, g);
	if (pwrite(g->fd, line, LINE, (off_t)(g->count % 2) * SLOT) != LINE ||
	    fsync(g->fd) != 0)
		return ST_IO;
	return ST_OK;
}

/* So that the new file's name is on disk, too. */
static enum status sync_folder(const char *path)
{
	char copy[PATH_MAX];
	enum status st;
	int fd;

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return ST_TOO_BIG;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ST_IO;
	st = fsync(fd) == 0 ? ST_OK : ST_IO;
	close(fd);
	return st;
}

static enum status open_file(struct vote_guard *g, const char *path, bool create,
			     char *error)
{
	g->fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0),
		     0600);
	if (g->fd < 0 && errno == ENOENT && !create)
		return fail(error, ST_NOT_FOUND,
			    "%.200s, the record of what this key has signed, is "
			    "missing: put it back; make a new one only for a key "
			    "that has never voted (--new-record).", path);
	if (g->fd < 0 && errno == EEXIST)
		return fail(error, ST_DENIED,
			    "%.200s, the record of a key's votes, is there "
			    "already: it is used as it is.", path);
	if (g->fd < 0)
		return fail(error, ST_IO, "%.200s cannot be opened: %s.", path,
			    strerror(errno));
	if (flock(g->fd, LOCK_EX | LOCK_NB) != 0)
		return fail(error, ST_BUSY,
			    "Another process votes with %.200s: end it first.",
			    path);
	return ST_OK;
}

enum status vote_guard_open(struct vote_guard **out, const char *path,
			    bool create, const struct hash256 *document,
			    const uint8_t key[32],
			    char error[VOTE_GUARD_ERROR_SIZE])
{
	struct vote_guard *g = calloc(1, sizeof(*g));
	enum status st;

	*out = NULL;
	if (!g)
		return fail(error, ST_NOMEM, "Out of memory.");
	st = open_file(g, path, create, error);
	if (st == ST_OK && create) {
		memcpy(g->document, document->b, 32);
		memcpy(g->key, key, 32);
		st = file_write(g);
		if (st == ST_OK)
			st = file_write(g);
		if (st == ST_OK)
			st = sync_folder(path);
		if (st != ST_OK)
			fail(error, st, "%.200s cannot be written.", path);
	} else if (st == ST_OK && !file_read(g)) {
		st = fail(error, ST_CORRUPT,
			  "%.200s is damaged: do not vote with this key again "
			  "before its record is back.", path);
	} else if (st == ST_OK && memcmp(g->key, key, 32) != 0) {
		st = fail(error, ST_DENIED, "%.200s is the record of another "
			  "key.", path);
	} else if (st == ST_OK && memcmp(g->document, any_chain, 32) != 0 &&
		   memcmp(g->document, document->b, 32) != 0) {
		st = fail(error, ST_DENIED, "%.200s is the record of another "
			  "chain: a key votes on one alone.", path);
	}
	memcpy(g->document, document->b, 32);
	if (st != ST_OK) {
		vote_guard_close(g);
		return st;
	}
	*out = g;
	return ST_OK;
}

void vote_guard_close(struct vote_guard *g)
{
	if (!g)
		return;
	if (g->fd >= 0)
		close(g->fd);
	free(g);
}

struct vote_record vote_guard_record(const struct vote_guard *g)
{
	return g->record;
}

enum status vote_guard_pass(struct vote_guard *g, const struct vote *v)
{
	struct hash256 document;
	uint8_t msg[32];
	enum status st;

	memcpy(document.b, g->document, 32);
	vote_message(msg, &document, v);
	/* the same once more is no other vote; it is written all the same, since
	 * the disk may have failed the first time */
	if (memcmp(msg, g->last, 32) != 0) {
		if (!vote_record_allows(&g->record, v))
			return ST_DENIED;
		/* on failure the record in memory has risen already: what is on
		 * disk is not known, so neither height is signed again by this
		 * process */
		vote_record_add(&g->record, v);
	}
	memcpy(g->last, msg, 32);
	st = file_write(g);
	if (st != ST_OK)
		memset(g->last, 0, 32);
	return st;
}

void vote_guard_explain(const struct vote_guard *g, const struct vote *v,
			char error[VOTE_GUARD_ERROR_SIZE])
{
	const struct vote_record *r = &g->record;

	if (v->source_height >= v->target_height)
		fail(error, ST_DENIED, "A vote leads from a lower height to a "
		     "higher one, not from %u to %u.", v->source_height,
		     v->target_height);
	else if (v->target_height == r->target_height)
		fail(error, ST_DENIED, "This key has signed another vote for "
		     "height %u: a second one would convict it (double vote).",
		     r->target_height);
	else if (v->target_height < r->target_height)
		fail(error, ST_DENIED, "This key has signed %u -> %u: a vote "
		     "for height %u could lie within it or double an earlier "
		     "one.", r->source_height, r->target_height,
		     v->target_height);
	else
		fail(error, ST_DENIED, "This key has signed %u -> %u: %u -> %u "
		     "would convict it (surround vote).", r->source_height,
		     r->target_height, v->source_height, v->target_height);
}

/* Votes that are whole in the file; -1: it cannot be told. */
static off_t count_kept(const struct vote_guard *g)
{
	struct stat st;

	if (fstat(g->fd, &st) != 0)
		return -1;
	return st.st_size < VOTES_AT ? 0 : (st.st_size - VOTES_AT) / VOTE_SIZE;
}

enum status vote_guard_keep(struct vote_guard *g, const struct vote *v)
{
	uint8_t raw[VOTE_SIZE];
	off_t n = count_kept(g);
	struct vote newest;

	if (vote_guard_kept(g, 0, &newest) == ST_OK && vote_same_link(&newest, v))
		return ST_OK;
	vote_write(raw, v);
	if (n < 0 ||
	    pwrite(g->fd, raw, VOTE_SIZE, VOTES_AT + n * VOTE_SIZE) !=
		    VOTE_SIZE || fsync(g->fd) != 0)
		return ST_IO;
	return ST_OK;
}

enum status vote_guard_kept(struct vote_guard *g, unsigned i, struct vote *v)
{
	uint8_t raw[VOTE_SIZE];
	off_t n = count_kept(g);

	if (n < 0)
		return ST_IO;
	if ((off_t)i >= n)
		return ST_NOT_FOUND;
	if (pread(g->fd, raw, VOTE_SIZE, VOTES_AT + (n - 1 - (off_t)i) *
		  VOTE_SIZE) != VOTE_SIZE)
		return ST_IO;
	vote_read(v, raw);
	return ST_OK;
}
