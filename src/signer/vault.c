/* SPDX-License-Identifier: MIT */
#include "signer/vault.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define SLOTS 256		/* names remembered at a time */
#define LISTED_MAX 4000
#define SUFFIX ".key"
#define PATH_SIZE 4096
#define TRIES 5			/* wrong passphrases without a wait */
#define WAIT_MAX_S 64

struct slot {
	char name[SIGNER_NAME_MAX + 1];	/* "": free */
	struct keystore *k;		/* open */
	int64_t until_ms;		/* 0: for ever */
	unsigned wrong;			/* passphrases in a row */
	int64_t next_try_ms;
	int64_t used_ms;
	unsigned borrowed;
};

struct vault {
	char folder[PATH_SIZE];
	const struct ec *ec;
	struct slot slot[SLOTS];
	struct keystore *loan;		/* opened for one question */
};

#define say(error, ...) snprintf(error, VAULT_ERROR_SIZE, __VA_ARGS__)

struct vault *vault_open(const char *folder, const struct ec *ec,
			 char error[VAULT_ERROR_SIZE])
{
	struct vault *v = calloc(1, sizeof(*v));
	struct stat s;

	if (!v) {
		say(error, "There is not enough memory.");
		return NULL;
	}
	v->ec = ec;
	if ((size_t)snprintf(v->folder, sizeof(v->folder), "%s", folder) >=
		    sizeof(v->folder) - SIGNER_NAME_MAX - 16 ||
	    stat(folder, &s) || !S_ISDIR(s.st_mode)) {
		say(error, "The folder of keystores, %.100s, is not there: make it "
			   "with mode 0700.", folder);
	} else if (s.st_uid != geteuid() || s.st_mode & 077) {
		say(error, "The folder of keystores, %.100s, must be this user's "
			   "and have mode 0700.", folder);
	} else {
		return v;
	}
	free(v);
	return NULL;
}

void vault_close(struct vault *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		keystore_close(v->slot[i].k);
	free(v);
}

void vault_votes_path(char path[VAULT_PATH_SIZE], const struct vault *v,
		      struct bytes name)
{
	snprintf(path, VAULT_PATH_SIZE, "%s/%.*s.votes", v->folder,
		 (int)name.len, (const char *)name.p);
}

static void path_of(char path[VAULT_PATH_SIZE], const struct vault *v,
		    struct bytes name)
{
	snprintf(path, VAULT_PATH_SIZE, "%s/%.*s" SUFFIX, v->folder,
		 (int)name.len, (const char *)name.p);
}

static struct slot *find(struct vault *v, struct bytes name)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (v->slot[i].name[0] &&
		    bytes_equal(bytes_of_text(v->slot[i].name), name))
			return &v->slot[i];
	return NULL;
}

/* Whose slot is given away first: one that is locked, else the one that was used
 * the longest ago. */
static bool older(const struct slot *a, const struct slot *b)
{
	if (!a->k != !b->k)
		return !a->k;
	return a->used_ms < b->used_ms;
}

/* A name's slot, or another's if all are taken. */
static struct slot *slot_for(struct vault *v, struct bytes name)
{
	struct slot *s = find(v, name), *oldest = NULL;

	for (size_t i = 0; !s && i < SLOTS; i++) {
		struct slot *o = &v->slot[i];

		if (!o->name[0])
			s = o;
		else if (!o->borrowed && (!oldest || older(o, oldest)))
			oldest = o;
	}
	if (!s) {
		keystore_close(oldest->k);
		s = oldest;
	}
	if (!s->name[0] || s == oldest) {
		*s = (struct slot){0};
		memcpy(s->name, name.p, name.len);
	}
	s->used_ms = clock_mono_ms();
	return s;
}

bool vault_name_ok(struct bytes name, char error[VAULT_ERROR_SIZE])
{
	if (signer_name_ok(name))
		return true;
	say(error, "A keystore's name has 1 to %d letters, digits, hyphens, "
		   "underscores and dots, no dot first.", SIGNER_NAME_MAX);
	return false;
}

