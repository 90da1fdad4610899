/* SPDX-License-Identifier: MIT */
/*
 * See shot.h. A snapshot is a database like any other. To load one, a copy of it
 * is made and prepared (ids that go on, the event), and the copy's content takes
 * the place of the database's in one transaction of SQLite's.
 */
#include "node/lab/shot.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "node/core/priv.h"
#include "store/store.h"
#include "store/store_event.h"

#define PATH_SIZE 1024
/* How far ids move on beyond those that other processes use meanwhile. Fewer
 * than the events that are kept. */
#define EVENT_GAP 1000
#define TX_GAP 100000
#define SHOTS_MAX 10000u

#define SAY(...) snprintf(error, NODE_ERROR_SIZE, __VA_ARGS__)

static bool name_is_good(const char *s)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len = strlen(s);

	return len > 0 && len < SHOT_NAME_SIZE && strchr(first, s[0]) &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789._-") == len;
}

static bool folder(const struct node *n, char out[PATH_SIZE])
{
	return (size_t)snprintf(out, PATH_SIZE, "%s.snapshots", n->path) <
	       PATH_SIZE;
}

/* The file of a name. */
static enum status file_of(const struct node *n, const char *name,
			   char out[PATH_SIZE], char error[NODE_ERROR_SIZE])
{
	if (!name_is_good(name)) {
		SAY("A snapshot's name is at most 64 letters, digits, dots, "
		    "underscores and hyphens, and begins with a letter or digit.");
		return ST_USAGE;
	}
	if ((size_t)snprintf(out, PATH_SIZE, "%s.snapshots/%s.db", n->path,
			     name) < PATH_SIZE)
		return ST_OK;
	SAY("The database's path is too long for snapshots beside it.");
	return ST_TOO_BIG;
}

static enum status said(enum status st, const struct db *db, const char *what,
			char error[NODE_ERROR_SIZE])
{
	if (st != ST_OK && !error[0])
		SAY("%.120s: %s (%.80s).", what, status_text(st),
		    db ? db_error(db) : "");
	return st;
}

static enum status open_shot(struct db **db, const char *path, const char *name,
			     char error[NODE_ERROR_SIZE])
{
	const struct store_options o = {.path = path, .mode = DB_WRITE,
					.cache_kib = 2048};

	if (access(path, F_OK) != 0) {
		*db = NULL;
		SAY("There is no snapshot %.64s; quarry snapshot list names "
		    "those that are.", name);
		return ST_NOT_FOUND;
	}
	return store_open(db, &o, error);
}

static enum status describe(struct db *db, const char *path, const char *name,
			    struct shot_info *out)
{
	struct block_row tip;
	struct stat sb;
	enum status st = store_block_tip(db, &tip);

	*out = (struct shot_info){0};
	snprintf(out->name, sizeof(out->name), "%s", name);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	out->tip = tip.hash;
	out->height = tip.height;
	if (stat(path, &sb) == 0) {
		out->bytes = sb.st_size;
		out->saved_at = sb.st_mtime;
	}
	return ST_OK;
}

enum status shot_save(struct node *n, const char *name, struct shot_info *out,
		      char error[NODE_ERROR_SIZE])
{
	char path[PATH_SIZE], dir[PATH_SIZE];
	struct db *db = NULL;
	enum status st;

	error[0] = '\0';
	st = file_of(n, name, path, error);
	if (st != ST_OK)
		return st;
	if (folder(n, dir) && mkdir(dir, 0750) && errno != EEXIST) {
		SAY("%.160s cannot be made: %s.", dir, strerror(errno));
		return errno == EACCES ? ST_DENIED : ST_IO;
	}
	if (access(path, F_OK) == 0) {
		SAY("There is a snapshot %.64s already: choose another name, or "
		    "delete it first.", name);
		return ST_DENIED;
	}
	st = said(db_copy_to(n->db, path), n->db, name, error);
	if (st == ST_OK)
		st = open_shot(&db, path, name, error);
	if (st == ST_OK)
		st = said(describe(db, path, name, out), db, name, error);
	db_close(db);
	return st;
}

