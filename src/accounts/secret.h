/* SPDX-License-Identifier: MIT */
/*
 * What a session, a token and an invitation are known by: 32 random bytes, given
 * away once as text; the database has only their SHA-256. (Random bytes need no
 * salt and no slow hash.) And where clients bring them: a Cookie or an
 * Authorization header, both hostile text.
 */
#ifndef QUARRY_ACCOUNTS_SECRET_H
#define QUARRY_ACCOUNTS_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define SECRET_BYTES 32
#define SECRET_TEXT_SIZE 65
#define SECRET_TOKEN_PREFIX "quarry_"
#define SECRET_TOKEN_SIZE (sizeof(SECRET_TOKEN_PREFIX) + 64)

struct secret {
	uint8_t b[SECRET_BYTES];
};

NODISCARD enum status secret_new(struct secret *s);
/* 64 digits. Returns out. */
char *secret_text(char out[SECRET_TEXT_SIZE], const struct secret *s);
bool secret_parse(struct secret *s, const char *text, size_t len);
void secret_hash(uint8_t out[32], const struct secret *s);
/* What a page must repeat in a header, made of a session's secret. */
void secret_csrf(char out[SECRET_TEXT_SIZE], const struct secret *s);
bool secret_csrf_is(const struct secret *s, const char *text);
void secret_wipe(void *p, size_t n);

/* The value of the cookie with this name, when it is a secret's text. Of several
 * with the name none is taken: one of them was put there by somebody else. */
bool secret_of_cookie(struct secret *s, const char *header, const char *name);
/* Whether an Authorization header is of this scheme ("Bearer"), and the rest of
 * it; NULL when it is another one. */
const char *secret_scheme(const char *header, const char *scheme);
/* "Bearer quarry_..."; false for everything else. */
bool secret_of_bearer(struct secret *s, const char *header);

#endif