static enum signer_result explain(enum status st, struct bytes name,
				  char error[VAULT_ERROR_SIZE])
{
	int n = (int)name.len;
	const char *s = (const char *)name.p;

	if (st == ST_NOT_FOUND) {
		say(error, "There is no keystore %.*s.", n, s);
		return SIGNER_NOT_FOUND;
	}
	if (st == ST_BUSY) {
		say(error, "There is a keystore %.*s already.", n, s);
		return SIGNER_EXISTS;
	}
	if (st == ST_PARSE)
		say(error, "The file of keystore %.*s is damaged.", n, s);
	else if (st == ST_VERSION)
		say(error, "Keystore %.*s is of a later version of this program.",
		    n, s);
	else if (st == ST_DENIED)
		say(error, "The file of keystore %.*s must be this user's, with "
			   "mode 0600.", n, s);
	else
		say(error, "Keystore %.*s: %s.", n, s, status_text(st));
	return SIGNER_FAILED;
}

/* --- opening --- */

static enum signer_result too_often(struct slot *s, char error[VAULT_ERROR_SIZE])
{
	int64_t left = s->next_try_ms - clock_mono_ms();

	if (left <= 0)
		return SIGNER_OK;
	say(error, "Too many wrong passphrases: wait %lld s.",
	    (long long)(left + 999) / 1000);
	return SIGNER_WAIT;
}

static void count_wrong(struct slot *s)
{
	unsigned over = ++s->wrong > TRIES ? s->wrong - TRIES : 0;
	int64_t wait_s = over > 6 ? WAIT_MAX_S : over ? (int64_t)1 << over : 0;

	s->next_try_ms = clock_mono_ms() + wait_s * 1000;
}

static enum signer_result unseal(struct vault *v, struct bytes name,
				 struct bytes passphrase, struct keystore **k,
				 char error[VAULT_ERROR_SIZE])
{
	char path[VAULT_PATH_SIZE];
	enum signer_result r;
	enum keystore_kind kind;
	enum status st;
	struct slot *s;
	struct buf file;
	bool locked;

	*k = NULL;
	/* names of nothing take nobody's slot */
	if (!vault_has(v, name))
		return explain(ST_NOT_FOUND, name, error);
	s = slot_for(v, name);
	r = too_often(s, error);
	if (r != SIGNER_OK)
		return r;
	path_of(path, v, name);
	st = keystore_read(path, &file);
	if (st == ST_OK && !keystore_peek(buf_view(&file), &locked, &kind)) {
		st = keystore_unseal(k, v->ec, buf_view(&file), passphrase);
		st = st == ST_OK ? ST_PARSE : st;
	} else if (st == ST_OK && locked && !passphrase.p) {
		buf_free(&file);
		say(error, "Keystore %.*s is locked: unlock it, or give its "
			   "passphrase.", (int)name.len, (const char *)name.p);
		return SIGNER_LOCKED;
	} else if (st == ST_OK) {
		st = keystore_unseal(k, v->ec, buf_view(&file),
				     locked ? passphrase : (struct bytes){0});
		/* a passphrase for one without is wrong only if it says something */
		if (!locked && passphrase.len && st == ST_OK) {
			keystore_close(*k);
			*k = NULL;
			st = ST_DENIED;
		}
		if (st == ST_DENIED) {
			buf_free(&file);
			count_wrong(s);
			say(error, "The passphrase of keystore %.*s is wrong, or "
				   "its file was changed.", (int)name.len,
			    (const char *)name.p);
			return SIGNER_DENIED;
		}
		if (st == ST_OK)
			s->wrong = 0;
	}
	buf_free(&file);
	return st == ST_OK ? SIGNER_OK : explain(st, name, error);
}

enum signer_result vault_get(struct vault *v, struct bytes name,
			     struct bytes passphrase, bool strict,
			     struct keystore **k, char error[VAULT_ERROR_SIZE])
{
	enum signer_result r;
	struct slot *s;

	*k = NULL;
	if (!vault_name_ok(name, error))
		return SIGNER_BAD;
	vault_expire(v);
	s = find(v, name);
	if (s && s->k && !passphrase.p && !strict) {
		s->used_ms = clock_mono_ms();
		s->borrowed++;
		*k = s->k;
		return SIGNER_OK;
	}
	if (strict && !passphrase.p)
		passphrase = bytes_of("", 0);
	r = unseal(v, name, passphrase, k, error);
	if (r == SIGNER_OK)
		v->loan = *k;
	return r;
}

void vault_put(struct vault *v, struct keystore *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		if (v->slot[i].k == k && v->slot[i].borrowed) {
			v->slot[i].borrowed--;
			return;
		}
	if (v->loan == k) {
		keystore_close(k);
		v->loan = NULL;
	}
}

bool vault_has(struct vault *v, struct bytes name)
{
	char path[VAULT_PATH_SIZE];

	path_of(path, v, name);
	return signer_name_ok(name) && access(path, F_OK) == 0;
}

