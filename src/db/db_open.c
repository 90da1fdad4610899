/* SPDX-License-Identifier: MIT */
/*
 * Opening, making and migrating a file.
 *
 * The order at opening matters: the busy handler before anything that reads the
 * file (even the first look can meet a lock), the defensive switches before any
 * SQL, the identity (application_id, user_version) before the journal mode is
 * touched. The schema's version is user_version; a step of the ladder and its
 * number are one transaction. Views hold no data, so each step drops them all
 * (ALTER TABLE looks into views) and the last one makes them from their present
 * text: there is one text of a view, and no history of it.
 *
 * A new file, and a copy, is made under another name and linked to its own: it
 * is complete when it appears, and never takes the place of another.
 */
#include "db/db_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"

#define WAL_KEPT_BYTES 67108864

/* The message for people: PATH is cut so that the sentence survives. */
#define SAY(...) snprintf(error, DB_ERROR_SIZE, __VA_ARGS__)

static enum status exec(struct db *db, const char *sql)
{
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ST_OK : db_fail(db, rc, sql);
}

static enum status set(struct db *db, const char *pragma, int64_t value)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "PRAGMA %s=%lld", pragma, (long long)value);
	return exec(db, sql);
}

/* The first column of the first row. */
static enum status ask(struct db *db, const char *sql, char *out, size_t size)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->h, sql, -1, &s, NULL);

	out[0] = '\0';
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		const unsigned char *text = sqlite3_column_text(s, 0);

		snprintf(out, size, "%s", text ? (const char *)text : "");
		rc = SQLITE_OK;
	} else if (rc == SQLITE_DONE) {
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_OK ? ST_OK : db_fail(db, rc, sql);
}

static enum status ask_int(struct db *db, const char *sql, int64_t *out)
{
	char text[32];
	enum status st = ask(db, sql, text, sizeof(text));

	*out = strtoll(text, NULL, 10);
	return st;
}

/* What is wrong with the file that SQLite would not even open. */
static enum status explain_open(const char *path, char error[DB_ERROR_SIZE])
{
	struct stat sb;

	if (stat(path, &sb)) {
		const int why = errno;

		if (why == ENOENT) {
			SAY("%.140s does not exist: make it with quarry init.",
			    path);
			return ST_NOT_FOUND;
		}
		SAY("%.140s cannot be opened: %s.", path, strerror(why));
		return why == EACCES ? ST_DENIED : ST_IO;
	}
	if (!S_ISREG(sb.st_mode)) {
		SAY("%.140s is not a file.", path);
		return ST_USAGE;
	}
	if (access(path, R_OK)) {
		SAY("%.140s may not be read by this user.", path);
		return ST_DENIED;
	}
	return ST_OK;
}

static enum status connect(struct db *db, const struct db_options *opt,
			   enum db_mode mode)
{
	static const struct {
		int op, on;
	} switches[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	int rc = sqlite3_open_v2(db->path, &db->h,
				 SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
					 (mode == DB_READ ?
						  SQLITE_OPEN_READONLY :
						  SQLITE_OPEN_READWRITE),
				 NULL);

	if (rc != SQLITE_OK)
		return db->h ? db_fail(db, rc, "open") : ST_NOMEM;
	/* a file that may not grow is a full disk, not the end of the program */
	signal(SIGXFSZ, SIG_IGN);
	db_busy_init(db, opt->busy_ms);
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		rc = sqlite3_db_config(db->h, switches[i].op, switches[i].on,
				       NULL);
		if (rc != SQLITE_OK)
			return db_fail(db, rc, "db_config");
	}
	if (opt->no_checkpoint)
		sqlite3_db_config(db->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
				  NULL);
	return ST_OK;
}

/* "./" keeps names like ":memory:" and "file:x?mode=..." from being special. */
static enum status db_new(struct db **out, const char *path)
{
	struct db *db = calloc(1, sizeof(*db));

