/* SPDX-License-Identifier: MIT */
/*
 * Webhooks: rows of hooks.db. Each has an address, a filter as /events has it, a
 * secret, and its place in the event table. Deliveries are signed:
 *
 *	Quarry-Signature: t=TIME,v1=HEX
 *
 * HEX is HMAC-SHA256 with the secret of "TIME.BODY", TIME the UNIX seconds of the
 * delivery: who checks both knows that it is from here, and not an old one.
 */
#ifndef QUARRY_HOOKS_HOOKS_H
#define QUARRY_HOOKS_HOOKS_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/url.h"

#define HOOKS_MAX 200
#define HOOKS_ERROR_SIZE 512
#define HOOK_URL_SIZE 501
#define HOOK_PATH_SIZE 200
#define HOOK_FILTER_SIZE 4096
#define HOOK_SECRET_SIZE 32
#define HOOK_LAST_SIZE 160
#define HOOK_SIGNATURE_SIZE 120

struct hooks;

struct hook {
	int64_t id;
	char url[HOOK_URL_SIZE];
	char filter[HOOK_FILTER_SIZE];
	uint8_t secret[HOOK_SECRET_SIZE];
	bool dead;		/* given up: it failed for days, or said 410 */
	int64_t cursor;		/* rows of event up to this one were taken */
	uint32_t skip;		/* and so many messages of the next */
	int64_t created, tried;	/* UNIX seconds; tried 0: never */
	int64_t next_ms;	/* UNIX milliseconds: not tried before */
	int64_t failing;	/* UNIX seconds since when it fails; 0: it works */
	uint32_t fails;		/* in a row */
	int64_t sent;		/* deliveries taken */
	char last[HOOK_LAST_SIZE];	/* what came of the last one */
};

/* hooks.db beside the database; false: the path is too long. */
bool hooks_path(char *out, size_t size, const char *db);
/* ST_NOT_FOUND: there is no file, and `create` is false. On failure error is a
 * sentence. */
NODISCARD enum status hooks_open(struct hooks **out, const char *path, bool create,
				 char error[HOOKS_ERROR_SIZE]);
void hooks_close(struct hooks *h);
/* Brings an older file up to date. */
NODISCARD enum status hooks_migrate(const char *path, int *from, int *to,
				    char error[HOOKS_ERROR_SIZE]);
/* Whether another process changed anything since the last call. */
NODISCARD enum status hooks_changed(struct hooks *h, bool *changed);

/* Makes a webhook of url, filter, secret, cursor and created; sets id. ST_TOO_BIG:
 * there are HOOKS_MAX. */
NODISCARD enum status hooks_add(struct hooks *h, struct hook *k);
/* The first with an id above `after`; ST_NOT_FOUND. */
NODISCARD enum status hooks_next(struct hooks *h, int64_t after, struct hook *out);
/* All but url, filter, secret and created. */
NODISCARD enum status hooks_note(struct hooks *h, const struct hook *k);
/* One that was given up is tried again, from its place. ST_NOT_FOUND. */
NODISCARD enum status hooks_revive(struct hooks *h, int64_t id);
NODISCARD enum status hooks_remove(struct hooks *h, int64_t id);

/* Cuts an address in two: base as url_parse has it, and a path with its query.
 * ST_PARSE with a phrase in *why. */
NODISCARD enum status hook_url(const char *text, bool allow_http,
			       struct url *base, char path[HOOK_PATH_SIZE],
			       const char **why);
/* "Quarry-Signature: t=...,v1=..." */
void hook_sign(char out[HOOK_SIGNATURE_SIZE],
	       const uint8_t secret[HOOK_SECRET_SIZE], int64_t time_s,
	       struct bytes body);

#endif
