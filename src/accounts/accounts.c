/* SPDX-License-Identifier: MIT */
#include "accounts/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts/accounts_internal.h"
#include "accounts/role.h"
#include "base/clock.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

/* "Quac" */
#define APPLICATION_ID 0x51756163
#define BUSY_MS 3000
#define CACHE_KIB 2048

#define SAY(...) snprintf(error, ACCOUNTS_ERROR_SIZE, __VA_ARGS__)

char *accounts_path(char out[ACCOUNTS_PATH_SIZE], const struct conf *conf)
{
	const char *named = conf_text(conf, CONF_ACCOUNTS_DB);
	const char *db = conf_text(conf, CONF_DB), *slash = strrchr(db, '/');

	if (*named)
		snprintf(out, ACCOUNTS_PATH_SIZE, "%s", named);
	else
		snprintf(out, ACCOUNTS_PATH_SIZE, "%.*saccounts.db",
			 slash ? (int)(slash - db) + 1 : 0, db);
	return out;
}

static struct db_options options_of(const char *path)
{
	return (struct db_options){
		.path = path,
		.mode = DB_WRITE,
		.busy_ms = BUSY_MS,
		.cache_kib = CACHE_KIB,
		.full_sync = true,
		.secure_delete = true,
		.file_mode = 0600,
		.application_id = APPLICATION_ID,
		.sql = accounts_sql,
		.n_sql = SQL_ACCOUNTS_COUNT,
		.ladder = accounts_ladder,
		.n_ladder = accounts_n_ladder,
	};
}

/* Secrets that others may read are none. */
static enum status check_mode(const char *path, char error[ACCOUNTS_ERROR_SIZE])
{
	struct stat s;

	if (stat(path, &s) || !(s.st_mode & 077))
		return ST_OK;
	SAY("%.200s may be read by others than its owner: chmod 600 it.", path);
	return ST_DENIED;
}

/* --- the key --- */

static enum status key_failed(const char *path, char error[ACCOUNTS_ERROR_SIZE])
{
	const int why = errno;

	SAY("%.200s, the key of accounts.db, cannot be used: %s.", path,
	    strerror(why));
	return why == EACCES ? ST_DENIED : why == ENOENT ? ST_NOT_FOUND : ST_IO;
}

static enum status key_make(const char *path, char error[ACCOUNTS_ERROR_SIZE])
{
	uint8_t key[ACCOUNTS_KEY_BYTES];
	char tmp[ACCOUNTS_PATH_SIZE + 24];
	enum status st = rand_secret(key, sizeof(key));
	int fd;

	if (st != ST_OK) {
		SAY("There is no randomness for a key.");
		return st;
	}
	/* complete under another name first: one of two that make it wins */
	snprintf(tmp, sizeof(tmp), "%s.%ld", path, (long)getpid());
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		st = key_failed(tmp, error);
	else if (write(fd, key, sizeof(key)) != sizeof(key) || fsync(fd) ||
		 (link(tmp, path) && errno != EEXIST))
		st = key_failed(path, error);
	if (fd >= 0) {
		close(fd);
		unlink(tmp);
	}
	wipe(key, sizeof(key));
	return st;
}

static enum status key_read(struct accounts *a, const char *path,
			    char error[ACCOUNTS_ERROR_SIZE])
{
	uint8_t more;
	enum status st = check_mode(path, error);

	if (st != ST_OK)
		return st;
	a->key_fd = open(path, O_RDWR | O_CLOEXEC);
	if (a->key_fd < 0)
		return key_failed(path, error);
	if (read(a->key_fd, a->key, sizeof(a->key)) == sizeof(a->key) &&
	    read(a->key_fd, &more, 1) == 0)
		return ST_OK;
	SAY("%.200s is not the key of an accounts.db.", path);
	return ST_CORRUPT;
}

/* --- the database --- */

static enum status open_all(struct accounts **out, const char *path,
			    const char *key, char error[ACCOUNTS_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);
	struct accounts *a = calloc(1, sizeof(*a));
	enum status st = a ? check_mode(path, error) : ST_NOMEM;

	*out = NULL;
	if (!a)
		return st;
	a->key_fd = -1;
	if (st == ST_OK)
		st = db_open(&a->db, &opt, error);
	if (st == ST_OK)
		st = key_read(a, key, error);
	if (st != ST_OK) {
		accounts_close(a);
		return st;
	}
	*out = a;
	return ST_OK;
}

enum status accounts_open(struct accounts **out, const char *path,
			  char error[ACCOUNTS_ERROR_SIZE])
{
	char key[ACCOUNTS_PATH_SIZE + 8];

	error[0] = '\0';
	*out = NULL;
	snprintf(key, sizeof(key), "%s.key", path);
	return open_all(out, path, key, error);
}

enum status accounts_open_or_make(struct accounts **out, const char *path,
				  char error[ACCOUNTS_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);
	char key[ACCOUNTS_PATH_SIZE + 8];
	enum status st = ST_OK;
	int from, to;

	error[0] = '\0';
	*out = NULL;
	snprintf(key, sizeof(key), "%s.key", path);
	if (access(path, F_OK) != 0) {
		if (access(key, F_OK) != 0)
			st = key_make(key, error);
		if (st == ST_OK)
			st = db_create(&opt, error);
		/* another process has just made it */
		if (st == ST_DENIED && access(path, F_OK) == 0)
			st = ST_OK;
	}
	if (st == ST_OK)
		st = open_all(out, path, key, error);
	if (st == ST_VERSION) {
		st = db_migrate(&opt, &from, &to, error);
		if (st == ST_OK)
			st = open_all(out, path, key, error);
	}
	return st;
}

void accounts_close(struct accounts *a)
{
	if (!a)
		return;
	if (a->key_fd >= 0)
		close(a->key_fd);
	db_close(a->db);
	wipe(a->key, sizeof(a->key));
	free(a);
}

const char *accounts_error(const struct accounts *a)
{
	return db_error(a->db);
}

/* --- for the modules --- */

int64_t accounts_now(const struct accounts *a)
{
	return a->now_s ? a->now_s : clock_wall_s();
}

void accounts_set_time(struct accounts *a, int64_t now_s)
{
	a->now_s = now_s;
}

void accounts_subkey(const struct accounts *a, uint8_t out[32],
		     const char *purpose)
{
	hmac_sha256(out, bytes_of(a->key, sizeof(a->key)),
		    bytes_of_text(purpose));
}

enum status accounts_end(struct accounts *a, enum status st)
{
	if (st == ST_OK)
		st = db_commit(a->db);
	if (st != ST_OK)
		db_rollback(a->db);
	return st;
}

enum status accounts_one_int(struct db_stmt *s, int64_t *out)
{
	enum status st = db_one(s);

	if (st == ST_OK) {
		*out = db_col_int(s, 0);
		db_reset(s);
	}
	return st;
}

void accounts_col_text(enum status *st, struct db_stmt *s, int i, char *out,
		       size_t size)
{
	int n = snprintf(out, size, "%s", db_col_text(s, i));

	if (n < 0 || (size_t)n >= size)
		*st = ST_CORRUPT;
}

unsigned accounts_col_roles(enum status *st, struct db_stmt *s, int i)
{
	const char *text = db_col_text(s, i);
	unsigned roles = 0;

	if (!roles_parse(&roles, text, strlen(text))) {
		*st = ST_CORRUPT;
		return 0;
	}
	return roles;
}