	*out = NULL;
	if (!db)
		return ST_NOMEM;
	db->path = sqlite3_mprintf("%s%s", path[0] == '/' ? "" : "./", path);
	if (!db->path) {
		free(db);
		return ST_NOMEM;
	}
	*out = db;
	return ST_OK;
}

/* Whose file it is, and of which version. */
static enum status identify(struct db *db, const struct db_options *opt,
			    int *version, char error[DB_ERROR_SIZE])
{
	int64_t app = 0, user = 0;
	enum status st = ask_int(db, "PRAGMA application_id", &app);

	if (st == ST_OK)
		st = ask_int(db, "PRAGMA user_version", &user);
	if (st == ST_CORRUPT) {
		SAY("%.140s is not a database, or is damaged.", opt->path);
		return st;
	}
	/* to read a log its index is needed, which is made beside the file */
	if (st == ST_DENIED || (st == ST_IO && !access(db->path, R_OK) &&
				access(db->path, W_OK))) {
		SAY("%.140s can be read by this user only while another program "
		    "has it open, for its folder may not be written.",
		    opt->path);
		return ST_DENIED;
	}
	if (st)
		return st;
	if ((uint32_t)app != opt->application_id) {
		SAY("%.140s is a database of another program.", opt->path);
		return ST_CORRUPT;
	}
	*version = (int)user;
	if (user > opt->n_ladder) {
		SAY("%.140s has version %d and this program knows %d: "
		    "install the newer quarry.",
		    opt->path, *version, opt->n_ladder);
		return ST_VERSION;
	}
	return ST_OK;
}

/* Verifies, or sets, write-ahead logging; a copy may have been made without. */
static enum status use_wal(struct db *db, enum db_mode mode)
{
	char journal[16];
	enum status st = ask(db, "PRAGMA journal_mode", journal,
			     sizeof(journal));

	if (st || strcmp(journal, "wal") == 0 || mode == DB_READ)
		return st;
	st = ask(db, "PRAGMA journal_mode=WAL", journal, sizeof(journal));
	if (st)
		return st;
	if (strcmp(journal, "wal") != 0) {
		snprintf(db->error, sizeof(db->error),
			 "the file system does not allow write-ahead logging");
		return ST_IO;
	}
	return ST_OK;
}

static enum status configure(struct db *db, const struct db_options *opt)
{
	const struct {
		const char *pragma;
		int64_t value;
	} settings[] = {
		{"synchronous", opt->full_sync ? 2 : 1},
		{"foreign_keys", 1},
		{"cache_size", opt->cache_kib ? -opt->cache_kib : -65536},
		{"temp_store", 2},
		{"cell_size_check", 1},
		{"secure_delete", opt->secure_delete},
		{"journal_size_limit", WAL_KEPT_BYTES},
		{"wal_autocheckpoint", opt->no_checkpoint      ? 0
				       : opt->checkpoint_pages ? opt->checkpoint_pages
							       : 1000},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		enum status st = set(db, settings[i].pragma, settings[i].value);

		if (st)
			return st;
	}
	return ST_OK;
}

/* Opens up to the point where version is known; *out is NULL on failure. */
static enum status open_file(struct db **out, const struct db_options *opt,
			     enum db_mode mode, int *version,
			     char error[DB_ERROR_SIZE])
{
	struct db *db = NULL;
	enum status st;

	*out = NULL;
	error[0] = '\0';
	if (opt->path[0] == '\0') {
		SAY("The database's name is empty.");
		return ST_USAGE;
	}
	st = db_new(&db, opt->path);
	if (st)
		goto out;
	st = explain_open(db->path, error);
	if (st)
		goto out;
	st = connect(db, opt, mode);
	if (st == ST_OK)
		st = identify(db, opt, version, error);
	if (st == ST_OK && mode == DB_WRITE &&
	    sqlite3_db_readonly(db->h, NULL)) {
		SAY("%.140s may not be written by this user.", opt->path);
		st = ST_DENIED;
	}
	if (st == ST_OK)
		st = use_wal(db, mode);
	if (st == ST_OK)
		st = configure(db, opt);
out:
	if (st) {
		if (!error[0])
			SAY("%.140s: %s%s%.80s.", opt->path, status_text(st),
			    db && db->error[0] ? ": " : "",
			    db ? db->error : "");
		db_close(db);
		return st;
	}
	*out = db;
	return ST_OK;
}

