/* SPDX-License-Identifier: MIT */
/*
 * Challenges, which a key signs to enter or to be added to an account.
 *
 * None is stored when it is made, so that asking costs the database nothing: it
 * is a time, random bytes, whom it is for, and a MAC of all that with the site's
 * name under the key beside the database. One that was answered is remembered
 * until its end and answered no more.
 *
 * What is signed is a sentence for people: it names the site, what it is for, and
 * until when it holds.
 */
#ifndef QUARRY_ACCOUNTS_CHALLENGE_H
#define QUARRY_ACCOUNTS_CHALLENGE_H

#include <stdbool.h>

#include "accounts/accounts.h"

#define CHALLENGE_S 300
#define CHALLENGE_WHO_MAX 90
#define CHALLENGE_SIZE 200
#define CHALLENGE_TEXT_SIZE 512

enum challenge_use {
	CHALLENGE_ENTER,
	CHALLENGE_ADD_KEY,
};

struct challenge {
	enum challenge_use use;
	int64_t end_s;
	char who[CHALLENGE_WHO_MAX + 1]; /* a name, or a key's text */
	char code[CHALLENGE_SIZE];	 /* what clients send back */
	char text[CHALLENGE_TEXT_SIZE];	 /* what is signed */
};

/* who: letters, digits, '.', '_' and '-' alone; ST_PARSE else, or when too long. */
NODISCARD enum status challenge_make(const struct accounts *a,
				     enum challenge_use use, const char *site,
				     const char *who, struct challenge *out);
/* Whether `code` was made here for this site and still holds. */
bool challenge_read(const struct accounts *a, const char *code, size_t len,
		    const char *site, struct challenge *out);
/* Inside a transaction of the caller's. ST_DENIED: it was answered before. */
NODISCARD enum status challenge_use(struct accounts *a, const char *code);

#endif
