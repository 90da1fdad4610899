/* SPDX-License-Identifier: MIT */
/*
 * The second factor: six digits that change every 30 seconds (TOTP, RFC 6238, with
 * HMAC-SHA1, which is what apps on telephones know). The code of the step before
 * and after is good too; a step whose code was used is used, and so are those
 * before it. The secret is sealed under the key beside the database.
 */
#ifndef QUARRY_ACCOUNTS_TOTP_H
#define QUARRY_ACCOUNTS_TOTP_H

#include "accounts/account.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_TEXT_SIZE 33	/* in base32 */
#define TOTP_URI_SIZE 512

/* The code of one step; exposed for tests. digits: 6 or 8. */
uint32_t totp_code(struct bytes secret, uint64_t step, unsigned digits);

/* Makes a secret that is asked for once it is confirmed. */
NODISCARD enum status totp_start(struct accounts *a, int64_t account,
				 char text[TOTP_TEXT_SIZE]);
/* otpauth://totp/..., for QR codes. */
void totp_uri(char out[TOTP_URI_SIZE], const char *site, const char *name,
	      const char *text);
/* ST_DENIED: not its code. ST_NOT_FOUND: none was started. */
NODISCARD enum status totp_confirm(struct accounts *a, const struct actor *by,
				   int64_t account, const char *code);
NODISCARD enum status totp_off(struct accounts *a, const struct actor *by,
			       int64_t account);
/* Whether the code is good now, and uses it. Inside a transaction of the
 * caller's. ST_DENIED: it is not. */
NODISCARD enum status totp_use(struct accounts *a, int64_t account,
			       const char *code);

#endif