enum status db_open(struct db **out, const struct db_options *opt,
		    char error[DB_ERROR_SIZE])
{
	int version = 0;
	enum status st = open_file(out, opt, opt->mode, &version, error);

	if (st)
		return st;
	if (version < opt->n_ladder) {
		SAY("%.140s has version %d and this program needs %d: "
		    "run quarry migrate.",
		    opt->path, version, opt->n_ladder);
		st = ST_VERSION;
	} else {
		(*out)->version = version;
		st = db_stmts_init(*out, opt->sql, opt->n_sql);
		if (st)
			SAY("%.140s: %s.", opt->path, status_text(st));
	}
	if (st) {
		db_close(*out);
		*out = NULL;
	}
	return st;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_rollback(db);
	db_stmts_clear(db);
	if (sqlite3_close(db->h) != SQLITE_OK)
		BUG("the database is still in use: %s", sqlite3_errmsg(db->h));
	sqlite3_free(db->path);
	free(db);
}

static enum status make_views(struct db *db, const struct db_options *opt,
			      bool make)
{
	enum status st = ST_OK;

	for (int i = 0; st == ST_OK && i < opt->n_views; i++) {
		char drop[80];

		snprintf(drop, sizeof(drop), "DROP VIEW IF EXISTS %.40s",
			 opt->views[i].name);
		st = exec(db, drop);
	}
	for (int i = 0; make && st == ST_OK && i < opt->n_views; i++)
		st = exec(db, opt->views[i].text);
	return st;
}

/* Step number `step` (from 1), unless another process took it meanwhile. */
static enum status climb_one(struct db *db, const struct db_options *opt,
			     int step)
{
	int64_t version = 0;
	enum status st = exec(db, "BEGIN IMMEDIATE");

	if (st)
		return st;
	st = ask_int(db, "PRAGMA user_version", &version);
	if (st == ST_OK && version == step - 1) {
		st = make_views(db, opt, false);
		if (st == ST_OK)
			st = exec(db, opt->ladder[step - 1].text);
		if (st == ST_OK && step == opt->n_ladder)
			st = make_views(db, opt, true);
		if (st == ST_OK)
			st = set(db, "user_version", step);
	}
	if (st == ST_OK)
		st = exec(db, "COMMIT");
	if (st && !sqlite3_get_autocommit(db->h))
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return st;
}

static enum status climb(struct db *db, const struct db_options *opt, int from,
			 char error[DB_ERROR_SIZE])
{
	enum status st = ST_OK;

	for (int i = from + 1; st == ST_OK && i <= opt->n_ladder; i++) {
		st = climb_one(db, opt, i);
		if (st)
			SAY("%.100s: step %d (%.40s) failed: %s: %.60s.",
			    opt->path, i, opt->ladder[i - 1].name,
			    status_text(st), db->error);
	}
	return st;
}

enum status db_migrate(const struct db_options *opt, int *from, int *to,
		       char error[DB_ERROR_SIZE])
{
	struct db *db;
	enum status st = open_file(&db, opt, DB_WRITE, from, error);

	*to = *from;
	if (st)
		return st;
	st = climb(db, opt, *from, error);
	if (st == ST_OK)
		*to = opt->n_ladder;
	db_close(db);
	return st;
}

/* A log left behind by a file deleted by hand would be taken for the new file's
 * own. */
static enum status remove_old_log(const char *path)
{
	static const char *const left[] = {"-wal", "-shm"};

	for (size_t i = 0; i < 2; i++) {
		char *name = sqlite3_mprintf("%s%s", path, left[i]);

		if (!name)
			return ST_NOMEM;
		if (access(path, F_OK) != 0)
			unlink(name);
		sqlite3_free(name);
	}
	return ST_OK;
}

