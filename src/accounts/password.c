/* SPDX-License-Identifier: MIT */
#include "accounts/password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "accounts/accounts_internal.h"
#include "base/base64.h"
#include "crypto/rand.h"
#include "crypto/scrypt.h"
#include "crypto/wipe.h"

#define SALT_BYTES 16
#define HASH_BYTES 32
#define COST_LN 15
#define COST_R 8
#define COST_P 3
/* What a stored text may ask for. */
#define COST_LN_MAX 18
#define COST_R_MAX 16
#define COST_P_MAX 16
/* Different characters that a password has at least. */
#define DIFFERENT_MIN 5

struct stored {
	unsigned ln, r, p;
	uint8_t salt[SALT_BYTES], hash[HASH_BYTES];
};

const char *password_fault(const char *name, struct bytes password)
{
	bool seen[256] = {false};
	unsigned different = 0;

	if (password.len < PASSWORD_MIN)
		return "must have ten characters or more";
	if (password.len > PASSWORD_MAX)
		return "must not be longer than 256 bytes";
	for (size_t i = 0; i < password.len; i++) {
		different += !seen[password.p[i]];
		seen[password.p[i]] = true;
	}
	if (different < DIFFERENT_MIN)
		return "must have five different characters or more";
	if (strlen(name) == password.len &&
	    strncasecmp(name, (const char *)password.p, password.len) == 0)
		return "must not be the name";
	return NULL;
}

/* A lock on the key's file that belongs to this opening of it: the kernel lifts
 * it when the process ends, however it ends. */
static bool slot(struct accounts *a, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};

	return fcntl(a->key_fd, F_OFD_SETLK, &l) == 0;
}

bool password_slot_take(struct accounts *a)
{
	return slot(a, F_WRLCK);
}

void password_slot_leave(struct accounts *a)
{
	(void)slot(a, F_UNLCK);
}

static enum status derive(uint8_t out[HASH_BYTES], const struct stored *s,
			  struct bytes password)
{
	return scrypt_derive(out, HASH_BYTES, password,
			     bytes_of(s->salt, SALT_BYTES), UINT64_C(1) << s->ln,
			     s->r, s->p);
}

enum status password_make(char out[PASSWORD_TEXT_SIZE], struct bytes password)
{
	struct stored s = {.ln = COST_LN, .r = COST_R, .p = COST_P};
	char salt[BASE64_TEXT_SIZE(SALT_BYTES)], hash[BASE64_TEXT_SIZE(HASH_BYTES)];
	enum status st = rand_bytes(s.salt, sizeof(s.salt));

	if (st == ST_OK)
		st = derive(s.hash, &s, password);
	if (st == ST_OK)
		snprintf(out, PASSWORD_TEXT_SIZE, "$scrypt$ln=%u,r=%u,p=%u$%s$%s",
			 s.ln, s.r, s.p, base64_text(salt, s.salt, SALT_BYTES),
			 base64_text(hash, s.hash, HASH_BYTES));
	return st;
}

static bool parse_bytes(uint8_t *out, size_t n, const char *text, size_t len)
{
	struct buf b;
	bool good;

	buf_init(&b, 256);
	good = base64_parse(&b, text, len) && b.len == n;
	if (good)
		memcpy(out, b.p, n);
	buf_free(&b);
	return good;
}

static bool parse(struct stored *s, const char *text)
{
	const char *salt, *hash;
	int at = 0;

	if (sscanf(text, "$scrypt$ln=%2u,r=%2u,p=%2u$%n", &s->ln, &s->r, &s->p,
		   &at) != 3 || !at)
		return false;
	if (s->ln < 1 || s->ln > COST_LN_MAX || s->r < 1 || s->r > COST_R_MAX ||
	    s->p < 1 || s->p > COST_P_MAX)
		return false;
	salt = text + at;
	hash = strchr(salt, '$');
	return hash && parse_bytes(s->salt, SALT_BYTES, salt, (size_t)(hash - salt)) &&
	       parse_bytes(s->hash, HASH_BYTES, hash + 1, strlen(hash + 1));
}

enum status password_check(const char *stored, struct bytes password,
			   bool *good, bool *old)
{
	struct stored s = {.ln = COST_LN, .r = COST_R, .p = COST_P};
	uint8_t hash[HASH_BYTES];
	enum status st;

	*good = *old = false;
	if (*stored && !parse(&s, stored))
		return ST_CORRUPT;
	st = derive(hash, &s, password);
	if (st == ST_OK)
		*good = wipe_equal(hash, s.hash, HASH_BYTES) && *stored;
	*old = s.ln != COST_LN || s.r != COST_R || s.p != COST_P;
	wipe(hash, sizeof(hash));
	return st;
}

enum status password_random(char out[PASSWORD_MADE_SIZE])
{
	/* 32 of them: five bits each, none that looks like another */
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t r[20];
	size_t n = 0;
	enum status st = rand_secret(r, sizeof(r));

	for (size_t i = 0; i < sizeof(r); i++) {
		if (i && i % 5 == 0)
			out[n++] = '-';
		out[n++] = letters[r[i] % 32];
	}
	out[n] = '\0';
	wipe(r, sizeof(r));
	return st;
}