/* --- load --- */

/* The same text, or absent, in both files. */
static enum status same_setting(struct db *a, struct db *b, const char *name,
				bool *same)
{
	const char *x = "", *y = "";
	enum status st = store_setting_get(a, name, &x);

	if (st == ST_OK || st == ST_NOT_FOUND)
		st = store_setting_get(b, name, &y);
	if (st == ST_OK || st == ST_NOT_FOUND) {
		*same = *same && strcmp(x, y) == 0;
		return ST_OK;
	}
	return st;
}

static enum status same_chain(struct db *a, struct db *b,
			      char error[NODE_ERROR_SIZE])
{
	bool same = true;
	enum status st = same_setting(a, b, "network", &same);

	if (st == ST_OK)
		st = same_setting(a, b, "chain_document", &same);
	if (st == ST_OK)
		st = same_setting(a, b, "activation", &same);
	if (st == ST_OK)
		st = same_setting(a, b, "signet_challenge", &same);
	if (st == ST_OK && !same) {
		SAY("The snapshot is of another chain.");
		st = ST_DENIED;
	}
	return st;
}

/* The copy's ids go on where those of the database will have ended, so that no
 * cursor and no work begun before takes the one state for the other. */
static enum status prepare(struct db *live, struct db *copy)
{
	int64_t ours = 0, theirs = 0, last = 0, last_copy = 0;
	char json[160], hash[HASH_TEXT_SIZE];
	struct block_row tip;
	enum status st = store_setting_int(live, "next_tx_id", &ours);

	if (st == ST_OK)
		st = store_event_last(live, &last);
	if (st == ST_OK || st == ST_NOT_FOUND)
		st = db_begin_write(copy);
	if (st != ST_OK)
		return st;
	st = store_setting_int(copy, "next_tx_id", &theirs);
	if (st == ST_OK)
		st = store_setting_put_int(copy, "next_tx_id",
					   (ours > theirs ? ours : theirs) +
						   TX_GAP);
	if (st == ST_OK)
		st = store_block_tip(copy, &tip);
	if (st == ST_OK)
		st = store_event_last(copy, &last_copy);
	if (st == ST_OK || st == ST_NOT_FOUND) {
		snprintf(json, sizeof(json), "{\"height\":%u,\"hash\":\"%s\"}",
			 tip.height, hash256_text(hash, &tip.hash.h));
		st = store_event_add_at(copy,
					(last > last_copy ? last : last_copy) +
						EVENT_GAP,
					clock_wall_ms(), "load", &tip.hash.h,
					json);
	}
	if (st == ST_OK)
		st = db_commit(copy);
	db_rollback(copy);
	return st;
}

static void remove_copy(const char *path)
{
	static const char *const end[] = {"", "-wal", "-shm"};
	char name[PATH_SIZE + 64];

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, end[i]);
		unlink(name);
	}
}

/* A prepared copy of the snapshot into the database, by a connection of its own. */
static enum status swap(struct node *n, struct db *shot, const char *tmp,
			char error[NODE_ERROR_SIZE])
{
	const struct store_options o = {.path = n->path, .mode = DB_WRITE,
					.cache_kib = 2048, .busy_ms = 10000};
	struct db *live = NULL, *copy = NULL;
	enum status st = said(db_copy_to(shot, tmp), shot, "copy", error);

	if (st == ST_OK)
		st = open_shot(&copy, tmp, "copy", error);
	if (st == ST_OK)
		st = store_open(&live, &o, error);
	if (st == ST_OK)
		st = said(same_chain(live, copy, error), live, n->path, error);
	if (st == ST_OK)
		st = said(prepare(live, copy), copy, n->path, error);
	if (st == ST_OK)
		st = said(db_load(live, copy), live, n->path, error);
	db_close(live);
	db_close(copy);
	return st;
}