static enum status publish(const char *tmp, const char *path)
{
	enum status st = remove_old_log(path);

	if (st)
		return st;
	if (link(tmp, path) == 0)
		return ST_OK;
	if (errno == EEXIST)
		return ST_DENIED;
	/* File systems without hard links. */
	if ((errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK) &&
	    access(path, F_OK) != 0 && rename(tmp, path) == 0)
		return ST_OK;
	return ST_IO;
}

/* Of two that make the same file one must not remove the log of the other's: the
 * folder is locked from the look to the link. */
enum status db_file_publish(const char *tmp, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = sqlite3_mprintf("%.*s/.", slash ? (int)(slash - path) : 1,
				    slash ? path : ".");
	enum status st;
	int fd;

	if (!dir)
		return ST_NOMEM;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	sqlite3_free(dir);
	/* where the file system has no such lock, the moment is short */
	if (fd >= 0)
		flock(fd, LOCK_EX);
	st = publish(tmp, path);
	if (fd >= 0)
		close(fd);
	return st;
}

/* Everything in the file tmp, which is empty. */
static enum status create_in(const char *tmp, const struct db_options *opt,
			     char error[DB_ERROR_SIZE])
{
	struct db *db = NULL;
	enum status st = db_new(&db, tmp);

	if (st == ST_OK)
		st = connect(db, opt, DB_WRITE);
	if (st == ST_OK)
		st = set(db, "application_id", (int32_t)opt->application_id);
	if (st == ST_OK)
		st = use_wal(db, DB_WRITE);
	if (st == ST_OK)
		st = configure(db, opt);
	if (st == ST_OK)
		st = climb(db, opt, 0, error);
	if (st && !error[0])
		SAY("%.140s: %s%s%.80s.", opt->path, status_text(st),
		    db ? ": " : "", db ? db->error : "");
	db_close(db);
	return st;
}

enum status db_create(const struct db_options *opt, char error[DB_ERROR_SIZE])
{
	struct db_options whole = *opt;
	enum status st = ST_IO;
	char *tmp;
	int fd;

	error[0] = '\0';
	whole.no_checkpoint = false; /* the last to close empties the log */
	if (access(opt->path, F_OK) == 0) {
		SAY("%.140s exists: choose another name, or remove it.",
		    opt->path);
		return ST_DENIED;
	}
	tmp = sqlite3_mprintf("%s%s.%d.new", opt->path[0] == '/' ? "" : "./",
			      opt->path, (int)getpid());
	if (!tmp) {
		SAY("%.140s: %s.", opt->path, status_text(ST_NOMEM));
		return ST_NOMEM;
	}
	/* what a process that died left; never through somebody's link */
	unlink(tmp);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		  opt->file_mode ? opt->file_mode : 0640);
	if (fd < 0) {
		if (errno == EACCES || errno == EPERM || errno == EROFS)
			st = ST_DENIED;
		else if (errno == ENOENT)
			st = ST_NOT_FOUND;
		else if (errno == ENOSPC || errno == EDQUOT)
			st = ST_FULL;
		SAY("%.140s cannot be made: %s.", opt->path, strerror(errno));
	} else {
		close(fd);
		st = create_in(tmp, &whole, error);
		if (st == ST_OK) {
			st = db_file_publish(tmp, opt->path);
			if (st == ST_DENIED)
				SAY("%.140s was made by another program just "
				    "now.", opt->path);
			else if (st)
				SAY("%.140s cannot be made: %s.", opt->path,
				    status_text(st));
		}
		unlink(tmp);
	}
	sqlite3_free(tmp);
	return st;
}

enum status db_open_or_create(struct db **out, const struct db_options *opt,
			      char error[DB_ERROR_SIZE])
{
	enum status st = db_open(out, opt, error);

	if (st != ST_NOT_FOUND)
		return st;
	st = db_create(opt, error);
	return st == ST_OK || st == ST_DENIED ? db_open(out, opt, error) : st;
}
