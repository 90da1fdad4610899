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
#include "base/file.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

/* "Quac" */
#define APPLICATION_ID 0x51756163
#define BUSY_MS 3000
#define CACHE_KIB 2048

#define SAY(...) snprintf(error, ACCOUNTS_ERROR_SIZE, __VA_ARGS__)

bool accounts_path(char out[ACCOUNTS_PATH_SIZE], const struct conf *conf)
{
	const char *named = conf_text(conf, CONF_ACCOUNTS_DB);

	if (!*named)
		return file_beside(out, ACCOUNTS_PATH_SIZE,
				   conf_text(conf, CONF_DB), "accounts.db");
	return (size_t)snprintf(out, ACCOUNTS_PATH_SIZE, "%s", named) <
	       ACCOUNTS_PATH_SIZE;
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
static enum status private_only(const char *path, const struct stat *s,
				char error[ACCOUNTS_ERROR_SIZE])
{
	if (!(s->st_mode & 077))
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
	enum status st = rand_secret(key, sizeof(key));

	if (st == ST_OK)
		st = file_create(path, key, sizeof(key), 0600);
	wipe(key, sizeof(key));
	/* of two that make it one wins */
	if (st == ST_OK || st == ST_BUSY)
		return ST_OK;
	SAY("%.200s, the key of accounts.db, cannot be made: %s.", path,
	    status_text(st));
	return st;
}

static enum status key_read(struct accounts *a, const char *path,
			    char error[ACCOUNTS_ERROR_SIZE])
{
	struct stat s;
	uint8_t more;
	enum status st;

	a->key_fd = open(path, O_RDWR | O_CLOEXEC);
	if (a->key_fd < 0 || fstat(a->key_fd, &s))
		return key_failed(path, error);
	st = private_only(path, &s, error);
	if (st != ST_OK)
		return st;
	if (read(a->key_fd, a->key, sizeof(a->key)) == sizeof(a->key) &&
	    read(a->key_fd, &more, 1) == 0)
		return ST_OK;
	SAY("%.200s is not the key of an accounts.db.", path);
	return ST_CORRUPT;
}

/* --- the database --- */

enum status accounts_open(struct accounts **out, const char *path, bool create,
			  char error[ACCOUNTS_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);
	struct accounts *a = calloc(1, sizeof(*a));
	char key[ACCOUNTS_PATH_SIZE + 8];
	enum status st = ST_OK;
	struct stat s;
	bool there = stat(path, &s) == 0;

	*out = NULL;
	if (!a) {
		SAY("There is no memory left.");
		return ST_NOMEM;
	}
	a->key_fd = -1;
	snprintf(key, sizeof(key), "%s.key", path);
	/* the key first: without it a file is no use */
	if (create && !there && access(key, F_OK) != 0)
		st = key_make(key, error);
	if (st == ST_OK && there)
		st = private_only(path, &s, error);
	if (st == ST_OK)
		st = create ? db_open_or_create(&a->db, &opt, error)
			    : db_open(&a->db, &opt, error);
	if (st == ST_OK)
		st = key_read(a, key, error);
	if (st != ST_OK)
		accounts_close(a);
	else
		*out = a;
	return st;
}

enum status accounts_migrate(const char *path, int *from, int *to,
			     char error[ACCOUNTS_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);

	return db_migrate(&opt, from, to, error);
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

enum status accounts_one_int(struct db_stmt *s, int64_t *out)
{
	enum status st = db_one(s);

	if (st == ST_OK) {
		*out = db_col_int(s, 0);
		db_reset(s);
	}
	return st;
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
