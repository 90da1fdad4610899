/* SPDX-License-Identifier: MIT */
#include "accounts/totp.h"

#include <stdio.h>

#include "accounts/accounts_internal.h"
#include "crypto/gcm.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

#define STEP_S 30
#define WINDOW 1
#define SEALED_BYTES (GCM_NONCE_BYTES + TOTP_SECRET_BYTES + GCM_TAG_BYTES)

/* --- codes --- */

uint32_t totp_code(struct bytes secret, uint64_t step, unsigned digits)
{
	uint8_t counter[8], mac[20];
	unsigned at;
	uint32_t v, modulus = 1;

	be64_put(counter, step);
	hmac_sha1(mac, secret, bytes_of(counter, sizeof(counter)));
	at = mac[19] & 15;
	v = be32_get(mac + at) & 0x7fffffff;
	while (digits--)
		modulus *= 10;
	return v % modulus;
}

/* The step whose code it is; 0 when there is none after `used`. All steps are
 * looked at, whichever it is. */
static int64_t step_of(struct bytes secret, int64_t now, int64_t used,
		       const char *code)
{
	int64_t found = 0;
	char want[8];

	if (strlen(code) != 6)
		return 0;
	for (int64_t i = -WINDOW; i <= WINDOW; i++) {
		int64_t step = now / STEP_S + i;

		snprintf(want, sizeof(want), "%06u",
			 (unsigned)totp_code(secret, (uint64_t)step, 6));
		if (wipe_equal(want, code, 6) && step > used)
			found = step;
	}
	wipe(want, sizeof(want));
	return found;
}

/* --- sealing --- */

static struct bytes aad_of(char out[40], int64_t account)
{
	int n = snprintf(out, 40, "totp 1 %lld", (long long)account);

	return bytes_of(out, (size_t)n);
}

static enum status seal(const struct accounts *a, int64_t account,
			uint8_t out[SEALED_BYTES],
			const uint8_t secret[TOTP_SECRET_BYTES])
{
	uint8_t key[32];
	char aad[40];
	enum status st = rand_bytes(out, GCM_NONCE_BYTES);

	if (st != ST_OK)
		return st;
	accounts_subkey(a, key, "seal");
	st = gcm_seal(out + GCM_NONCE_BYTES,
		      out + GCM_NONCE_BYTES + TOTP_SECRET_BYTES, key, out,
		      aad_of(aad, account), bytes_of(secret, TOTP_SECRET_BYTES));
	wipe(key, sizeof(key));
	return st;
}

static enum status unseal(const struct accounts *a, int64_t account,
			  uint8_t secret[TOTP_SECRET_BYTES], struct bytes sealed)
{
	uint8_t key[32];
	char aad[40];
	enum status st;

	if (sealed.len != SEALED_BYTES)
		return ST_CORRUPT;
	accounts_subkey(a, key, "seal");
	st = gcm_open(secret, sealed.p + GCM_NONCE_BYTES + TOTP_SECRET_BYTES, key,
		      sealed.p, aad_of(aad, account),
		      bytes_of(sealed.p + GCM_NONCE_BYTES, TOTP_SECRET_BYTES));
	wipe(key, sizeof(key));
	return st;
}

/* --- the account's --- */

/* wanted: the one not confirmed. ST_NOT_FOUND: there is none. */
static enum status load(struct accounts *a, int64_t account, bool wanted,
			uint8_t secret[TOTP_SECRET_BYTES], int64_t *used)
{
	struct db_stmt *s = db_use(a->db, SQL_TOTP_GET);
	enum status st;

	db_bind_int(s, 1, account);
	st = db_one(s);
	if (st != ST_OK)
		return st;
	*used = wanted ? 0 : db_col_int(s, 2);
	if (db_col_is_null(s, wanted))
		st = ST_NOT_FOUND;
	else
		st = unseal(a, account, secret, db_col_blob(s, wanted));
	db_reset(s);
	return st;
}

