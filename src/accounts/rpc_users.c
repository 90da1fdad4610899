/* SPDX-License-Identifier: MIT */
#include "accounts/rpc_users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

#define HEADER_MAX 2048
#define HASH_DIGITS 64

struct user {
	struct user *next;
	char *name;
	char *salt;		/* NULL: secret is the password itself */
	char *secret;
};

/* One line of rpcwhitelist. */
struct allowed {
	struct allowed *next;
	char *name;
	char *methods;		/* ",a,b," */
};

struct rpc_users {
	struct user *user;
	struct allowed *allowed;
	bool restrict_others;
	char cookie[RPC_COOKIE_SIZE];
};

struct rpc_users *rpc_users_new(void)
{
	return calloc(1, sizeof(struct rpc_users));
}

static void free_secret(char *s)
{
	if (s)
		wipe(s, strlen(s));
	free(s);
}

static void user_free(struct user *u)
{
	free(u->name);
	free(u->salt);
	free_secret(u->secret);
	free(u);
}

void rpc_users_free(struct rpc_users *u)
{
	if (!u)
		return;
	while (u->user) {
		struct user *next = u->user->next;

		user_free(u->user);
		u->user = next;
	}
	while (u->allowed) {
		struct allowed *next = u->allowed->next;

		free(u->allowed->name);
		free(u->allowed->methods);
		free(u->allowed);
		u->allowed = next;
	}
	wipe(u->cookie, sizeof(u->cookie));
	free(u);
}

static enum status add(struct rpc_users *u, const char *name, size_t name_len,
		       const char *salt, size_t salt_len, const char *secret)
{
	struct user *n;

	if (name_len > RPC_USER_MAX || memchr(name, ':', name_len))
		return ST_PARSE;
	n = calloc(1, sizeof(*n));
	if (!n)
		return ST_NOMEM;
	n->name = strndup(name, name_len);
	n->salt = salt ? strndup(salt, salt_len) : NULL;
	n->secret = strdup(secret);
	if (!n->name || !n->secret || (salt && !n->salt)) {
		user_free(n);
		return ST_NOMEM;
	}
	n->next = u->user;
	u->user = n;
	return ST_OK;
}

enum status rpc_users_add(struct rpc_users *u, const char *name,
			  const char *password)
{
	return add(u, name, strlen(name), NULL, 0, password);
}

enum status rpc_users_add_hashed(struct rpc_users *u, const char *line)
{
	const char *colon = strchr(line, ':');
	const char *dollar = colon ? strchr(colon + 1, '$') : NULL;

	if (!dollar || strlen(dollar + 1) != HASH_DIGITS)
		return ST_PARSE;
	for (const char *p = dollar + 1; *p; p++)
		if (hex_digit(*p) < 0)
			return ST_PARSE;
	return add(u, line, (size_t)(colon - line), colon + 1,
		   (size_t)(dollar - colon - 1), dollar + 1);
}

enum status rpc_users_restrict(struct rpc_users *u, const char *line)
{
	const char *colon = strchr(line, ':');
	struct allowed *a;
	char *w;

	if (!colon || colon - line > RPC_USER_MAX)
		return ST_PARSE;
	a = calloc(1, sizeof(*a));
	if (!a)
		return ST_NOMEM;
	a->name = strndup(line, (size_t)(colon - line));
	a->methods = malloc(strlen(colon + 1) + 3);
	if (!a->name || !a->methods) {
		free(a->name);
		free(a->methods);
		free(a);
		return ST_NOMEM;
	}
	w = a->methods;
	*w++ = ',';
	for (const char *p = colon + 1; *p; p++)
		if (*p != ' ' && *p != '\t')
			*w++ = *p;
	*w++ = ',';
	*w = '\0';
	a->next = u->allowed;
	u->allowed = a;
	return ST_OK;
}

void rpc_users_restrict_others(struct rpc_users *u, bool yes)
{
	u->restrict_others = yes;
}

enum status rpc_users_cookie(struct rpc_users *u, const char *path)
{
	const size_t at = strlen(RPC_COOKIE_USER) + 1;
	uint8_t secret[32];
	enum status st = rand_secret(secret, sizeof(secret));

