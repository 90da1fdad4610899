/* SPDX-License-Identifier: MIT */
/* The call "snapshot". A branch goes beside the database and nowhere else: a
 * request must not choose where files are made. */
#include <stdio.h>
#include <string.h>

#include "lab/call.h"
#include "node/lab/shot.h"

#define LIST_MAX ((size_t)16 << 20)
#define PATH_SIZE 1100

static bool shot_failed(struct lab *l, enum status st, const char *error)
{
	enum lab_fault_kind kind = LAB_FAILED;

	if (st == ST_USAGE)
		kind = LAB_USAGE;
	else if (st == ST_NOT_FOUND)
		kind = LAB_UNKNOWN;
	else if (st == ST_DENIED)
		kind = LAB_REFUSED;
	l->fault->st = st;
	return lab_bad(l, kind, "%s", error);
}

static void put_shot(struct lab *l, const struct shot_info *s)
{
	json_obj_begin(l->w);
	json_put_str(l->w, "name", s->name);
	json_put_uint(l->w, "height", s->height);
	json_put_hash(l->w, "hash", &s->tip.h);
	json_put_int(l->w, "bytes", s->bytes);
	json_put_int(l->w, "time", s->saved_at);
	json_obj_end(l->w);
}

static bool list(struct lab *l)
{
	char error[NODE_ERROR_SIZE];
	struct shot_info *s;
	struct arena a;
	size_t n;
	enum status st;

	arena_init(&a, LIST_MAX);
	st = shot_list(l->n, &a, &s, &n, error);
	if (st == ST_OK) {
		json_obj_begin(l->w);
		json_key(l->w, "snapshots");
		json_arr_begin(l->w);
		for (size_t i = 0; i < n; i++)
			put_shot(l, &s[i]);
		json_arr_end(l->w);
		json_obj_end(l->w);
	}
	arena_free(&a);
	return st == ST_OK || shot_failed(l, st, error);
}

static bool branch(struct lab *l, const char *name)
{
	const char *db = node_db_path(l->n), *slash = strrchr(db, '/'), *to;
	char error[NODE_ERROR_SIZE], path[PATH_SIZE];
	enum status st;

	if (!lab_text(l, "to", &to))
		return false;
	if (!to || !*to || strlen(to) > 64 || *to == '.' ||
	    strspn(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		       "0123456789._-") != strlen(to))
		return lab_bad(l, LAB_USAGE, "to is what the new database is "
			       "called: letters, digits, dots, underscores and "
			       "hyphens.");
	snprintf(path, sizeof(path), "%.*s%s.db",
		 slash ? (int)(slash - db) + 1 : 0, db, to);
	st = shot_branch(l->n, name, path, error);
	if (st != ST_OK)
		return shot_failed(l, st, error);
	json_obj_begin(l->w);
	json_put_str(l->w, "db", path);
	json_obj_end(l->w);
	return true;
}

bool call_snapshot(struct lab *l)
{
	char error[NODE_ERROR_SIZE];
	struct shot_info s = {0};
	const char *what, *name;
	enum status st = ST_OK;

	if (!lab_text(l, "do", &what) || !lab_text(l, "name", &name))
		return false;
	if (what && strcmp(what, "list") == 0)
		return list(l);
	if (!name)
		return lab_bad(l, LAB_USAGE, "Say what to do and with which: do "
			       "(save, load, list, branch, delete) and name.");
	if (what && strcmp(what, "branch") == 0)
		return branch(l, name);
	if (what && strcmp(what, "save") == 0)
		st = shot_save(l->n, name, &s, error);
	else if (what && strcmp(what, "load") == 0)
		st = shot_load(l->n, name, &s, error);
	else if (what && strcmp(what, "delete") == 0)
		st = shot_delete(l->n, name, error);
	else
		return lab_bad(l, LAB_USAGE, "do is save, load, list, branch or "
			       "delete.");
	if (st != ST_OK)
		return shot_failed(l, st, error);
	if (strcmp(what, "delete") == 0)
		return call_state(l);
	put_shot(l, &s);
	return true;
}