enum signer_result vault_write(struct vault *v, struct bytes name,
			       const struct keystore *k, struct bytes passphrase,
			       bool fresh, char error[VAULT_ERROR_SIZE])
{
	char path[VAULT_PATH_SIZE];
	enum status st;
	struct buf b;

	if (!vault_name_ok(name, error))
		return SIGNER_BAD;
	path_of(path, v, name);
	if (fresh && access(path, F_OK) == 0)
		return explain(ST_BUSY, name, error);
	buf_init(&b, KEYSTORE_FILE_MAX);
	st = keystore_seal(&b, k, passphrase);
	if (st == ST_OK)
		st = keystore_write(path, buf_view(&b), fresh);
	buf_free(&b);
	return st == ST_OK ? SIGNER_OK : explain(st, name, error);
}

/* --- for some time --- */

enum signer_result vault_unlock(struct vault *v, struct bytes name,
				struct bytes passphrase, uint32_t seconds,
				char error[VAULT_ERROR_SIZE])
{
	struct keystore *k;
	enum signer_result r;
	struct slot *s;

	if (!vault_name_ok(name, error))
		return SIGNER_BAD;
	r = unseal(v, name, passphrase.p ? passphrase : bytes_of("", 0), &k, error);
	if (r != SIGNER_OK)
		return r;
	s = slot_for(v, name);
	keystore_close(s->k);
	s->k = k;
	s->until_ms = seconds ? clock_mono_ms() + (int64_t)seconds * 1000 : 0;
	return SIGNER_OK;
}

enum signer_result vault_lock(struct vault *v, struct bytes name,
			      char error[VAULT_ERROR_SIZE])
{
	struct slot *s;

	if (!vault_name_ok(name, error))
		return SIGNER_BAD;
	if (!vault_has(v, name))
		return explain(ST_NOT_FOUND, name, error);
	s = find(v, name);
	if (s) {
		keystore_close(s->k);
		s->k = NULL;
	}
	return SIGNER_OK;
}

int64_t vault_expire(struct vault *v)
{
	int64_t now = clock_mono_ms(), next = -1;

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &v->slot[i];

		if (!s->k || !s->until_ms)
			continue;
		if (s->until_ms <= now && !s->borrowed) {
			keystore_close(s->k);
			s->k = NULL;
		} else if (next < 0 || s->until_ms - now < next) {
			next = s->until_ms - now;
		}
	}
	return next;
}

/* --- the list --- */

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

enum signer_result vault_each(struct vault *v,
			      void (*fn)(void *arg, const char *name,
					 enum keystore_kind kind,
					 bool has_passphrase, bool unlocked,
					 uint32_t seconds_left),
			      void *arg, char error[VAULT_ERROR_SIZE])
{
	char (*name)[SIGNER_NAME_MAX + 1] = calloc(LISTED_MAX, sizeof(*name));
	DIR *d = name ? opendir(v->folder) : NULL;
	int64_t now = clock_mono_ms();
	struct dirent *e;
	size_t n = 0;

	if (!d) {
		free(name);
		say(error, "The folder of keystores cannot be read.");
		return SIGNER_FAILED;
	}
	vault_expire(v);
	while (n < LISTED_MAX && (e = readdir(d))) {
		size_t len = strlen(e->d_name), end = strlen(SUFFIX);

		if (len <= end || strcmp(e->d_name + len - end, SUFFIX) != 0 ||
		    !signer_name_ok(bytes_of(e->d_name, len - end)))
			continue;
		memcpy(name[n], e->d_name, len - end);
		n++;
	}
	closedir(d);
	qsort(name, n, sizeof(*name), by_name);
	for (size_t i = 0; i < n; i++) {
		const struct slot *s = find(v, bytes_of_text(name[i]));
		char path[VAULT_PATH_SIZE];
		enum keystore_kind kind = KEYSTORE_WALLET;
		bool locked = true, good;
		struct buf file;

		path_of(path, v, bytes_of_text(name[i]));
		good = keystore_read(path, &file) == ST_OK &&
		       keystore_peek(buf_view(&file), &locked, &kind);
		buf_free(&file);
		if (good)
			fn(arg, name[i], kind, locked, !locked || (s && s->k),
			   s && s->k && s->until_ms
				   ? (uint32_t)((s->until_ms - now + 999) / 1000)
				   : 0);
	}
	free(name);
	return SIGNER_OK;
}