enum status shot_load(struct node *n, const char *name, struct shot_info *out,
		      char error[NODE_ERROR_SIZE])
{
	char path[PATH_SIZE], tmp[PATH_SIZE + 40];
	struct db *db = NULL;
	enum status st;

	error[0] = '\0';
	st = file_of(n, name, path, error);
	if (st == ST_OK)
		st = open_shot(&db, path, name, error);
	if (st == ST_OK)
		st = said(describe(db, path, name, out), db, name, error);
	if (st == ST_OK) {
		snprintf(tmp, sizeof(tmp), "%s.%ld.load", path, (long)getpid());
		remove_copy(tmp);
		st = swap(n, db, tmp, error);
		remove_copy(tmp);
	}
	db_close(db);
	return st;
}

/* --- the others --- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct shot_info *)a)->name,
		      ((const struct shot_info *)b)->name);
}

/* NAME.db; false for anything else. */
static bool name_from_file(const char *file, char name[SHOT_NAME_SIZE])
{
	size_t len = strlen(file);

	if (len < 4 || len - 3 >= SHOT_NAME_SIZE ||
	    strcmp(file + len - 3, ".db") != 0)
		return false;
	memcpy(name, file, len - 3);
	name[len - 3] = '\0';
	return name_is_good(name);
}

static size_t count_shots(DIR *d)
{
	char name[SHOT_NAME_SIZE];
	struct dirent *e;
	size_t n = 0;

	while ((e = readdir(d)) && n < SHOTS_MAX)
		n += name_from_file(e->d_name, name);
	rewinddir(d);
	return n;
}

enum status shot_list(struct node *n, struct arena *a, struct shot_info **out,
		      size_t *count, char error[NODE_ERROR_SIZE])
{
	char dir[PATH_SIZE], path[PATH_SIZE], name[SHOT_NAME_SIZE];
	enum status st = ST_OK;
	struct dirent *e;
	size_t room;
	DIR *d;

	*count = 0;
	*out = NULL;
	error[0] = '\0';
	d = folder(n, dir) ? opendir(dir) : NULL;
	if (!d)
		return ST_OK;	/* nothing was saved */
	room = count_shots(d);
	*out = arena_array(a, room + 1, struct shot_info);
	if (!*out)
		st = ST_NOMEM;
	while (st == ST_OK && *count < room && (e = readdir(d))) {
		struct db *db = NULL;

		if (!name_from_file(e->d_name, name))
			continue;
		st = file_of(n, name, path, error);
		if (st == ST_OK)
			st = open_shot(&db, path, name, error);
		if (st == ST_OK)
			st = said(describe(db, path, name, &(*out)[*count]), db,
				  name, error);
		db_close(db);
		if (st == ST_NOT_FOUND) {
			st = ST_OK;	/* deleted just now */
			continue;
		}
		*count += st == ST_OK;
	}
	closedir(d);
	if (*count)
		qsort(*out, *count, sizeof(**out), by_name);
	return st;
}

enum status shot_branch(struct node *n, const char *name, const char *path,
			char error[NODE_ERROR_SIZE])
{
	char from[PATH_SIZE];
	struct db *db = NULL;
	enum status st;

	error[0] = '\0';
	st = file_of(n, name, from, error);
	if (st == ST_OK)
		st = open_shot(&db, from, name, error);
	if (st == ST_OK && access(path, F_OK) == 0) {
		SAY("%.160s exists: choose another name, or remove it.", path);
		st = ST_DENIED;
	}
	if (st == ST_OK)
		st = said(db_copy_to(db, path), db, path, error);
	db_close(db);
	return st;
}

enum status shot_delete(struct node *n, const char *name,
			char error[NODE_ERROR_SIZE])
{
	char path[PATH_SIZE];
	enum status st;

	error[0] = '\0';
	st = file_of(n, name, path, error);
	if (st != ST_OK)
		return st;
	if (access(path, F_OK) != 0) {
		SAY("There is no snapshot %.64s; quarry snapshot list names "
		    "those that are.", name);
		return ST_NOT_FOUND;
	}
	remove_copy(path);
	if (access(path, F_OK) != 0)
		return ST_OK;
	SAY("%.160s cannot be removed: %s.", path, strerror(errno));
	return ST_IO;
}