static void base32(char out[TOTP_TEXT_SIZE], const uint8_t p[TOTP_SECRET_BYTES])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (unsigned i = 0; i < TOTP_TEXT_SIZE - 1; i++) {
		unsigned bit = 5 * i, v = (unsigned)p[bit / 8] << 8;

		if (bit / 8 + 1 < TOTP_SECRET_BYTES)
			v |= p[bit / 8 + 1];
		out[i] = letters[v >> (11 - bit % 8) & 31];
	}
	out[TOTP_TEXT_SIZE - 1] = '\0';
}

enum status totp_start(struct accounts *a, int64_t account,
		       char text[TOTP_TEXT_SIZE])
{
	uint8_t secret[TOTP_SECRET_BYTES], sealed[SEALED_BYTES];
	struct db_stmt *s;
	enum status st = rand_secret(secret, sizeof(secret));

	if (st == ST_OK)
		st = seal(a, account, sealed, secret);
	base32(text, secret);
	wipe(secret, sizeof(secret));
	if (st == ST_OK)
		st = db_begin_write(a->db);
	if (st != ST_OK)
		return st;
	s = db_use(a->db, SQL_TOTP_WANT);
	db_bind_int(s, 1, account);
	db_bind_blob(s, 2, sealed, sizeof(sealed));
	return db_end(a->db, db_run(s));
}

static void put_escaped(char *out, size_t size, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t n = 0;

	for (; *text && n + 4 < size; text++) {
		if (strchr(plain, *text))
			out[n++] = *text;
		else
			n += (size_t)snprintf(out + n, size - n, "%%%02X",
					      (unsigned)(uint8_t)*text);
	}
	out[n] = '\0';
}

void totp_uri(char out[TOTP_URI_SIZE], const char *site, const char *name,
	      const char *text)
{
	char where[120], who[100];

	put_escaped(where, sizeof(where), site);
	put_escaped(who, sizeof(who), name);
	snprintf(out, TOTP_URI_SIZE,
		 "otpauth://totp/Quarry%%20%s:%s?secret=%s&issuer=Quarry%%20%s"
		 "&algorithm=SHA1&digits=6&period=%d", where, who, text, where,
		 STEP_S);
}

enum status totp_confirm(struct accounts *a, const struct actor *by,
			 int64_t account, const char *code)
{
	uint8_t secret[TOTP_SECRET_BYTES];
	int64_t used = 0, step = 0;
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK)
		st = load(a, account, true, secret, &used);
	if (st == ST_OK) {
		step = step_of(bytes_of(secret, sizeof(secret)), accounts_now(a),
			       0, code);
		wipe(secret, sizeof(secret));
		if (!step)
			st = ST_DENIED;
	}
	if (st == ST_OK) {
		s = db_use(a->db, SQL_TOTP_CONFIRM);
		db_bind_int(s, 1, account);
		db_bind_int(s, 2, step);
		st = db_run(s);
	}
	if (st == ST_OK)
		st = audit_add(a, by, account, "totp-on", "");
	return db_end(a->db, st);
}

enum status totp_off(struct accounts *a, const struct actor *by,
		     int64_t account)
{
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK) {
		s = db_use(a->db, SQL_TOTP_OFF);
		db_bind_int(s, 1, account);
		st = db_run(s);
	}
	if (st == ST_OK)
		st = audit_add(a, by, account, "totp-off", "");
	return db_end(a->db, st);
}

enum status totp_use(struct accounts *a, int64_t account, const char *code)
{
	uint8_t secret[TOTP_SECRET_BYTES];
	int64_t used = 0, step;
	struct db_stmt *s;
	enum status st = load(a, account, false, secret, &used);

	if (st != ST_OK)
		return st;
	step = step_of(bytes_of(secret, sizeof(secret)), accounts_now(a), used,
		       code);
	wipe(secret, sizeof(secret));
	if (!step)
		return ST_DENIED;
	s = db_use(a->db, SQL_TOTP_USED);
	db_bind_int(s, 1, account);
	db_bind_int(s, 2, step);
	st = db_run(s);
	return st == ST_OK && !db_changes(a->db) ? ST_DENIED : st;
}