	if (st != ST_OK)
		return st;
	snprintf(u->cookie, sizeof(u->cookie), "%s:", RPC_COOKIE_USER);
	hex_text(u->cookie + at, secret, sizeof(secret));
	wipe(secret, sizeof(secret));
	st = rpc_users_add(u, RPC_COOKIE_USER, u->cookie + at);
	if (st == ST_OK)
		st = file_replace(path, u->cookie, strlen(u->cookie), 0600);
	return st;
}

void rpc_users_cookie_remove(const struct rpc_users *u, const char *path)
{
	struct buf b;

	if (!u->cookie[0])
		return;
	if (file_read(path, RPC_COOKIE_SIZE, &b) == ST_OK &&
	    strcmp(buf_str(&b), u->cookie) == 0)
		unlink(path);
	if (b.p)
		wipe(b.p, b.len);
	buf_free(&b);
}

/* Equal, in a time that depends on the length of `given` alone. */
static bool same(const char *given, const char *kept)
{
	size_t n = strlen(given), kept_len = strlen(kept);
	unsigned char differ = n != kept_len;

	for (size_t i = 0; i < n; i++)
		differ |= (unsigned char)(given[i] ^
					  kept[kept_len ? i % kept_len : 0]);
	return differ == 0;
}

static bool password_is(const struct user *u, const char *password)
{
	char digits[HASH_DIGITS + 1];
	uint8_t mac[32];

	if (!u->salt)
		return same(password, u->secret);
	hmac_sha256(mac, bytes_of(u->salt, strlen(u->salt)),
		    bytes_of(password, strlen(password)));
	hex_text(digits, mac, sizeof(mac));
	return same(digits, u->secret);
}

/* name:password of the header, as text in out; NULL when it is malformed. */
static const char *header_text(const char *header, struct buf *out)
{
	size_t n;

	if (strncasecmp(header, "Basic ", 6) != 0 ||
	    strnlen(header, HEADER_MAX) == HEADER_MAX)
		return NULL;
	header += 6 + strspn(header + 6, " \t");
	n = strcspn(header, " \t\r\n");
	if (header[n + strspn(header + n, " \t\r\n")] ||
	    !base64_parse(out, header, n) || buf_status(out) != ST_OK ||
	    memchr(buf_str(out), '\0', out->len))
		return NULL;
	return buf_str(out);
}

bool rpc_users_check(const struct rpc_users *u, const char *header,
		     char name[RPC_USER_MAX + 1])
{
	const char *text, *colon;
	bool good = false;
	struct buf b;

	name[0] = '\0';
	buf_init(&b, HEADER_MAX);
	text = header_text(header, &b);
	colon = text ? strchr(text, ':') : NULL;
	if (colon && colon - text <= RPC_USER_MAX) {
		memcpy(name, text, (size_t)(colon - text));
		name[colon - text] = '\0';
		/* all are tried: the time says not which one it was */
		for (const struct user *i = u->user; i; i = i->next) {
			bool named = same(name, i->name);
			bool right = password_is(i, colon + 1);

			good |= named & right;
		}
	}
	if (b.p)
		wipe(b.p, b.len);
	buf_free(&b);
	return good;
}

bool rpc_users_may_call(const struct rpc_users *u, const char *name)
{
	for (const struct allowed *a = u->allowed; a; a = a->next)
		if (strcmp(a->name, name) == 0)
			return true;
	return !u->restrict_others;
}

static bool lists(const char *methods, const char *mark, const char *method)
{
	size_t n = strlen(method), m = strlen(mark);

	for (const char *p = methods; *p && p[1]; p = strchr(p + 1, ','))
		if (strncmp(p + 1, mark, m) == 0 &&
		    strncmp(p + 1 + m, method, n) == 0 && p[1 + m + n] == ',')
			return true;
	return false;
}

bool rpc_users_may(const struct rpc_users *u, const char *name,
		   const char *method, const char *role)
{
	bool named = false;

	for (const struct allowed *a = u->allowed; a; a = a->next) {
		if (strcmp(a->name, name) != 0)
			continue;
		named = true;
		if (!lists(a->methods, "", method) &&
		    !lists(a->methods, "@", role))
			return false;
	}
	return named || !u->restrict_others;
}
